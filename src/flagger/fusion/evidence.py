"""Reasons: each term of a fused score shared out over the words that caused it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from flagger.fusion.combination import Combination, select
from flagger.fusion.features import entry_weights, hits_by_feature
from flagger.fusion.model import ANY_TOPIC, BOTH, LOCAL, TOPIC_LOGITS, Fusion
from flagger.lexicon import LexiconHit
from flagger.linear.model import LinearModel
from flagger.results import Evidence, Place
from flagger.text.post import PreparedPost
from flagger.text.syllables import words
from flagger.vocabulary import TOPICS

Doubles = npt.NDArray[np.float64]

WORDING: Final = "wording"
PLACE: Final = "place"
MOST_PHRASES: Final = 5
LEAST_SHARE: Final = 0.05


@dataclass(frozen=True, slots=True)
class Findings:
    """What the rules found in one post, with its feature row.

    :param post: the prepared post.
    :param hits: lexicon hits, cancelled ones included.
    :param places: places found.
    :param features: all input and derived features, of shape ``(len(fusion.names),)``.
    """

    post: PreparedPost
    hits: Sequence[LexiconHit]
    places: Sequence[Place]
    features: Doubles


def rule_evidence(findings: Findings, fusion: Fusion) -> list[Evidence]:
    """Share the terms of rules and places over the hits and mentions that fed them.

    :param findings: what was found.
    :param fusion: the fitted fusion.
    :return: evidence for both axes; the parts of one term add up to it.
    """
    if not findings.hits and not findings.places:
        return []
    names = fusion.names
    evidence = []
    grouped = hits_by_feature(findings.hits)
    unverified = _terms(fusion.unverified, findings.features, names)
    for feature, hits in grouped.items():
        if feature in unverified:
            evidence += _share(hits, unverified[feature], axis="unverified")
    topic_part, place_part = sensitive_parts(findings, fusion)
    topic_name = TOPICS[int(np.argmax(select(findings.features[None], names, TOPIC_LOGITS)[0]))]
    hits = grouped.get(f"rule.{topic_name}", [])
    if hits:
        topic_terms = _terms(fusion.topics[topic_name], findings.features, names)
        whole = sum(abs(term) for term in topic_terms.values()) or 1.0
        evidence += _share(hits, topic_part * abs(topic_terms[f"rule.{topic_name}"]) / whole, axis="sensitive")
    evidence += [
        Evidence(
            *(place.text, place.start, place.end, PLACE, "sensitive"),
            source=f"places.{place.level.value}",
            contribution=place_part / len(findings.places),
        )
        for place in findings.places
    ]
    return evidence


def sensitive_parts(findings: Findings, fusion: Fusion) -> tuple[float, float]:
    """Split the sensitive score, less its intercept, into what the harm and what the place brings.

    :param findings: what was found.
    :param fusion: the fitted fusion.
    :return: the parts of harm and place; the term that needs both is halved.
    """
    terms = _terms(fusion.sensitive, findings.features, fusion.names)
    both = terms.get(BOTH, 0.0) / 2.0
    return terms.get(ANY_TOPIC, 0.0) + both, terms.get(LOCAL, 0.0) + both


def wording_evidence(posts: Sequence[PreparedPost], fusion: Fusion, linear: LinearModel) -> list[list[Evidence]]:
    """Find the phrases that the n-gram model read most into, for the unverified axis.

    :param posts: the prepared posts of a batch; what is found in one does not depend on the others.
    :param fusion: the fitted fusion.
    :param linear: the n-gram model.
    :return: for each post its strongest phrases, at most ``MOST_PHRASES``.
    """
    if not posts:
        return []
    coefficients = dict(zip(fusion.unverified.features, fusion.unverified.coefficients, strict=True))
    heads = {name.removeprefix("linear."): value for name, value in coefficients.items() if name.startswith("linear.")}
    return [
        _wording(post, shares.tolist()) for post, shares in zip(posts, linear.running_shares(posts, heads), strict=True)
    ]


def _wording(post: PreparedPost, running: Sequence[float]) -> list[Evidence]:
    scored = [(start, end, running[end] - running[start]) for start, end in words(post.masked.text)]
    phrases = sorted(_phrases(scored), key=lambda phrase: -abs(phrase[2]))[:MOST_PHRASES]
    evidence = []
    for start, end, share in phrases:
        if abs(share) < LEAST_SHARE:
            continue
        first, last = post.masked.original_span(start, end)
        text = post.original[first:last]
        evidence.append(Evidence(text, first, last, WORDING, "unverified", "linear", share))
    return evidence


def _phrases(scored: Iterable[tuple[int, int, float]]) -> list[tuple[int, int, float]]:
    """Join neighbouring words whose shares have the same sign and are worth showing."""
    phrases: list[tuple[int, int, float]] = []
    previous_kept = False
    for start, end, share in scored:
        kept = abs(share) >= LEAST_SHARE / 2
        if kept and previous_kept and phrases[-1][2] * share > 0:
            phrases[-1] = (phrases[-1][0], end, phrases[-1][2] + share)
        elif kept:
            phrases.append((start, end, share))
        previous_kept = kept
    return phrases


def _terms(combination: Combination, features: Doubles, names: Sequence[str]) -> dict[str, float]:
    return combination.terms(select(features[None], names, combination.features)[0])


def _share(hits: Sequence[LexiconHit], term: float, *, axis: str) -> list[Evidence]:
    weights = entry_weights(hits)
    whole = sum(weights.values())
    times: dict[str, int] = {}
    for hit in hits:
        times[hit.entry_id] = times.get(hit.entry_id, 0) + 1
    return [
        Evidence(
            *(hit.text, hit.start, hit.end, hit.name, axis),
            source=hit.entry_id,
            contribution=term * weights[hit.entry_id] / whole / times[hit.entry_id],
        )
        for hit in hits
    ]
