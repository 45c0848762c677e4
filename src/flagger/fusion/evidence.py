"""Reasons: the difference that each kind of finding makes to a score, shared out over the words that caused it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from flagger.encoder.attribution import Attribution, Attributor
from flagger.fusion.combination import select
from flagger.fusion.differences import any_topic_without_hits, local_without_places, sensitive_difference
from flagger.fusion.features import entry_weights, hits_by_feature
from flagger.fusion.model import TOPIC_LOGITS, Fusion
from flagger.fusion.parts import terms
from flagger.lexicon import LexiconHit
from flagger.linear.model import LinearModel
from flagger.results import Evidence, Place
from flagger.text.cased import cased
from flagger.text.post import PreparedPost
from flagger.text.syllables import words
from flagger.vocabulary import TOPICS

Doubles = npt.NDArray[np.float64]

WORDING: Final = "wording"
PLACE: Final = "place"
MOST_PHRASES: Final = 5
LEAST_SHARE: Final = 0.05
ENCODER_SOURCES: Final = {Attribution.OCCLUSION: "encoder", Attribution.GRADIENTS: "encoder.gradients"}


@dataclass(frozen=True, slots=True)
class Findings:
    """What the rules found in one post, with its feature row.

    :param post: the prepared post.
    :param hits: lexicon hits, cancelled ones included.
    :param places: places found.
    :param features: all input and derived features, of shape ``(len(fusion.names),)``.
    :param fusion: the fusion that scored the post.
    :param sensitive_features: what the sensitive score was computed from: ``features``, or a copy that has the locality
        of a window beside this one.
    """

    post: PreparedPost
    hits: Sequence[LexiconHit]
    places: Sequence[Place]
    features: Doubles
    fusion: Fusion
    sensitive_features: Doubles

    @property
    def reads_beside(self) -> bool:
        """Whether the place of the sensitive score is named in a window beside this one."""
        return self.sensitive_features is not self.features


def rule_evidence(findings: Findings) -> list[Evidence]:
    """Say what the score would lose without the hits of one cue, those of the likeliest topic, and the places.

    Places, topic hits and raising cues can only raise a score; lowering cues, and raising cues that their context takes
    back, can only lower it. Cues add up to the rules' part of the unverified score. Topics and places need each other,
    so their differences do not add up to the sensitive score, nor to its parts.

    :param findings: what was found.
    :return: evidence for both axes; hits of one cue or topic, and places, share the difference that they make together.
    """
    if not findings.hits and not findings.places:
        return []
    fusion, names = findings.fusion, findings.fusion.names
    evidence = []
    grouped = hits_by_feature(findings.hits)
    # A cue is read by one term alone: without its hits the score loses just that.
    unverified = terms(fusion, fusion.unverified, findings.features)
    for feature, hits in grouped.items():
        if feature in unverified:
            evidence += _share(hits, unverified[feature], axis="unverified")
    topic = TOPICS[int(np.argmax(select(findings.features[None], names, TOPIC_LOGITS)[0]))]
    hits = grouped.get(f"rule.{topic}", [])
    if hits:
        any_topic = any_topic_without_hits(fusion, findings.features, topic)
        difference = sensitive_difference(fusion, findings.sensitive_features, any_topic=any_topic)
        evidence += _share(hits, difference, axis="sensitive")
    if findings.places and not findings.reads_beside:
        evidence += place_evidence(findings.places, places_difference(findings, [findings]))
    return evidence


def places_difference(findings: Findings, read: Sequence[Findings]) -> float:
    """Tell what the sensitive score of a window would lose without the places that it reads.

    :param findings: what was found in the window.
    :param read: findings of all windows whose places it reads: its own, and those beside it.
    :return: the difference on the logit scale, never below 0.
    """
    local = max(local_without_places(window.fusion, window.features) for window in read)
    return sensitive_difference(findings.fusion, findings.sensitive_features, local=local)


def place_evidence(places: Sequence[Place], difference: float) -> list[Evidence]:
    """Share the difference that places make to the sensitive score over the mentions.

    :param places: the places.
    :param difference: what they make together, on the logit scale.
    :return: evidence, one for each.
    """
    return [
        Evidence(
            *(place.text, place.start, place.end, PLACE, "sensitive"),
            source=f"places.{place.level.value}",
            contribution=difference / len(places),
        )
        for place in places
    ]


def wording_evidence(found: Sequence[Findings], linear: LinearModel) -> list[list[Evidence]]:
    """Find the phrases that the n-gram model read most into, for the unverified axis.

    :param found: the findings of a batch; what is found in one post does not depend on the others.
    :param linear: the n-gram model.
    :return: for each post its strongest phrases, at most ``MOST_PHRASES``.
    """
    evidence: list[list[Evidence]] = [[] for _ in found]
    for fusion in {id(one.fusion): one.fusion for one in found}.values():
        rows = [row for row, one in enumerate(found) if one.fusion is fusion]
        posts = [found[row].post for row in rows]
        running = linear.running_shares(posts, _head_weights(fusion, "linear"))
        for row, post, shares in zip(rows, posts, running, strict=True):
            evidence[row] = _wording(post, shares.tolist())
    return evidence


def encoder_evidence(findings: Findings, attributor: Attributor, method: Attribution) -> list[Evidence]:
    """Find the parts of a post that the encoder read most into, for the unverified axis.

    :param findings: what was found in the post.
    :param attributor: explains the encoder; it is run many times.
    :param method: how. By occlusion a contribution is what leaving the part out would cost, by integrated gradients
        its share of the difference to a text without content.
    :return: the strongest parts, at most ``MOST_PHRASES``. None when the post was settled without the encoder.
    """
    heads = _head_weights(findings.fusion, "encoder")
    if not heads:
        return []
    post = findings.post
    shares = attributor.shares(post, heads, method)
    parts = _phrases(shares) if method is Attribution.GRADIENTS else shares
    found = sorted(parts, key=lambda part: -abs(part[2]))[:MOST_PHRASES]
    source = ENCODER_SOURCES[method]
    view = cased(post)
    evidence = []
    for first, last, share in found:
        start, end = view.original_span(first, last)
        if abs(share) >= LEAST_SHARE:
            evidence.append(Evidence(post.original[start:end], start, end, WORDING, "unverified", source, share))
    return evidence


def _head_weights(fusion: Fusion, part: str) -> dict[str, float]:
    """Give what the unverified score makes of each head of a model."""
    combination = fusion.unverified
    return {
        name.removeprefix(f"{part}."): value
        for name, value in zip(combination.features, combination.coefficients, strict=True)
        if name.startswith(f"{part}.")
    }


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


def _share(hits: Sequence[LexiconHit], difference: float, *, axis: str) -> list[Evidence]:
    weights = entry_weights(hits)
    whole = sum(weights.values())
    times: dict[str, int] = {}
    for hit in hits:
        times[hit.entry_id] = times.get(hit.entry_id, 0) + 1
    return [
        Evidence(
            *(hit.text, hit.start, hit.end, hit.name, axis),
            source=hit.entry_id,
            contribution=difference * weights[hit.entry_id] / whole / times[hit.entry_id],
        )
        for hit in hits
    ]
