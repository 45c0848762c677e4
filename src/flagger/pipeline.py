"""From a batch of posts to results: windows, rules, models, fusion, and the windows of a post joined again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from flagger.fusion.combination import sigmoid
from flagger.fusion.evidence import Findings, rule_evidence, wording_evidence
from flagger.fusion.features import rule_features
from flagger.fusion.model import FusedScores, Fusion
from flagger.lexicon import LexiconHit, LexiconMatcher
from flagger.linear.model import LinearModel
from flagger.places import PlaceFinder
from flagger.results import AxisScore, Evidence, Place, Result
from flagger.text import PreparedPost, prepare
from flagger.text.windows import windows
from flagger.vocabulary import CUES, TOPICS

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
    """

    matcher: LexiconMatcher
    finder: PlaceFinder
    linear: LinearModel
    fusion: Fusion

    def score(self, posts: Sequence[str], *, explain: bool) -> list[Result]:
        """Score a batch; the result of a post does not depend on the others.

        :param posts: the posts.
        :param explain: whether to add evidence from the wording, which costs about as much as scoring itself.
        :return: one result for each post, in order.
        """
        spans = [windows(post) for post in posts]
        prepared = [_prepare(post[start:end]) for post, cuts in zip(posts, spans, strict=True) for start, end in cuts]
        if not prepared:
            return []
        hits = [self.matcher.find(post) for post in prepared]
        places = [self.finder.find(post) for post in prepared]
        rules = np.stack([rule_features(*found) for found in zip(prepared, hits, places, strict=True)])
        scores = self.fusion.combine(np.concatenate([self.linear.logits(prepared), rules], axis=1))
        results = []
        first = 0
        for post, cuts in zip(posts, spans, strict=True):
            found = [
                Findings(prepared[row], hits[row], places[row], scores.features[row])
                for row in range(first, first + len(cuts))
            ]
            results.append(self._join(post, cuts, found, scores, first, explain=explain))
            first += len(cuts)
        return results

    def _join(
        self,
        post: str,
        cuts: Sequence[tuple[int, int]],
        found: Sequence[Findings],
        scores: FusedScores,
        first: int,
        *,
        explain: bool,
    ) -> Result:
        """Join the windows of a post: each score is that of the window where it is highest."""
        rows = slice(first, first + len(cuts))
        unverified = self._axis("unverified", scores.unverified[rows])
        sensitive = self._axis("sensitive", scores.sensitive[rows])
        topics = sigmoid(scores.topics[rows].max(axis=0))
        offsets = [start for start, _ in cuts]
        places = [
            _shift_place(place, offset) for item, offset in zip(found, offsets, strict=True) for place in item.places
        ]
        return Result(
            post=post,
            unverified=unverified,
            rumour=float(sigmoid(scores.rumour[rows].max())),
            sensitive=sensitive,
            topics={name: float(value) for name, value in zip(TOPICS, topics, strict=True)},
            places=tuple(places),
            is_local=bool(sigmoid(scores.local[rows].max()) >= LOCAL_THRESHOLD),
            cues=_cues([hit for item in found for hit in item.hits]),
            evidence=self._evidence(found, offsets, scores, rows, explain=explain),
            priority=priority(unverified.probability, sensitive.probability),
            windows=len(cuts),
            topic_thresholds=self.fusion.topic_thresholds,
        )

    def _axis(self, axis: str, logits: Doubles) -> AxisScore:
        highest = float(logits.max())
        probability = float(sigmoid(highest))
        return AxisScore(probability, self.fusion.thresholds[axis].decide(probability), highest)

    def _evidence(
        self, found: Sequence[Findings], offsets: Sequence[int], scores: FusedScores, rows: slice, *, explain: bool
    ) -> tuple[Evidence, ...]:
        evidence: list[Evidence] = []
        for axis, logits in (("unverified", scores.unverified[rows]), ("sensitive", scores.sensitive[rows])):
            best = int(np.argmax(logits))
            items = [item for item in rule_evidence(found[best], self.fusion) if item.axis == axis]
            if explain and axis == "unverified":
                items += wording_evidence(found[best], self.fusion, self.linear)
            offset = offsets[best]
            evidence += [replace(item, start=item.start + offset, end=item.end + offset) for item in items]
        return tuple(sorted(evidence, key=lambda item: (-abs(item.contribution), item.start, item.end, item.source)))


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
    return prepare(window if any(map(str.isalpha, window)) else "")


def _cues(hits: Sequence[LexiconHit]) -> tuple[str, ...]:
    strengths: dict[str, float] = {}
    for hit in hits:
        if hit.kind == "cue" and hit.cancelled_by is None:
            strengths[hit.name] = max(strengths.get(hit.name, 0.0), hit.weight)
    return tuple(sorted(strengths, key=lambda name: (-strengths[name], CUES.index(name))))


def _shift_place(place: Place, offset: int) -> Place:
    return place if offset == 0 else replace(place, start=place.start + offset, end=place.end + offset)
