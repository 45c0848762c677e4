"""Training and evaluation on our own posts: what may train what, and figures that follow the labels."""

from __future__ import annotations

import csv
import gzip
import json
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from flagger import Flagger
from flagger.errors import InputError, UnreadableTableError
from flagger.evaluation import evaluate_model
from flagger.evaluation.crossvalidation import cross_validate
from flagger.evaluation.metrics import calibration_error, operating_point, ranking
from flagger.evaluation.report import judge
from flagger.evaluation.scored import Scored
from flagger.recipes.default_model import train_model
from flagger.training.dataset import LabelledPost, read_labelled, read_labels, text_key
from flagger.training.encoder.overlap import without_copies
from flagger.training.gram import GramSpace
from flagger.training.logistic import fit_combination
from flagger.training.table import AUTHORED_WEIGHT, build_table, grouped_folds, join_table, read_table
from flagger.training.thresholds import choose_thresholds, choose_topic_threshold
from flagger.vocabulary import TOPICS

AUTHORED = ("posts", "everyday", "contrasts", "twins", "short", "long", "more", "vivid", "plain", "alike", "swaps")

SUBSET = 450


@pytest.fixture(scope="module")
def labelled(project: Path) -> list[LabelledPost]:
    posts = read_labelled(project / "data" / "authored_posts.jsonl")
    return posts[:: max(1, len(posts) // SUBSET)][:SUBSET]


def write(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


ROW: dict[str, object] = {"text": "Nghe nói sắp vỡ đập", "unverified": 2, "topics": ["disaster"], "cues": ["hearsay"]}


def test_rows_are_read_with_defaults(tmp_path: Path) -> None:
    (post,) = read_labelled(write(tmp_path / "rows.jsonl", [ROW]))
    assert (post.unverified, post.topics, post.is_local, post.is_political) == (2, {"disaster"}, False, False)
    assert post.group == text_key("Nghe  nói sắp vỡ đập")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"unverified": 3}, "'unverified' is 3; expected 0, 1 or 2"),
        ({"unverified": 1.5}, "'unverified' is 1.5"),
        ({"unverified": [1]}, r"'unverified' is \[1\]"),
        ({"local": 7}, "'local' is 7; expected 0 or 1"),
        ({"political": -1}, "'political' is -1; expected 0 or 1"),
        ({"claim": "perhaps"}, "'claim' is 'perhaps'; expected 0 or 1"),
        ({"places": 5}, "'places' is int; expected a list"),
        ({"topics": [1]}, "'topics' is a list of other things; expected a list of names"),
        ({"topics": ["dissent"]}, "unknown topics 'dissent'"),
        ({"cues": "hearsay"}, "'cues' is str; expected a list"),
        ({"text": 5}, "the text is a number; expected a string"),
    ],
)
def test_bad_rows_name_line_and_field(tmp_path: Path, change: dict[str, object], message: str) -> None:
    path = write(tmp_path / "rows.jsonl", [ROW, {**ROW, **change}])
    with pytest.raises(InputError, match=message) as caught:
        read_labelled(path)
    assert "rows.jsonl, row 2:" in str(caught.value)
    assert "sắp vỡ đập" not in str(caught.value)


def test_labels_come_from_any_table(tmp_path: Path) -> None:
    import pandas as pd

    (tmp_path / "rows.csv").write_text(
        "text,unverified,topics,cues,local,claim\n"
        'Nghe nói sắp vỡ đập,2,"disaster;health","[""hearsay""]",1,1\nTrời đẹp,,,,,0\n',
        encoding="utf-8",
    )
    frame = pd.DataFrame(
        [{**ROW, "topics": ["disaster", "health"], "local": 1}, {"text": "Trời đẹp", "topics": [], "local": 0}]
    )
    frame.to_parquet(tmp_path / "rows.parquet")
    for name in ("rows.csv", "rows.parquet"):
        first, second = read_labelled(tmp_path / name)
        assert (first.unverified, first.topics, first.cues) == (2, {"disaster", "health"}, {"hearsay"})
        assert first.is_local
        assert (second.text, second.topics) == ("Trời đẹp", frozenset())
        assert not second.has_unverified
    (tmp_path / "bad.csv").write_text("text,unverified\na,much\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"bad\.csv, row 1: 'unverified' is 'much'"):
        read_labelled(tmp_path / "bad.csv")


def test_labels_come_from_data_sets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    datasets = pytest.importorskip("datasets")
    rows = [{**ROW, "local": 1}, {"text": "Trời đẹp", "unverified": 0, "topics": [], "cues": [], "local": 0}]
    found = datasets.Dataset.from_list(rows)
    found.save_to_disk(tmp_path / "one")
    datasets.DatasetDict({"train": found, "test": found.select([1])}).save_to_disk(tmp_path / "splits")
    (tmp_path / "plain").mkdir()
    write(tmp_path / "plain" / "train.jsonl", rows)
    for name in ("one", "splits", "plain"):
        first, second = read_labelled(tmp_path / name)
        assert (first.unverified, first.topics, first.cues) == (2, {"disaster"}, {"hearsay"})
        assert (second.text, second.unverified) == ("Trời đẹp", 0)

    def load(name: str, split: str) -> object:
        if name != "owner/posts":
            raise FileNotFoundError(name)
        return found.select([0] if split == "test" else [0, 1])

    monkeypatch.setattr(datasets, "load_dataset", load)
    assert len(read_labelled("owner/posts")) == 2
    assert len(read_labelled("owner/posts:test")) == 1
    with pytest.raises(UnreadableTableError, match=r"'nobody/none'.*datasets could not load it"):
        read_labelled("nobody/none")
    for name in ("nobody/none.jsonl", "nobody/none.csv.gz"):
        with pytest.raises(UnreadableTableError, match="No file at"):
            read_labelled(name)


def test_bad_files(tmp_path: Path) -> None:
    with pytest.raises(UnreadableTableError, match="No file at"):
        read_labelled(tmp_path / "nowhere.jsonl")
    (tmp_path / "broken.jsonl").write_text('{"text": "a", "local": 0}\n{"text"\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"broken\.jsonl, row 2: the line is no JSON object"):
        read_labelled(tmp_path / "broken.jsonl")
    (tmp_path / "empty.jsonl").write_text("\n", encoding="utf-8")
    with pytest.raises(InputError, match="no labelled posts"):
        read_labelled(tmp_path / "empty.jsonl")
    for content in (b"", b"PAR1 and no more"):
        (tmp_path / "cut.parquet").write_bytes(content)
        with pytest.raises(UnreadableTableError, match="no Parquet file"):
            read_labelled(tmp_path / "cut.parquet")
    (tmp_path / "names.csv").write_text("post,unverified\na,1\n", encoding="utf-8")
    with pytest.raises(UnreadableTableError, match=r"No column 'text'.*its columns are 'post', 'unverified'"):
        read_labelled(tmp_path / "names.csv")
    (tmp_path / "twice.csv").write_text("text,local,local\na,1,0\n", encoding="utf-8")
    with pytest.raises(UnreadableTableError, match="2 columns named 'local'"):
        read_labelled(tmp_path / "twice.csv")
    (tmp_path / "quote.csv").write_text('text,unverified\n"a,1\nb,0\nc,0\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"quote\.csv, row 1: broken quotes"):
        read_labelled(tmp_path / "quote.csv")
    for row in ({"text": "a"}, {"text": "a", "Unverified": 1, "group": "x", "unverified": None}):
        with pytest.raises(InputError, match=r"No row of .* has a label.*docs/annotation\.md"):
            read_labelled(write(tmp_path / "bare.jsonl", [row]))


@pytest.mark.parametrize("missing", [None, float("nan")])
def test_null_is_no_label(tmp_path: Path, missing: object) -> None:
    names = ("unverified", "topics", "local", "political", "cues", "claim", "places", "kind", "group", "ngrams")
    rows: list[dict[str, object]] = [ROW, {"text": "a", **dict.fromkeys(names, missing)}]
    _, post = read_labelled(write(tmp_path / "rows.jsonl", rows))
    assert not any((post.has_unverified, post.has_topics, post.has_local, post.has_cues))
    assert (post.is_claim, post.kind, post.places, post.ngrams) == (None, "", (), "all")
    assert post.group == text_key("a")


@pytest.mark.parametrize(("no", "yes"), [(0, 1), (False, True), (0.0, 1.0), ("0", "1"), ("false", "True")])
def test_yes_and_no_in_many_spellings(tmp_path: Path, no: object, yes: object) -> None:
    rows: list[dict[str, object]] = [
        {"text": "a", "unverified": value, "local": value, "political": value, "claim": value} for value in (no, yes)
    ]
    first, second = read_labelled(write(tmp_path / "rows.jsonl", rows))
    assert (first.unverified, first.is_local, first.is_political, first.is_claim) == (0, False, False, False)
    assert (second.unverified, second.is_local, second.is_political, second.is_claim) == (1, True, True, True)
    assert type(second.unverified) is int


def test_csv_as_other_tools_write_it(tmp_path: Path) -> None:
    long = "dài " * 50_000
    rows = [
        ["text", " unverified ", "topics", "local", "places"],
        ["a", "2.0", "['health' 'crime']", "True", "['xã Phú Lâm' \"Q'9\"]"],
        ["b", "", "['health', 'crime']", "false", '["xã Phú Lâm", "Q\'9"]'],
        [long, "0", "[]", "0.0", "xã Phú Lâm, Q'9"],
    ]
    with (tmp_path / "rows.csv").open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream, delimiter=";").writerows(rows)
    first, second, third = read_labelled(tmp_path / "rows.csv")
    assert (first.unverified, first.topics, first.is_local) == (2, {"health", "crime"}, True)
    assert (second.has_unverified, second.topics, second.is_local) == (False, {"health", "crime"}, False)
    assert (third.text, third.has_topics, third.topics) == (long, True, frozenset())
    assert {post.places for post in (first, second, third)} == {("xã Phú Lâm", "Q'9")}
    for field, cell in (("unverified", "²"), ("unverified", "1,0"), ("topics", "['health' crime]"), ("topics", "[1")):
        with (tmp_path / "bad.csv").open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([["text", field], ["a", cell]])
        with pytest.raises(InputError, match=rf"bad\.csv, row 1: '{field}' is"):
            read_labelled(tmp_path / "bad.csv")
    packed = tmp_path / "rows.jsonl.gz"
    packed.write_bytes(gzip.compress(b"\xef\xbb\xbf" + json.dumps(ROW).encode() + b"\n"))
    assert [post.unverified for post in read_labelled(packed)] == [2]


def test_a_field_may_come_late(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [{"text": f"bài {number}", "local": 0} for number in range(600)]
    assert read_labelled(write(tmp_path / "rows.jsonl", [*rows, ROW]))[-1].unverified == 2


def test_political_posts_train_the_first_axis_as_negatives_only() -> None:
    posts = [
        LabelledPost(
            f"post {level} {political}", f"{level}{political}", level, frozenset(), frozenset(), False, political
        )
        for level in (0, 1, 2)
        for political in (False, True)
    ]
    table = build_table(posts, [1.0] * len(posts))
    for head in ("unverified", "rumour"):
        trained = [post for post, may in zip(posts, table.trains(head), strict=True) if may]
        assert {post.unverified for post in trained if post.is_political} == {0}
        assert {post.unverified for post in trained if not post.is_political} == {0, 1, 2}
    assert table.trains("disaster").all()


def test_missing_fields_teach_and_judge_nothing(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"text": "một", "unverified": 1, "topics": ["health"], "local": 1, "cues": []},
        {"text": "hai", "unverified": 2},
        {"text": "ba", "topics": []},
    ]
    posts = read_labelled(write(tmp_path / "posts.jsonl", rows))
    table = build_table(posts, [1.0] * 3)
    assert {name: table.trains(name).tolist() for name in ("unverified", "local", "any_topic", "health")} == {
        "unverified": [True, True, False],
        "local": [True, False, False],
        "any_topic": [True, False, True],
        "health": [True, False, True],
    }
    zeros = np.zeros(3)
    limits = np.tile([0.3, 0.6], (3, 1))
    scored = Scored(posts, zeros, zeros, zeros, zeros, zeros, np.zeros((3, len(TOPICS))), limits, limits)
    figures = judge(scored, method="by hand", brief=True).to_dict()
    counted = {name: figures[name]["posts"] for name in ("unverified", "sensitive", "any_topic", "local")}
    assert counted == {"unverified": 2, "sensitive": 1, "any_topic": 2, "local": 1}
    assert figures["topics"]["health"]["posts"] == 2


def test_rows_without_a_group_are_no_group(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"text": text, "group": None, "source": None, "local": 0} for text in ("một", "hai")
    ]
    first, second = read_labelled(write(tmp_path / "posts.jsonl", rows))
    assert first.group != second.group
    assert first.source == ""


def test_too_few_groups_are_told() -> None:
    posts = [LabelledPost(str(number), "a", 0, frozenset(), frozenset(), False, False) for number in range(9)]
    with pytest.raises(InputError, match=r"1 groups.*too few for 5 folds"):
        grouped_folds(posts, 5, seed=0)


@pytest.mark.parametrize(
    ("labels", "pool", "message"),
    [
        ("{", "", "labels.jsonl:1: not valid JSON"),
        ('{"key": "0"}', "{", "pool.jsonl:1: not valid JSON"),
        ('{"key": "0"}', '{"text": null}', "None of the texts"),
        (
            '{"key": "TEXT", "characters": "3"}',
            '{"text": "a"}',
            "labels.jsonl:1: 'characters' is '3'; expected a whole",
        ),
        ('{"key": "TEXT", "characters": 2.5}', '{"text": "a"}', "'characters' is 2.5"),
        ('{"key": "TEXT", "characters": -2}', '{"text": "a"}', "'characters' is -2"),
    ],
)
def test_broken_labels_by_hash(tmp_path: Path, labels: str, pool: str, message: str) -> None:
    (tmp_path / "labels.jsonl").write_text(labels.replace("TEXT", text_key("a")) + "\n", encoding="utf-8")
    (tmp_path / "pool.jsonl").write_text(pool + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_labels(tmp_path / "labels.jsonl", [tmp_path / "pool.jsonl"])
    with pytest.raises(InputError, match="--texts"):
        read_labels(tmp_path / "labels.jsonl", [])


def test_a_field_that_no_post_has_is_asked_for(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [{"text": f"bài {number}", "unverified": number % 3} for number in range(40)]
    with pytest.raises(InputError, match=r"No labelled post has 'topics'.*list"):
        train_model(write(tmp_path / "posts.jsonl", rows), tmp_path / "model", progress=lambda _: None)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"unverified": None}, "No labelled post has 'unverified'"),
        ({"unverified": 1, "political": 1}, "No labelled post can teach 'unverified'"),
        ({"unverified": 0}, "have level 0, so that nothing can be told apart. Give posts that are no opinion of level"),
        ({"even": {"unverified": 1}, "odd": {"unverified": 2}}, "have level 1 or 2, .* Give calm posts, of level 0"),
        (
            {"even": {"unverified": 0}, "odd": {"unverified": 1, "political": 1}},
            "have level 0, so that nothing can be told apart",
        ),
        ({"even": {"topics": None}, "odd": {"local": None}}, "No labelled post has both 'topics' and 'local'"),
    ],
)
def test_what_cannot_be_learned_is_told(tmp_path: Path, change: dict[str, object], message: str) -> None:
    rows = [
        {
            **{"text": f"bài số {number}", "unverified": number % 3, "topics": ["health"] if number % 2 else []},
            **{"local": number % 2, **change, **change.get("odd" if number % 4 < 2 else "even", {})},  # type: ignore[arg-type, dict-item, attr-defined]
        }
        for number in range(40)
    ]
    with pytest.raises(InputError, match=message):
        train_model(write(tmp_path / "posts.jsonl", rows), tmp_path / "model")


def test_few_posts_are_told_and_nothing_is_warned_of() -> None:
    def posts(*levels: int) -> list[LabelledPost]:
        return [
            LabelledPost(str(number), str(number), level, frozenset(), frozenset(), False, False)
            for number, level in enumerate(levels)
        ]

    with pytest.raises(InputError, match="no level of 'unverified' has 5"):
        grouped_folds(posts(0, 1, 2, 0, 1, 2), 5, seed=0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(grouped_folds(posts(0, 0, 0, 0, 0, 0, 1, 2), 5, seed=0)) == 5


def test_comments_teach_the_ngrams_topics_or_nothing() -> None:
    def posts(*ngrams: str) -> list[LabelledPost]:
        names = frozenset({"hate"})
        return [LabelledPost(f"bài {one}", one, 1, names, frozenset(), False, False, ngrams=one) for one in ngrams]

    judged, more = posts("all"), posts("none", "topics", "all")
    table = join_table(judged, more=more)
    assert [post.ngrams for post in table.posts] == ["all", "topics", "all"]
    assert table.trains("unverified").tolist() == [True, False, True]
    assert table.trains("hate").all()


def test_heads_that_are_fitted_together_are_those_that_are_fitted_alone(
    labelled: list[LabelledPost], monkeypatch: pytest.MonkeyPatch
) -> None:
    from sklearn.linear_model import LogisticRegression

    table = build_table(labelled, [1.0] * len(labelled))
    rows = np.arange(300)
    # Several parts of each product, the last one shorter.
    monkeypatch.setattr("flagger.training.gram._ROWS_OF_PART", 64)
    space = GramSpace(table.counts, rows)
    targets = np.stack([table.targets("unverified"), table.targets("local"), np.zeros(len(labelled), bool)], axis=1)
    weights = np.ones((len(labelled), 3))
    weights[::7, 0] = 0.0
    weights[1::5, 1] = 0.3
    *heads, constant = space.fit(targets, rows, weights, inverse_penalty=6.0)
    for position, head in enumerate(heads):
        used = rows[weights[rows, position] > 0]
        alone = LogisticRegression(C=6.0, tol=1e-6, max_iter=1000)
        alone.fit(space.rotated[used], targets[used, position], sample_weight=weights[used, position])
        expected = alone.decision_function(space.rotated[300:])
        assert np.ptp(expected) > 1.0
        np.testing.assert_allclose(space.logits(head, np.arange(300, len(labelled))), expected, atol=0.05)
    assert not constant.coefficients.any()
    assert constant.intercept == pytest.approx(np.log(0.5 / 300.5), abs=1e-6)


def test_folds_never_cut_a_group(labelled: list[LabelledPost]) -> None:
    held_out = []
    for fit_rows, test_rows in grouped_folds(labelled, 5, seed=0):
        assert not {labelled[row].group for row in fit_rows} & {labelled[row].group for row in test_rows}
        held_out += test_rows.tolist()
    assert sorted(held_out) == list(range(len(labelled)))


def test_copies_of_judged_posts_are_left_out() -> None:
    def posts(*texts: str) -> list[LabelledPost]:
        return [LabelledPost(text, text, 0, frozenset(), frozenset(), False, False) for text in texts]

    judged = posts("Nghe nói ngày mai cả thành phố bị cúp điện đó nha", "Trời đẹp")
    more = posts(
        "một câu chuyện dài về chuyến đi chơi biển hôm qua",
        "nghe nói ngày mai cả thành phố bị cúp điện đó",
        "TRỜI ĐẸP",
        "Trời đẹp quá",
    )
    assert without_copies(more, judged) == [more[0], more[3]]
    assert without_copies(more, []) == more


def test_posts_that_only_train_stand_behind_the_judged_ones(tmp_path: Path) -> None:
    rows = [{**ROW, "text": f"bài viết số {number}", "group": str(number)} for number in range(4)]
    judged, more = (
        read_labelled(write(tmp_path / "judged.jsonl", rows[:2])),
        read_labelled(write(tmp_path / "more.jsonl", rows[2:3])),
    )
    authored = write(tmp_path / "authored.jsonl", rows[3:])
    table = join_table(judged, [authored], more=more)
    assert [post.text[-1] for post in table.posts] == ["0", "1", "3", "2"]
    assert table.weights.tolist() == [1.0, 1.0, AUTHORED_WEIGHT, 1.0]
    again, size = read_table(tmp_path / "judged.jsonl", [authored], more=more)
    assert (again.posts, size) == (table.posts, 2)


def test_thresholds_meet_their_goals() -> None:
    rng = np.random.default_rng(0)
    probabilities = rng.uniform(size=4_000)
    targets = rng.uniform(size=4_000) < probabilities
    thresholds = choose_thresholds(probabilities, targets, flag_precision=0.8, review_recall=0.9)
    assert targets[probabilities >= thresholds.flag].mean() == pytest.approx(0.8, abs=0.01)
    reviewed = probabilities >= thresholds.review
    assert targets[reviewed].sum() / targets.sum() == pytest.approx(0.9, abs=0.01)
    assert 0.0 <= thresholds.review < thresholds.flag <= 1.0


def test_thresholds_out_of_reach() -> None:
    nothing = choose_thresholds(np.array([0.2, 0.4]), np.array([False, False]), flag_precision=0.8, review_recall=0.9)
    assert nothing.flag == 1.0
    assert choose_topic_threshold(np.array([0.2, 0.4]), np.array([False, False])) == 0.5


def test_signs_are_kept_even_when_the_data_say_otherwise() -> None:
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(500, 2))
    targets = matrix[:, 0] - matrix[:, 1] > 0
    free = fit_combination(matrix, targets, ("a", "b"), signs={}, weights=np.ones(500))
    held = fit_combination(matrix, targets, ("a", "b"), signs={"a": -1, "b": 1}, weights=np.ones(500))
    assert free.coefficients[0] > 0 > free.coefficients[1]
    assert held.coefficients == (0.0, 0.0)


def test_few_posts_leave_a_coefficient_at_its_prior_and_many_move_it() -> None:
    generator = np.random.default_rng(0)

    def fitted(posts: int) -> float:
        feature = generator.normal(size=(posts, 1))
        targets = generator.random(posts) < 1.0 / (1.0 + np.exp(-3.0 * feature[:, 0]))
        prior = {"a": (0.5, 0.2)}
        return fit_combination(feature, targets, ["a"], signs={}, weights=np.ones(posts), priors=prior).coefficients[0]

    assert fitted(10) == pytest.approx(0.5, abs=0.3)
    assert fitted(20_000) == pytest.approx(3.0, abs=0.3)


def test_metrics_on_known_cases() -> None:
    targets = np.array([False, False, True, True])
    assert ranking(targets, np.array([0.1, 0.2, 0.3, 0.4]))["roc_auc"] == 1.0
    assert ranking(targets, np.array([0.4, 0.3, 0.2, 0.1]))["roc_auc"] == 0.0
    assert ranking(np.zeros(4, dtype=bool), np.ones(4))["roc_auc"] is None
    assert calibration_error(targets, np.array([0.0, 0.0, 1.0, 1.0]), bins=2) == 0.0
    assert calibration_error(targets, np.array([1.0, 1.0, 0.0, 0.0]), bins=2) == 1.0
    assert calibration_error(targets[:0], np.array([])) is None
    assert operating_point(targets, np.array([False, True, True, False])) == {
        "precision": 0.5,
        "recall": 0.5,
        "rate": 0.5,
    }


def test_cross_validation_learns_the_labels_and_not_shuffled_ones(labelled: list[LabelledPost]) -> None:
    real = judge(
        cross_validate(build_table(labelled, [1.0] * len(labelled)), len(labelled))[0], method="test", brief=True
    ).to_dict()
    assert real["unverified"]["roc_auc"] > 0.75
    assert real["local"]["roc_auc"] > 0.85
    assert real["posts"] == len(labelled)
    assert real["neutrality"]["political_posts"] == sum(post.is_political and post.unverified == 0 for post in labelled)


def test_a_trained_folder_loads_and_carries_its_figures(project: Path, tmp_path: Path) -> None:
    lines = (project / "data" / "authored_posts.jsonl").read_text(encoding="utf-8").splitlines()
    data = tmp_path / "posts.jsonl"
    data.write_text("\n".join(lines[:: max(1, len(lines) // 250)][:250]), encoding="utf-8")
    said: list[str] = []
    judged = read_labelled(data)
    other = replace(judged[0], text="Chợ quê họp sớm, rau còn đọng sương, ai đi ngang cũng ghé mua một bó", group="x")
    more = [*judged[:3], other]
    report = train_model(data, tmp_path / "model", more=more, progress=said.append)
    assert "1 of 4 further labelled posts are no copies of judged ones" in said
    flagger = Flagger.from_pretrained(tmp_path / "model")
    assert flagger.model.record is not None
    assert flagger.model.record.look_up([text_key(other.text), text_key(judged[0].text)])[0].all()
    assert flagger.model.metrics == report.to_dict()
    assert str(report.to_dict()["unverified"]["roc_auc"]) in flagger.model.card
    assert "promised" not in flagger.model.card
    assert "None" not in flagger.model.card
    assert len(said) >= 3
    assert 0.0 <= flagger("Nghe nói sắp vỡ đập").unverified.probability <= 1.0


def test_posts_that_begin_alike_are_in_one_fold(flagger: Flagger, monkeypatch: pytest.MonkeyPatch) -> None:
    from flagger.recipes import first_stage

    begin = "Nghe nói mai cúp nước"
    posts = [f"{begin} ở phường {number}" for number in range(3)] + ["NGHE NÓI, mai cúp nước ở chợ", "Trời đẹp", "Vui"]
    groups: list[str] = []

    def stop(*_: object, **options: list[str]) -> None:
        groups.extend(options["groups"])
        raise KeyboardInterrupt

    monkeypatch.setattr(first_stage, "cross_val_predict", stop)
    lesson = first_stage.Lesson(posts, {})
    with pytest.raises(InputError, match="fewer than 5 ways"):
        first_stage.teach_first_stage(flagger.model, lesson, progress=lambda _: None)
    lesson = first_stage.Lesson([*posts, "Một", "Hai", "Ba"], {})
    with pytest.raises(KeyboardInterrupt):
        first_stage.teach_first_stage(flagger.model, lesson, progress=lambda _: None)
    assert len(set(groups[:4])) == 1
    assert len(set(groups)) == 6


def test_posts_that_the_model_knows_are_counted(flagger: Flagger, project: Path) -> None:
    from flagger.recipes.first_stage import Lesson

    known = [post.text for post in read_labelled(project / "data" / "authored_everyday.jsonl")[:30]]
    with pytest.raises(InputError, match=r"There are 1 different posts that .* not trained on, and 30 that it was"):
        Lesson.of(flagger.model, {"seen": [*known, "Một bài khác hẳn"]}, unseen=frozenset())


@pytest.mark.slow
def test_the_shipped_figures_are_those_of_the_recipe(project: Path, flagger: Flagger) -> None:
    data = project / "../shared/data/posts_labelled.jsonl"
    if not data.is_file():
        pytest.skip("the labelled posts are not here")
    names = ("unlabelled/social.jsonl.gz", "unlabelled/news.jsonl.xz", "reintel_weak.jsonl")
    pools = [data.parent / name for name in names]
    more = [
        post for name in ("social", "news") for post in read_labels(project / "data" / f"labels_{name}.jsonl", pools)
    ]
    authored = [project / "data" / f"authored_{name}.jsonl" for name in AUTHORED]
    again = evaluate_model(flagger.model, data, authored=authored, more=more).to_dict()
    assert again["seen_in_training"] == 0
    for name in ("unverified", "rumour", "sensitive", "any_topic"):
        assert again[name]["roc_auc"] == pytest.approx(flagger.model.metrics[name]["roc_auc"], abs=0.003)
