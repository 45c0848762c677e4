"""``python -m flagger``: the command without its script."""

from flagger.cli.main import main

if __name__ == "__main__":
    main()
