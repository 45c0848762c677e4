"""Write the rules that ship with flagger as one file that loads quickly, after a change of their YAML files.

Usage: python data/compile_lexicon.py
"""

from __future__ import annotations

from flagger.lexicon import load_lexicon
from flagger.lexicon.compiled import COMPILED_FILE, RULE_FOLDERS, write_compiled

if __name__ == "__main__":
    lexicon = load_lexicon(*RULE_FOLDERS)
    write_compiled(lexicon.rules, lexicon.scopes)
    print(f"wrote {COMPILED_FILE.name}")
