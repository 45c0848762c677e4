"""Whatever stands in a file that flagger reads, there is an error of flagger's or a result, never a crash."""

from __future__ import annotations

import copy
import gzip
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from flagger import Flagger
from flagger.errors import FlaggerError
from flagger.lexicon import Lexicon, LexiconMatcher
from flagger.model_folder import read_model_folder
from flagger.tables import Selection, Table
from flagger.text import prepare

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
ENTRY: dict[str, Any] = {
    "id": "hearsay.probe",
    "patterns": ["nghe kể lại rằng"],
    "regexes": ["nghe (?:kể|nói)"],
    "weight": 1.0,
    "cancelled_by": ["correction"],
    "not_before": ["phim"],
    "not_after": ["phim"],
    "positive": ["Nghe kể lại rằng mai mưa"],
    "negative": ["Trời mưa"],
}
POST = "Nghe nói ở Thanh Oai có vụ bắt cóc"
MANY = settings(max_examples=200, deadline=None)


def refusal(act: Callable[[], object]) -> str | None:
    """Give the message of flagger's own error; any other error fails the test."""
    try:
        act()
    except FlaggerError as error:
        return str(error)
    return None


@MANY
@given(st.sampled_from(sorted(ENTRY)), VALUES, st.sampled_from(["cue", "topic", "opinion", None, 3]))
def test_any_entry_of_a_lexicon(field: str, value: object, kind: object) -> None:
    content = {"kind": kind, "name": "hearsay", "entries": [{**ENTRY, field: value}]}

    def read() -> None:
        LexiconMatcher(Lexicon.default().with_folder(folder)).find(prepare("Nghe kể lại rằng mai mưa"))

    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "probe.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
        message = refusal(read)
    assert message is None or "probe.yaml" in message


@MANY
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_as_a_lexicon(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "probe.yaml").write_bytes(content)
        message = refusal(lambda: Lexicon.default().with_folder(folder))
    assert message is None or "probe.yaml" in message


@MANY
@given(
    st.sampled_from(["posts.jsonl", "posts.csv", "posts.tsv", "posts.parquet", "posts.jsonl.gz", "posts.csv.zst"]),
    st.binary(max_size=300) | st.lists(VALUES, max_size=4).map(lambda rows: "\n".join(map(repr, rows)).encode()),
    st.booleans(),
)
def test_any_bytes_as_a_table(name: str, content: bytes, headed: bool) -> None:
    if headed:
        content = b'text,id\n"' + content if "csv" in name else b'{"text": "a"}\n' + content

    def read() -> None:
        with Table(str(path), Selection()) as table:
            for chunk in table:
                assert len(chunk.texts) == len(chunk.problems)

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        message = refusal(read)
    assert message is None or name in message


@pytest.fixture(scope="module")
def config(project: Path) -> Config:
    content: dict[str, Any] = json.loads((project / "models/default/flagger.json").read_text(encoding="utf-8"))
    return Config(content)


class Config(dict[str, Any]):
    """Keeps the report of a failure short."""

    def __repr__(self) -> str:
        return "Config()"


def places(value: object, prefix: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    found = [prefix] if prefix else []
    inner = value.items() if isinstance(value, dict) else enumerate(value[:2]) if isinstance(value, list) else ()
    for key, one in inner:
        if prefix != ("metrics",):
            found += places(one, (*prefix, key))
    return found


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_change_of_a_configuration(data: st.DataObject, config: Config, project: Path) -> None:
    changed = copy.deepcopy(config)
    *path, last = data.draw(st.sampled_from(places(changed)))
    holder: Any = changed
    for key in path:
        holder = holder[key]
    if data.draw(st.booleans()):
        del holder[last]
    else:
        holder[last] = data.draw(VALUES)
    with tempfile.TemporaryDirectory() as folder:
        for file in (project / "models/default").iterdir():
            if file.name != "flagger.json":
                Path(folder, file.name).symlink_to(file)
        Path(folder, "flagger.json").write_text(json.dumps(changed), encoding="utf-8")
        message = refusal(lambda: Flagger(read_model_folder(folder), Lexicon.default())(POST))
    assert message is None or folder in message
