"""The public face: what the contract promises of ``Flagger``."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flagger import Flagger
from flagger.errors import InputError, ModelFolderError
from flagger.results import Result
from flagger.text.windows import WINDOW_CHARACTERS
from flagger.vocabulary import CUES, TOPICS, Decision

RUMOUR = "Nghe nói ở Thanh Oai có vụ bắt cóc trẻ em, chia sẻ gấp!"
PLAIN = "nghe noi o thanh oai co vu bat coc tre em, chia se gap!"
TOLERANCE = 1e-5
ANY_TEXT = st.text(max_size=300)
VIETNAMESE = st.lists(
    st.sampled_from(
        [*RUMOUR.split(), "Hà", "Nội", "T.P", "kh0ng", "gấpppp", "\u0301", "\u200b", "😀", "<URL>", "\n", "“", "”"]
    ),
    max_size=40,
).map(" ".join)


def scores(result: Result) -> list[float]:
    return [
        *(result.unverified.probability, result.sensitive.probability, result.rumour, result.priority),
        *result.topics.values(),
    ]


def assert_same(first: Result, second: Result) -> None:
    assert scores(first) == pytest.approx(scores(second), abs=TOLERANCE)
    assert (first.cues, first.places, first.is_local) == (second.cues, second.places, second.is_local)
    assert first.unverified.decision == second.unverified.decision


def test_contract_example(flagger: Flagger) -> None:
    result = flagger(RUMOUR)
    assert result.unverified.decision == "flag"
    assert result.unverified.probability > 0.9
    assert result.sensitive.decision == "flag"
    assert result.topics["child_safety"] > 0.5
    assert result.is_local
    assert result.places[0].text == "Thanh Oai"
    assert result.places[0].province == "Hà Nội"
    assert {"hearsay", "urgent_share"} <= set(result.cues)
    assert any(item.cue == "hearsay" and item.contribution > 0 for item in result.evidence)


def test_result_names_and_ranges(flagger: Flagger, sample_posts: list[str]) -> None:
    for result in flagger.score_many(sample_posts):
        assert tuple(result.topics) == TOPICS
        assert all(0.0 <= score <= 1.0 for score in scores(result))
        assert set(result.cues) <= set(CUES)
        for axis in (result.unverified, result.sensitive):
            assert isinstance(axis.decision, Decision)


@settings(max_examples=150, deadline=None)
@given(post=st.one_of(ANY_TEXT, VIETNAMESE))
def test_any_text_gives_true_offsets_and_no_error(flagger: Flagger, post: str) -> None:
    result = flagger(post)
    for item in (*result.evidence, *result.places):
        assert 0 <= item.start <= item.end <= len(post)
        assert post[item.start : item.end] == item.text
    assert all(0.0 <= score <= 1.0 for score in scores(result))


@settings(max_examples=40, deadline=None)
@given(posts=st.lists(st.one_of(ANY_TEXT, VIETNAMESE), min_size=1, max_size=12), data=st.data())
def test_a_post_scores_the_same_alone_and_in_any_batch(flagger: Flagger, posts: list[str], data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(posts))))
    batch = list(flagger.score_many([posts[index] for index in order]))
    for index, result in zip(order, batch, strict=True):
        assert_same(result, flagger(posts[index]))


def test_a_long_post_is_read_to_its_end(flagger: Flagger) -> None:
    calm = "Sáng nay cả nhà cùng đi chợ mua rau rồi về nấu cơm. " * 120
    assert len(calm) > 3 * WINDOW_CHARACTERS
    before, after = flagger(calm), flagger(calm + RUMOUR)
    assert after.windows > 1
    assert not after.truncated
    assert after.unverified.probability > before.unverified.probability + 0.3
    place = next(place for place in after.places if place.text == "Thanh Oai")
    assert place.start > len(calm)


@pytest.mark.parametrize("post", ["", "   \n\t", "😀😀😀", "\u200b", "12345", "?!"])
def test_posts_without_words_are_clear(flagger: Flagger, post: str) -> None:
    result = flagger(post)
    assert result.unverified.decision == Decision.CLEAR
    assert result.sensitive.decision == Decision.CLEAR
    assert not result.places


@pytest.mark.parametrize("post", [None, float("nan"), b"tin", 7, ["tin"]])
def test_no_string_is_an_error_that_names_type_and_position(flagger: Flagger, post: object) -> None:
    with pytest.raises(InputError, match=rf"Post 0 is {type(post).__name__}, expected str"):
        flagger(post)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="Post 2 is"):
        list(flagger.score_many(["một", "hai", post]))  # type: ignore[list-item]


def test_score_many_reads_lazily(flagger: Flagger) -> None:
    read = 0

    def posts():
        nonlocal read
        for _ in range(10_000):
            read += 1
            yield "Trời mưa to quá."

    next(flagger.score_many(posts()))
    assert read < 1_000


def test_circled_letters_are_letters(flagger: Flagger) -> None:
    circled = "".join(chr(ord("ⓐ") + ord(c) - ord("a")) if "a" <= c <= "z" else c for c in PLAIN)
    assert flagger(circled).unverified.decision is flagger(PLAIN).unverified.decision is Decision.FLAG


def test_one_text_is_no_iterable_of_posts(flagger: Flagger) -> None:
    with pytest.raises(InputError, match="one text"):
        flagger.score_many(RUMOUR)


def test_a_loaded_scorer_goes_to_other_processes(flagger: Flagger) -> None:
    again = pickle.loads(pickle.dumps(flagger))
    assert again(RUMOUR).unverified.probability == flagger(RUMOUR).unverified.probability
    with pytest.raises(TypeError, match="from_pretrained"):
        pickle.dumps(Flagger(flagger.model, flagger.lexicon))


def test_save_and_load_give_the_same_scores(flagger: Flagger, sample_posts: list[str], tmp_path: Path) -> None:
    flagger.save_pretrained(tmp_path / "model")
    again = Flagger.from_pretrained(tmp_path / "model")
    for first, second in zip(flagger.score_many(sample_posts), again.score_many(sample_posts), strict=True):
        assert_same(first, second)
        assert first.evidence == second.evidence


def test_a_user_lexicon_is_added(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(
        "kind: cue\nname: hearsay\nentries:\n  - id: hearsay.own\n    patterns: ['gà hàng xóm mách']\n"
        "    positive: ['Gà hàng xóm mách chợ sắp đóng']\n    negative: ['Gà hàng xóm gáy']\n",
        encoding="utf-8",
    )
    post = "Gà hàng xóm mách chợ sắp đóng"
    assert "hearsay" not in Flagger.from_pretrained()(post).cues
    assert "hearsay" in Flagger.from_pretrained(lexicon=tmp_path)(post).cues


@pytest.mark.parametrize("name", ["no/such/folder", "./nowhere", "nowhere"])
def test_an_unknown_model_is_a_clear_error(name: str) -> None:
    with pytest.raises(ModelFolderError, match=r"nowhere|no/such/folder"):
        Flagger.from_pretrained(name)


def test_rumour_marks_survive_missing_diacritics(flagger: Flagger) -> None:
    result = flagger("nghe noi o thanh oai co vu bat coc tre em, chia se gap")
    assert result.unverified.decision == Decision.FLAG
    assert result.places[0].province == "Hà Nội"


@pytest.mark.parametrize("module", ["torch", "underthesea", "sklearn", "pandas", "polars", "transformers", "pyarrow"])
def test_scoring_imports_no_heavy_module(module: str) -> None:
    code = (
        "import sys, flagger\n"
        "assert 'numpy' not in sys.modules\n"
        "flagger.Flagger.from_pretrained()('Nghe nói sắp có bão')\n"
        f"sys.exit({module!r} in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_harm_and_its_place_in_windows_beside_each_other(flagger: Flagger) -> None:
    begin, harm = "Ở Thanh Oai, Hà Nội sáng nay. ", "Có vụ bắt cóc trẻ em trước cổng trường, hai cháu mất tích."
    filler = "Hôm nay mình kể chuyện dài về công việc và gia đình, mọi người đọc cho vui nhé. "
    post = begin + filler * 22 + harm
    result = flagger(post)
    alone, far = flagger(filler * 22 + harm), flagger(begin + filler * 60 + harm)
    assert (result.windows, far.windows) == (2, 4)
    assert result.sensitive.probability > 2 * alone.sensitive.probability
    assert far.sensitive.probability == pytest.approx(alone.sensitive.probability, abs=0.1)
    assert sum(result.sensitive.parts.values()) == pytest.approx(result.sensitive.logit)
    named = {item.text for item in result.evidence if item.cue == "place"}
    assert named == {"Thanh Oai", "Hà Nội"}
    assert all(post[item.start : item.end] == item.text for item in result.evidence)


def test_the_readmes_first_lines_of_python_run(project: Path) -> None:
    code = (project / "README.md").read_text(encoding="utf-8").split("```python\n")[1].split("```")[0]
    told = subprocess.run([sys.executable, "-"], input=code, capture_output=True, text=True, encoding="utf-8")
    assert told.returncode == 0, told.stderr
    assert "flag Nghe nói" in told.stdout
