"""The self-check finds what is wrong with rules, and nothing in good ones."""

from __future__ import annotations

import json

import msgspec
import pytest
from lexicon_rules import lexicon, rule

from flagger.lexicon import LexiconReport, check_lexicon
from flagger.lexicon.check import COMMON_SYLLABLES, MINIMUM_CORPUS

GOOD = rule("nghe nói", id="hearsay.good", positive=("Nghe nói mai mưa",), negative=("Mai mưa",))


def kinds(report: LexiconReport) -> list[tuple[str, str]]:
    return [(problem.entry_id, problem.kind) for problem in report.problems]


def test_good_rules_have_no_problems() -> None:
    report = check_lexicon(lexicon(GOOD))
    assert report.ok
    assert report.problems == ()
    assert (report.entries, report.patterns, report.names) == (1, 1, {"hearsay": 1})


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"positive": ("Mai mưa",)}, "positive"),
        ({"positive": ("Nghe nói mai mưa", "Tin giả: nghe nói mai mưa")}, "positive"),
        ({"negative": ("Nghe nói mai nắng",)}, "negative"),
        ({"patterns": ("nghe nói", "nghe nóii")}, "dead"),
        ({"not_before": ("gấppp",)}, "dead"),
        ({"patterns": ("nghe nói", "nghe nói")}, "duplicate"),
        ({"patterns": ("nghe nói", "và")}, "broad"),
        ({"note": "a dissent detector"}, "refused"),
    ],
)
def test_problems_are_found(fields: dict[str, object], kind: str) -> None:
    bad = msgspec.structs.replace(GOOD.entry, **fields, id="hearsay.bad")
    report = check_lexicon(lexicon(type(GOOD)("cue", "hearsay", bad)))
    assert not report.ok
    assert kinds(report) == [("hearsay.bad", kind)]


def test_positive_examples_must_hold_without_diacritics_too() -> None:
    # Without diacritics the context that takes the meaning away stands there as well.
    fields = {"positive": ("Nghe nói bà về rồi",), "negative": ("x",), "not_before": ("ba",)}
    report = check_lexicon(lexicon(rule("nghe nói", id="hearsay.bad", **fields)))
    assert kinds(report) == [("hearsay.bad", "plain")]
    assert check_lexicon(lexicon(rule("nghe nói", id="hearsay.bad", plain=False, **fields))).ok


def test_expressions_that_read_plain_posts_do_so_in_an_example() -> None:
    fields = {"positive": ("Nghe nói bà về rồi",), "negative": ("x",), "plain_regexes": True, "regexes": ("nghe nói",)}
    assert check_lexicon(lexicon(rule(id="hearsay.good", **fields))).ok
    bad = rule(id="hearsay.bad", not_before=("ba",), **fields)
    assert kinds(check_lexicon(lexicon(bad))) == [("hearsay.bad", "plain")]


def test_duplicates_are_found_across_entries_of_one_name_only() -> None:
    other = rule("nghe nói", id="hearsay.other", positive=("Nghe nói mưa",), negative=("Mưa",))
    assert kinds(check_lexicon(lexicon(GOOD, other))) == [("hearsay.other", "duplicate")]
    topic = rule("nghe nói", id="health.other", kind="topic", positive=("Nghe nói mưa",), negative=("Mưa",))
    assert check_lexicon(lexicon(GOOD, topic)).ok


def test_rules_that_hit_everywhere_are_broad() -> None:
    corpus = ["Nghe nói mai mưa"] * (MINIMUM_CORPUS // 4) + ["Trời đẹp"] * MINIMUM_CORPUS
    report = check_lexicon(lexicon(GOOD), corpus=iter(corpus))
    assert kinds(report) == [("hearsay.good", "broad")]
    assert report.hit_rates == {"hearsay.good": 0.2}


def test_a_rare_rule_or_a_small_corpus_is_no_problem() -> None:
    rare = check_lexicon(lexicon(GOOD), corpus=["Nghe nói mai mưa"] + ["Trời đẹp"] * MINIMUM_CORPUS)
    assert rare.ok
    assert 0 < rare.hit_rates["hearsay.good"] < 0.01
    assert check_lexicon(lexicon(GOOD), corpus=["Nghe nói mai mưa"] * 3).hit_rates == {}


def test_the_report_is_json_ready() -> None:
    bad = rule("nghe nói", id="hearsay.bad", positive=("Mưa",), negative=("Mưa",))
    content = json.loads(json.dumps(check_lexicon(lexicon(bad)).to_dict()))
    assert set(content) == {"ok", "entries", "patterns", "names", "problems", "hit_rates"}
    assert content["ok"] is False
    assert set(content["problems"][0]) == {"entry_id", "kind", "message"}


def test_common_syllables_are_single_syllables() -> None:
    assert all(" " not in word and word == word.lower() for word in COMMON_SYLLABLES)
    assert len(COMMON_SYLLABLES) > 100
