"""A lexicon: the rules that ship with flagger, a user's own, or both.

What reads YAML is loaded when a YAML file is read: start-up with the shipped rules needs none of it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import msgspec

from flagger.lexicon.compiled import RULE_FOLDERS, SCOPES_FILE, read_compiled
from flagger.lexicon.rules import Rule, Scopes


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All rules and the word lists of the scopes.

    :param rules: the rules, in the order of their files.
    :param scopes: word lists of the scopes.
    """

    rules: tuple[Rule, ...]
    scopes: Scopes

    @classmethod
    def default(cls) -> Lexicon:
        """Load the rules that ship with flagger.

        :return: the lexicon; loaded once and then shared.
        """
        return _default()

    def with_folder(self, folder: str | Path) -> Lexicon:
        """Add a folder of YAML files.

        :param folder: the folder; sub-folders are read too.
        :return: a new lexicon.
        :raises LexiconError: when there is no such folder, a file breaks the schema or the refusals, or an id is taken.
        """
        from flagger.lexicon.files import read_folders

        return Lexicon((*self.rules, *read_folders((folder,), {rule.entry.id for rule in self.rules})), self.scopes)

    @property
    def content_hash(self) -> str:
        """SHA-256 of all rules and scopes; equal for equal content."""
        content = [[rule.kind, rule.name, msgspec.structs.asdict(rule.entry)] for rule in self.rules]
        encoded = msgspec.json.encode([content, msgspec.structs.asdict(self.scopes)], order="deterministic")
        return hashlib.sha256(encoded).hexdigest()


def load_lexicon(*folders: str | Path) -> Lexicon:
    """Load rules from folders of YAML files alone.

    :param folders: the folders.
    :return: the lexicon, with the shipped scopes.
    :raises LexiconError: when a file breaks the schema or the refusals, or an id occurs twice.
    """
    from flagger.lexicon.files import read_folders, read_scopes

    return Lexicon(tuple(read_folders(folders, set())), read_scopes(SCOPES_FILE))


@lru_cache(maxsize=1)
def _default() -> Lexicon:
    compiled = read_compiled()
    return load_lexicon(*RULE_FOLDERS) if compiled is None else Lexicon(compiled.rules, compiled.scopes)
