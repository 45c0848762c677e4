"""From a batch of posts to results: windows, rules, models, fusion, and the windows of a post joined again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from flagger.encoder.attribution import Attribution, Attributor
from flagger.encoder.model import Encoder
from flagger.fusion.cascade import Cascade, replace_rows
from flagger.fusion.combination import sigmoid
from flagger.fusion.evidence import (
    Findings,
    encoder_evidence,
    place_evidence,
    places_difference,
    rule_evidence,
    wording_evidence,
)
from flagger.fusion.features import rule_features
from flagger.fusion.model import FusedScores, Fusion
from flagger.fusion.neighbours import with_places_beside
from flagger.fusion.parts import sensitive_parts, unverified_parts
from flagger.lexicon import LexiconHit, LexiconMatcher
from flagger.linear.model import LinearModel
from flagger.places import PlaceFinder
from flagger.results import AxisScore, Evidence, Place, Result
from flagger.text import PreparedPost, prepare
from flagger.text.windows import windows
from flagger.vocabulary import AXES, CUES, TOPICS

LOCAL_THRESHOLD = 0.5
# A desk reads first what is both unverified and close to somebody's home, then what is unverified, then the rest.
PRIORITY_WEIGHTS = {"unverified": 0.5, "both": 0.3, "sensitive": 0.2}

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pipeline:
    """All steps of scoring, fitted and ready.

    :param matcher: lexicon matcher.
    :param finder: place finder.
    :param linear: n-gram model.
    :param fusion: fitted fusion.
    :param encoder: the transformer stage, if the model has one.
    :param cascade: what settles posts without the encoder; every post is read by it when left out.
    :param exact: whether the encoder reads every post that has a word in it.
    :param attributor: says what the encoder read.
    """

    matcher: LexiconMatcher
    finder: PlaceFinder
    linear: LinearModel
    fusion: Fusion
    encoder: Encoder | None = None
    cascade: Cascade | None = None
    exact: bool = False
    attributor: Attributor | None = None

    def score(self, posts: Sequence[str], *, explain: bool, attribute: Attribution | None = None) -> list[Result]:
        """Score a batch; the result of a post does not depend on the others.

        :param posts: the posts.
        :param explain: whether to add evidence from the wording, which costs more than the n-gram model itself.
        :param attribute: how to find what the encoder read, which costs many times the encoder itself; left out when
            ``None``.
        :return: one result for each post, in order; equal posts are scored once and share their result.
        """
        distinct = list(dict.fromkeys(posts))
        if len(distinct) == len(posts):
            return self._score_distinct(posts, explain=explain, attribute=attribute)
        scored = self._score_distinct(distinct, explain=explain, attribute=attribute)
        results = dict(zip(distinct, scored, strict=True))
        return [results[post] for post in posts]

    def _score_distinct(self, posts: Sequence[str], *, explain: bool, attribute: Attribution | None) -> list[Result]:
        if not posts:
            return []
        spans, found, scores = self._read(posts)
        joined = PostScores.of(scores, spans)
        firsts = list(accumulate(map(len, spans), initial=0))
        wording: list[list[Evidence]] = [[] for _ in posts]
        if explain or attribute is not None:
            highest = [found[first + best] for first, (best, _) in zip(firsts, joined.best_windows, strict=False)]
            wording = wording_evidence(highest, self.linear)
            if attribute is not None and self.attributor is not None:
                for items, window in zip(wording, highest, strict=True):
                    items += encoder_evidence(window, self.attributor, attribute)
        return [
            self._result(post, cuts, found[firsts[number] : firsts[number + 1]], joined, number, wording[number])
            for number, (post, cuts) in enumerate(zip(posts, spans, strict=True))
        ]

    def probabilities(self, posts: Sequence[str]) -> PostScores:
        """Score posts without making results of them.

        :param posts: at least one post.
        :return: all probabilities.
        """
        spans, _, scores = self._read(posts)
        return PostScores.of(scores, spans)

    def _read(self, posts: Sequence[str]) -> tuple[list[list[tuple[int, int]]], list[Findings], FusedScores]:
        """Run every step up to the fusion on all windows of all posts."""
        spans = [windows(post) for post in posts]
        prepared = [_prepare(post[start:end]) for post, cuts in zip(posts, spans, strict=True) for start, end in cuts]
        hits = [self.matcher.find(post) for post in prepared]
        places = [self.finder.find(post) for post in prepared]
        rules = np.stack([rule_features(*found) for found in zip(prepared, hits, places, strict=True)])
        matrix = np.concatenate([self.linear.logits(prepared), rules], axis=1)
        scores, fusions, features = self._fuse(prepared, matrix)
        sensitive, read = with_places_beside(scores, features, fusions, list(map(len, spans)))
        found = [Findings(*row) for row in zip(prepared, hits, places, features, fusions, read, strict=True)]
        return spans, found, replace(scores, sensitive=sensitive)

    def _fuse(
        self, prepared: Sequence[PreparedPost], matrix: Doubles
    ) -> tuple[FusedScores, list[Fusion], list[Doubles]]:
        """Score windows, with the encoder where the first stage has not settled them."""
        if self.encoder is None:
            scores = self.fusion.combine(matrix)
            return scores, [self.fusion] * len(prepared), list(scores.features)
        if self.cascade is None:
            scores = self.fusion.combine(np.concatenate([matrix, self.encoder.logits(prepared)], axis=1))
            return scores, [self.fusion] * len(prepared), list(scores.features)
        scores = self.cascade.fusion.combine(matrix)
        fusions, features = [self.cascade.fusion] * len(prepared), list(scores.features)
        blank = np.array([not post.masked.text for post in prepared])
        settled = blank if self.exact else blank | self.cascade.settled(scores)
        rows = np.flatnonzero(~settled)
        if len(rows):
            logits = self.encoder.logits([prepared[row] for row in rows.tolist()])
            better = self.fusion.combine(np.concatenate([matrix[rows], logits], axis=1))
            scores = replace_rows(scores, rows, better)
            for row, values in zip(rows.tolist(), better.features, strict=True):
                fusions[row], features[row] = self.fusion, values
        return scores, fusions, features

    def _result(
        self,
        post: str,
        cuts: Sequence[tuple[int, int]],
        found: Sequence[Findings],
        joined: PostScores,
        number: int,
        wording: Sequence[Evidence],
    ) -> Result:
        """Put together the result of a post from those of its windows."""
        first, second = (found[window] for window in joined.best_windows[number])
        unverified = self._axis(
            *("unverified", joined.unverified[number], joined.unverified_logits[number]),
            unverified_parts(first.fusion, first.features),
        )
        sensitive = self._axis(
            *("sensitive", joined.sensitive[number], joined.sensitive_logits[number]),
            sensitive_parts(second.fusion, second.sensitive_features),
        )
        places = [
            _shift_place(place, start) for item, (start, _) in zip(found, cuts, strict=True) for place in item.places
        ]
        return Result(
            post=post,
            unverified=unverified,
            rumour=joined.rumour[number],
            sensitive=sensitive,
            topics=dict(zip(TOPICS, joined.topics[number], strict=True)),
            places=tuple(places),
            is_local=joined.local[number] >= LOCAL_THRESHOLD,
            cues=_cues([hit for item in found for hit in item.hits]),
            evidence=self._evidence(found, cuts, joined.best_windows[number], wording),
            priority=priority(unverified.probability, sensitive.probability),
            windows=len(cuts),
            topic_thresholds=self.fusion.topic_thresholds,
        )

    def _axis(self, axis: str, probability: float, logit: float, parts: Mapping[str, float]) -> AxisScore:
        return AxisScore(probability, self.fusion.thresholds[axis].decide(probability), logit, parts)

    def _evidence(
        self,
        found: Sequence[Findings],
        cuts: Sequence[tuple[int, int]],
        best: tuple[int, int],
        wording: Sequence[Evidence],
    ) -> tuple[Evidence, ...]:
        """Give for each axis the reasons in the window where it is highest."""
        evidence: list[Evidence] = []
        by_window = {window: rule_evidence(found[window]) for window in set(best)}
        for axis, window in zip(AXES, best, strict=True):
            items = [item for item in by_window[window] if item.axis == axis]
            if axis == "unverified":
                items += wording
            else:
                evidence += _evidence_beside(found, cuts, window)
            evidence += [_shift_evidence(item, cuts[window][0]) for item in items]
        return tuple(sorted(evidence, key=lambda item: (-abs(item.contribution), item.start, item.end, item.source)))


@dataclass(frozen=True, slots=True)
class PostScores:
    """Scores of whole posts: each is that of the post's window where it is highest.

    :param unverified_logits: logit of the axis, one for each post, as all that follows.
    :param sensitive_logits: logit of the axis.
    :param unverified: probability of the axis.
    :param sensitive: probability of the axis.
    :param rumour: probability of plain rumour marks.
    :param local: probability of locality.
    :param any_topic: probability of harm of any kind.
    :param topics: probabilities in the order of ``TOPICS``.
    :param best_windows: for both axes the number of the window where it is highest.
    """

    unverified_logits: list[float]
    sensitive_logits: list[float]
    unverified: list[float]
    sensitive: list[float]
    rumour: list[float]
    local: list[float]
    any_topic: list[float]
    topics: list[list[float]]
    best_windows: list[tuple[int, int]]

    @classmethod
    def of(cls, scores: FusedScores, spans: Sequence[Sequence[tuple[int, int]]]) -> PostScores:
        """Join the scores of windows.

        :param scores: scores of all windows of all posts, in order.
        :param spans: for each post the spans of its windows.
        :return: scores of the posts.
        """
        counts = [len(cuts) for cuts in spans]
        firsts = np.cumsum([0, *counts[:-1]])

        def highest(logits: Doubles) -> Doubles:
            return np.maximum.reduceat(logits, firsts, axis=0)

        unverified, sensitive = highest(scores.unverified), highest(scores.sensitive)
        best = [
            (0, 0)
            if count == 1
            else (
                int(np.argmax(scores.unverified[first : first + count])),
                int(np.argmax(scores.sensitive[first : first + count])),
            )
            for first, count in zip(firsts.tolist(), counts, strict=True)
        ]
        return cls(
            unverified_logits=unverified.tolist(),
            sensitive_logits=sensitive.tolist(),
            unverified=sigmoid(unverified).tolist(),
            sensitive=sigmoid(sensitive).tolist(),
            rumour=sigmoid(highest(scores.rumour)).tolist(),
            local=sigmoid(highest(scores.local)).tolist(),
            any_topic=sigmoid(highest(scores.any_topic)).tolist(),
            topics=sigmoid(highest(scores.topics)).tolist(),
            best_windows=best,
        )


def priority(unverified: float, sensitive: float) -> float:
    """Order in which a desk should read; a stated policy, not a fitted score.

    :param unverified: probability in [0, 1].
    :param sensitive: probability in [0, 1].
    :return: a number in [0, 1] that never falls when either probability rises.
    """
    weights = PRIORITY_WEIGHTS
    return (
        weights["unverified"] * unverified + weights["both"] * unverified * sensitive + weights["sensitive"] * sensitive
    )


def _prepare(window: str) -> PreparedPost:
    """Prepare a window; one without any letter claims nothing, so the models are given nothing to read into it."""
    prepared = prepare(window)
    # Of the prepared text: circled letters are letters once they are folded.
    return prepared if any(map(str.isalpha, prepared.normal.text)) else prepare("")


def _evidence_beside(found: Sequence[Findings], cuts: Sequence[tuple[int, int]], window: int) -> list[Evidence]:
    """Give the places that a window's sensitive score read in the windows beside it."""
    if not found[window].reads_beside:
        return []
    read = range(max(0, window - 1), min(len(found), window + 2))
    places = [_shift_place(place, cuts[other][0]) for other in read for place in found[other].places]
    return place_evidence(places, places_difference(found[window], [found[other] for other in read]))


def _cues(hits: Sequence[LexiconHit]) -> tuple[str, ...]:
    strengths: dict[str, float] = {}
    for hit in hits:
        if hit.kind == "cue" and hit.cancelled_by is None:
            strengths[hit.name] = max(strengths.get(hit.name, 0.0), hit.weight)
    return tuple(sorted(strengths, key=lambda name: (-strengths[name], CUES.index(name))))


def _shift_evidence(item: Evidence, offset: int) -> Evidence:
    return item if offset == 0 else replace(item, start=item.start + offset, end=item.end + offset)


def _shift_place(place: Place, offset: int) -> Place:
    return place if offset == 0 else replace(place, start=place.start + offset, end=place.end + offset)
