"""A scorer that needs no model: its scores follow from the length of the post."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flagger.results import AxisScore, Evidence, Place, PlaceCandidate, Result
from flagger.vocabulary import TOPICS, Decision, PlaceLevel


def make_result(post: str, *, evidence: tuple[Evidence, ...] = (), probability: float = 0.25) -> Result:
    decision = Decision.FLAG if probability >= 0.8 else Decision.REVIEW if probability >= 0.5 else Decision.CLEAR
    places = ()
    if "Thanh Oai" in post:
        start = post.index("Thanh Oai")
        unit = PlaceCandidate("Huyện Thanh Oai", PlaceLevel.DISTRICT, "Thành phố Hà Nội", "Thành phố Hà Nội")
        places = (Place("Thanh Oai", start, start + 9, PlaceLevel.DISTRICT, (unit,)),)
    return Result(
        post=post,
        unverified=AxisScore(probability, decision, 0.0),
        rumour=0.125,
        sensitive=AxisScore(0.125, Decision.CLEAR, 0.0),
        topics={name: position / 16 for position, name in enumerate(TOPICS)},
        places=places,
        is_local=bool(places),
        cues=("hearsay",) if "nghe nói" in post.lower() else (),
        evidence=evidence,
        priority=0.5,
    )


class StandInScorer:
    """Posts that hold ``flagme`` are flagged, and ``crash`` breaks the whole call."""

    def __call__(self, post: str) -> Result:
        return next(self.score_many([post]))

    def explain(self, post: str, *, attribution: str = "occlusion") -> Result:
        return self(post)

    def score_many(self, posts: Iterable[str], *, progress: bool = False, explain: bool = True) -> Iterator[Result]:
        for post in posts:
            if "crash" in post:
                raise RuntimeError(f"secret text: {post}")
            yield make_result(post, probability=0.9 if "flagme" in post else 0.25)
