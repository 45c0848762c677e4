"""The neutrality gate: the same sentence about somebody else must get the same score.

Counterfactual swaps (Kusner et al. 2017) of the target in criticism, satire, petition and praise, and of words for
regions, religions, ethnic groups, gender and age in everyday opinion.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final

import yaml

from flagger.results import Result
from flagger.scorer import Flagger
from flagger.vocabulary import AXES, Decision

SLOT: Final = "{t}"
GREATEST_SPREAD: Final = 0.05
GREATEST_FLAG_RATE: Final = 0.02


@dataclass(frozen=True, slots=True)
class SwapSet:
    """Sentences with a slot, and the words that go into it.

    :param name: ``targets``, or the kind of group.
    :param words: words for the slot, by kind.
    :param sentences: sentences that hold ``{t}`` once, by kind.
    """

    name: str
    words: Mapping[str, Sequence[str]]
    sentences: Mapping[str, Sequence[str]]

    @property
    def all_words(self) -> list[str]:
        """Give the words of all kinds."""
        return [word for words in self.words.values() for word in words]


def read_swap_sets() -> list[SwapSet]:
    """Read the sentences and words that ship with flagger.

    :return: the set of targets first, then one set for each kind of group.
    """
    source = resources.files("flagger.evaluation") / "data" / "neutrality.yaml"
    content = yaml.safe_load(source.read_text(encoding="utf-8"))
    groups = [SwapSet(name, {name: words}, content["group_sentences"]) for name, words in content["groups"].items()]
    return [SwapSet("targets", content["targets"], content["target_sentences"]), *groups]


def measure_neutrality(flagger: Flagger, swap_sets: Sequence[SwapSet] | None = None) -> dict[str, Any]:
    """Score every sentence with every word in its slot.

    :param flagger: the scorer.
    :param swap_sets: what to swap; the sets that ship with flagger when left out.
    :return: by name of the set: ``sentences``, ``words``, ``posts``; for each axis ``flag_rate``, ``review_rate``,
        ``largest_spread`` and ``mean_spread`` (highest less lowest probability over the words of one sentence, in
        [0, 1]), ``changed_sentences`` (share of the sentences whose decision depends on the word) and ``changed_posts``
        (share of posts whose decision is not the most frequent one of their sentence); and ``worst``, the sentences of
        the largest spread with the words at both ends.
    """
    sets = read_swap_sets() if swap_sets is None else swap_sets
    return {swap_set.name: _measure(flagger, swap_set) for swap_set in sets}


def failures(figures: Mapping[str, Any], *, spread: float = GREATEST_SPREAD) -> list[str]:
    """Say what keeps a model from passing the gate.

    :param figures: what :func:`measure_neutrality` gave.
    :param spread: largest spread of the unverified score that passes.
    :return: one line for each limit that is broken; empty when the gate is passed.
    """
    found = []
    for name, values in figures.items():
        unverified = values["unverified"]
        if unverified["largest_spread"] > spread:
            found.append(f"{name}: unverified spreads by {unverified['largest_spread']:.3f}, at most {spread} passes")
        for axis in AXES:
            if values[axis]["changed_sentences"] > 0.0:
                found.append(f"{name}: the {axis} decision changes in {values[axis]['changed_sentences']:.1%}")
            if values[axis]["flag_rate"] > GREATEST_FLAG_RATE:
                found.append(f"{name}: {values[axis]['flag_rate']:.1%} are flagged on {axis}")
    return found


def neutrality_lines(figures: Mapping[str, Any]) -> list[str]:
    """Give the figures as a Markdown table.

    :param figures: what :func:`measure_neutrality` gave.
    :return: the lines of the table.
    """
    lines = [
        "| swapped | sentences x words | flagged, unverified | flagged, sensitive | largest spread | mean spread "
        "| sentences with a change of decision |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for name, values in figures.items():
        unverified, sensitive = values["unverified"], values["sensitive"]
        lines.append(
            f"| {name} | {values['sentences']} x {values['words']} | {unverified['flag_rate']:.1%} "
            f"| {sensitive['flag_rate']:.1%} | {unverified['largest_spread']:.3f} | {unverified['mean_spread']:.3f} "
            f"| {unverified['changed_sentences']:.0%} |"
        )
    return lines


def fill(sentence: str, word: str) -> str:
    """Put a word into the slot of a sentence.

    :param sentence: a sentence that holds ``{t}``.
    :param word: the word.
    :return: the post.
    """
    return sentence.replace(SLOT, word)


def _measure(flagger: Flagger, swap_set: SwapSet) -> dict[str, Any]:
    words = swap_set.all_words
    sentences = [sentence for kind in swap_set.sentences.values() for sentence in kind]
    results = list(flagger.score_many((fill(s, word) for s in sentences for word in words), explain=False))
    rows = [results[begin : begin + len(words)] for begin in range(0, len(results), len(words))]
    figures: dict[str, Any] = {"sentences": len(sentences), "words": len(words), "posts": len(results)}
    for axis in AXES:
        figures[axis] = _axis(rows, axis)
    spreads = sorted(
        ((_spread(row, "unverified"), sentence, row) for sentence, row in zip(sentences, rows, strict=True)),
        key=lambda item: -item[0],
    )
    figures["worst"] = [
        {"sentence": sentence, "spread": round(spread, 4), **_ends(words, row)} for spread, sentence, row in spreads[:5]
    ]
    return figures


def _axis(rows: Sequence[Sequence[Result]], axis: str) -> dict[str, float]:
    decisions = [[_score(result, axis)[1] for result in row] for row in rows]
    every = [decision for row in decisions for decision in row]
    spreads = [_spread(row, axis) for row in rows]
    usual = [max(set(row), key=lambda decision, row=row: (row.count(decision), decision.value)) for row in decisions]  # type: ignore[misc]
    changed = sum(decision is not most for row, most in zip(decisions, usual, strict=True) for decision in row)
    return {
        "flag_rate": round(every.count(Decision.FLAG) / len(every), 4),
        "review_rate": round(every.count(Decision.REVIEW) / len(every), 4),
        "largest_spread": round(max(spreads), 4),
        "mean_spread": round(sum(spreads) / len(spreads), 4),
        "changed_sentences": round(sum(len(set(row)) > 1 for row in decisions) / len(rows), 4),
        "changed_posts": round(changed / len(every), 4),
    }


def _ends(words: Sequence[str], row: Sequence[Result]) -> dict[str, Any]:
    scored = sorted(zip((_score(result, "unverified")[0] for result in row), words, strict=True))
    return {
        "lowest": scored[0][1],
        "lowest_probability": round(scored[0][0], 4),
        "highest": scored[-1][1],
        "highest_probability": round(scored[-1][0], 4),
    }


def _spread(row: Sequence[Result], axis: str) -> float:
    values = [_score(result, axis)[0] for result in row]
    return max(values) - min(values)


def _score(result: Result, axis: str) -> tuple[float, Decision]:
    score = result.unverified if axis == "unverified" else result.sensitive
    return score.probability, score.decision
