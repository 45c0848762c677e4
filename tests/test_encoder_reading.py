"""What encoders read: segmented words, PhoBERT's pieces as its own tokenizer cuts them, offsets, chunks, capitals."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from phobert_checkpoint import write_checkpoint

from flagger import Flagger
from flagger.encoder.pieces import chunks
from flagger.encoder.segmentation import JOINT, WRITERS_UNDERSCORE, segment
from flagger.errors import ModelFolderError
from flagger.text import prepare
from flagger.text.cased import cased

pytest.importorskip("transformers")
from flagger.encoder.phobert_reader import PhobertReader

LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạấầẩẫậéèẻẽẹếềểễệóòỏõọốồổỗộúùủũụứừửữựABCDĐHNTV0123456789.,!?-_"
SEGMENTED = st.text(alphabet=LETTERS + " ☀fjwz漢", max_size=60)


def two_by_two(text: str) -> list[str]:
    """Join syllables in pairs: a segmenter of which every test knows what it does."""
    syllables = text.split()
    return [" ".join(syllables[i : i + 2]) for i in range(0, len(syllables), 2)]


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory, sample_posts: list[str]) -> Path:
    texts = [segment(cased(prepare(post)).text, two_by_two).text for post in sample_posts]
    return write_checkpoint(tmp_path_factory.mktemp("phobert"), texts)


@pytest.fixture(scope="session")
def reader(checkpoint: Path) -> PhobertReader:
    return PhobertReader(checkpoint, words_of=two_by_two)


@pytest.fixture(scope="session")
def oracle(checkpoint: Path):
    from transformers import PhobertTokenizer

    return PhobertTokenizer(str(checkpoint / "vocab.txt"), str(checkpoint / "bpe.codes"))


def oracle_ids(oracle, text: str) -> list[int]:
    return oracle.convert_tokens_to_ids(oracle._tokenize(text))


def test_the_sample_posts_are_cut_as_phobert_cuts_them(reader, oracle, sample_posts: list[str]) -> None:
    unknown = 0
    for post in sample_posts:
        text = segment(cased(prepare(post)).text, two_by_two).text
        pieces = reader.read_segmented(text)
        assert pieces.ids == oracle_ids(oracle, text)
        unknown += pieces.ids.count(3)
    assert unknown > 0


@settings(max_examples=400, deadline=None)
@given(text=SEGMENTED)
def test_any_text_is_cut_as_phobert_cuts_it(reader, oracle, text: str) -> None:
    folded = " ".join(text.split())
    assert reader.read_segmented(folded).ids == oracle_ids(oracle, folded)
    assert reader.frame(reader.read_segmented(folded).ids) == oracle.build_inputs_with_special_tokens(
        oracle_ids(oracle, folded)
    )


@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=80))
def test_pieces_of_any_text_stand_in_it_in_order_and_cover_it(reader, text: str) -> None:
    pieces = reader.read(text)
    covered = set()
    assert pieces.spans == sorted(pieces.spans)
    for start, end in pieces.spans:
        assert 0 <= start < end <= len(text)
        covered.update(range(start, end))
    assert all(position in covered for position, character in enumerate(text) if not character.isspace())


def test_underscores_of_the_writer_are_no_joints() -> None:
    segmented = segment("tin  nóng ở hà_nội", two_by_two)
    assert segmented.text == f"tin{JOINT}nóng ở{JOINT}hà{WRITERS_UNDERSCORE}nội"
    assert segmented.original_span(0, 8) == (0, 9)
    assert segmented.original_span(3, 4) == (3, 5)


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=60))
def test_segmentation_changes_white_space_only(text: str) -> None:
    segmented = segment(text, two_by_two)
    assert segmented.is_monotonic()
    for position, character in enumerate(segmented.text):
        start, end = segmented.original_span(position, position + 1)
        if character not in (" ", JOINT):
            assert text[start:end].replace("_", WRITERS_UNDERSCORE) == character


def test_a_segmenter_that_changes_letters_is_not_followed() -> None:
    assert segment("Nghe nói vậy", lambda text: ["nghe nói", "vay"]).text == "Nghe nói vậy"


def test_underthesea_joins_syllables() -> None:
    pytest.importorskip("underthesea")
    from flagger.encoder.segmentation import load_segmenter

    assert segment("Bệnh viện thông báo khẩn", load_segmenter()).text.startswith("Bệnh_viện thông_báo")


@pytest.mark.parametrize(("name", "content"), [("vocab.txt", "nocount\n"), ("bpe.codes", "a b c d\n")])
def test_damaged_files_are_named(checkpoint: Path, tmp_path: Path, name: str, content: str) -> None:
    for other in ("vocab.txt", "bpe.codes"):
        (tmp_path / other).write_bytes((checkpoint / other).read_bytes())
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(ModelFolderError, match=name.replace(".", r"\.")):
        PhobertReader(tmp_path, words_of=two_by_two)
    (tmp_path / name).unlink()
    with pytest.raises(ModelFolderError, match=name.replace(".", r"\.")):
        PhobertReader(tmp_path, words_of=two_by_two)


@given(size=st.integers(0, 5000), most=st.integers(1, 300))
def test_chunks_cover_everything_once_and_are_even(size: int, most: int) -> None:
    cuts = chunks(size, most)
    assert [place for start, end in cuts for place in range(start, end)] == list(range(size))
    lengths = [end - start for start, end in cuts]
    assert max(lengths) <= most
    assert max(lengths) - min(lengths) <= 1


@pytest.mark.parametrize(
    ("post", "expected"),
    [
        ("Nghe nói ở Thanh Oai có dịch", "Nghe nói ở Thanh Oai có dịch"),
        ("UBND quận Hai Bà Trưng thông báo lịch tiêm", "UBND quận Hai Bà Trưng thông báo lịch tiêm"),
        ("CHIA SẺ GẤP Ở HÀ NỘI", "chia sẻ gấp ở hà nội"),
        ("bác SĨ nói chuyện này HOANGMANG quá bà con mình ơi", "bác SĨ nói chuyện này hoangmang quá bà con mình ơi"),
        ("", ""),
    ],
)
def test_capitals_mark_names_and_do_not_shout(post: str, expected: str) -> None:
    assert cased(prepare(post)).text == expected


@settings(max_examples=200)
@given(post=st.text(max_size=80))
def test_the_cased_view_is_the_masked_one_but_for_capitals_and_pictures(post: str) -> None:
    prepared = prepare(post)
    view = cased(prepared)
    assert len(view) == len(prepared.masked)
    assert (view.starts, view.ends) == (prepared.masked.starts, prepared.masked.ends)
    pairs = zip(view.text, prepared.masked.text, strict=True)
    assert all(one == two or one.lower() == two or (one == " " and not two.isalnum()) for one, two in pairs)


@pytest.mark.parametrize("picture", ["😂", "🙏🏽🙏🏽", " 👨‍👩‍👧 ", "❤️", "   "])
def test_pictures_and_blanks_change_nothing_for_the_encoder(flagger: Flagger, picture: str) -> None:
    encoder, post = flagger.pipeline.encoder, "Nghe nói ở Thanh Oai có vụ bắt cóc."
    assert encoder is not None
    pieces = [encoder.reader.read(cased(prepare(one)).text).ids for one in (post, post + picture, picture + post)]
    assert pieces[0] == pieces[1] == pieces[2]
