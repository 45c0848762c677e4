"""Write the rules that ship with flagger as one file that loads quickly, after a change of their YAML files.

Usage: python data/compile_lexicon.py
"""

from __future__ import annotations

from flagger.lexicon.compiled import COMPILED_FILE, write_compiled

if __name__ == "__main__":
    write_compiled()
    print(f"wrote {COMPILED_FILE.name}")
