"""The shipped rules as one file that loads in milliseconds.

Reading and checking 30 YAML files takes a third of the time from start to first score. ``data/compiled.json`` holds
what comes of it. It is used only while it is of the YAML files as they are; after a change these are read until

    python data/compile_lexicon.py

has written it again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from flagger.lexicon.rules import Rule, Scopes

DATA_FOLDER: Final = Path(__file__).parent / "data"
RULE_FOLDERS: Final = (DATA_FOLDER / "cues", DATA_FOLDER / "topics")
SCOPES_FILE: Final = DATA_FOLDER / "scopes.yaml"
COMPILED_FILE: Final = DATA_FOLDER / "compiled.json"


class Compiled(msgspec.Struct, frozen=True):
    """Rules and scopes with the digest of the files that they were read from.

    :param digest: SHA-256 of the names and contents of the YAML files.
    :param scopes: word lists of the scopes.
    :param rules: the rules, in the order of their files.
    """

    digest: str
    scopes: Scopes
    rules: tuple[Rule, ...]


def read_compiled() -> Compiled | None:
    """Read the compiled rules.

    :return: them, or ``None`` when there are none or the YAML files are others now.
    """
    try:
        compiled = msgspec.json.decode(COMPILED_FILE.read_bytes(), type=Compiled)
    except (OSError, msgspec.DecodeError):
        return None
    return compiled if compiled.digest == digest_of_files() else None


def digest_of_files() -> str:
    """Give the SHA-256 of the names and contents of all shipped YAML files, whatever their line ends."""
    digest = hashlib.sha256()
    for path in sorted(DATA_FOLDER.rglob("*.yaml")):
        content = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{path.relative_to(DATA_FOLDER).as_posix()} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def write_compiled(rules: Sequence[Rule], scopes: Scopes) -> None:
    """Write what was read from the YAML files, a line for each rule so that changes can be seen.

    :param rules: the rules, in the order of their files.
    :param scopes: word lists of the scopes.
    """
    digest, lists = msgspec.json.encode(digest_of_files()), msgspec.json.encode(scopes)
    lines = b",\n".join(map(msgspec.json.encode, rules))
    COMPILED_FILE.write_bytes(b'{"digest":%b,\n"scopes":%b,\n"rules":[\n%b\n]}\n' % (digest, lists, lines))
