import pyarrow as pa
import pytest

from flagger.errors import UnreadableTableError
from flagger.tables import Table

LINES = "".join(f'{{"text": "Trời mưa to, câu thứ {number}"}}\n' for number in range(3000)).encode()


def packed(data):
    return pa.compress(data, codec="zstd", asbytes=True)


def texts(path):
    with Table(path) as table:
        return [text for chunk in table for text in chunk.texts]


@pytest.mark.parametrize("name", ["posts.jsonl.zst", "posts.jsonl"])
@pytest.mark.parametrize("frames", [1, 2])
def test_zstd_is_read(tmp_path, name, frames):
    (tmp_path / name).write_bytes(packed(LINES) * frames)
    assert texts(tmp_path / name) == [f"Trời mưa to, câu thứ {number}" for number in range(3000)] * frames


def test_a_frame_to_skip_may_come_first(tmp_path):
    # As pzstd writes it: the length of the frame of data that follows.
    content = packed(LINES)
    skipped = b"\x50\x2a\x4d\x18\x04\0\0\0" + len(content).to_bytes(4, "little")
    (tmp_path / "posts.jsonl.zst").write_bytes((skipped + content) * 2)
    assert len(texts(tmp_path / "posts.jsonl.zst")) == 6000


@pytest.mark.parametrize("kept", [0.9, 0.5])
def test_a_file_that_is_cut_short_is_refused(tmp_path, kept):
    content = packed(LINES)
    (tmp_path / "posts.jsonl.zst").write_bytes(content[: int(len(content) * kept)])
    with pytest.raises(UnreadableTableError, match="zstd data is damaged or cut short"):
        texts(tmp_path / "posts.jsonl.zst")
