"""The feature vector of one post: what rules, places and form contribute beside the models' logits."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from flagger.lexicon import LexiconHit
from flagger.places import locality
from flagger.results import Place
from flagger.text.post import PreparedPost
from flagger.vocabulary import CUES, RAISING_CUES, TOPICS

Doubles = npt.NDArray[np.float64]

CUE_FEATURES: Final = tuple(f"cue.{name}" for name in CUES)
CANCELLED: Final = "cue.cancelled"
TOPIC_RULE_FEATURES: Final = tuple(f"rule.{name}" for name in TOPICS)
PLACE_FEATURES: Final = ("place.any", "place.resolved", "place.fine", "place.several")
FORM_FEATURES: Final = ("form.link", "form.phone", "form.question")
RULE_FEATURES: Final = (*CUE_FEATURES, CANCELLED, *TOPIC_RULE_FEATURES, *PLACE_FEATURES, *FORM_FEATURES)

_FINEST: Final = 4
_INDEX: Final = {name: position for position, name in enumerate(RULE_FEATURES)}


def strength(weights: Iterable[float]) -> float:
    """Turn the weights of several hits into one bounded strength.

    :param weights: weights of the hits, above 0.
    :return: ``1 - exp(-sum)``, in [0, 1): more hits say more, each less than the one before.
    """
    return 1.0 - math.exp(-sum(weights))


def entry_weights(hits: Iterable[LexiconHit]) -> dict[str, float]:
    """Weigh each entry once, however often it hits: repeating a phrase is no new reason.

    :param hits: hits of one cue or topic.
    :return: weight by entry id.
    """
    return {hit.entry_id: hit.weight for hit in hits}


def hits_by_feature(hits: Sequence[LexiconHit]) -> dict[str, list[LexiconHit]]:
    """Group the hits by the feature that they feed.

    :param hits: all hits of one post, cancelled ones included.
    :return: hits by feature name; a cancelled raising cue feeds ``cue.cancelled``, other cancelled hits feed nothing.
    """
    grouped: dict[str, list[LexiconHit]] = {}
    for hit in hits:
        if hit.cancelled_by is None:
            feature = f"cue.{hit.name}" if hit.kind == "cue" else f"rule.{hit.name}"
        elif hit.kind == "cue" and hit.name in RAISING_CUES:
            feature = CANCELLED
        else:
            continue
        grouped.setdefault(feature, []).append(hit)
    return grouped


def rule_features(post: PreparedPost, hits: Sequence[LexiconHit], places: Sequence[Place]) -> Doubles:
    """Compute all features of one post that need no model.

    :param post: the prepared post.
    :param hits: its lexicon hits, cancelled ones included.
    :param places: its places.
    :return: vector of shape ``(len(RULE_FEATURES),)``, every value in [0, 1].
    """
    vector = np.zeros(len(RULE_FEATURES))
    for feature, group in hits_by_feature(hits).items():
        vector[_INDEX[feature]] = strength(entry_weights(group).values())
    if places:
        summary = locality(places)
        vector[_INDEX["place.any"]] = 1.0
        vector[_INDEX["place.resolved"]] = summary.resolved_share
        vector[_INDEX["place.fine"]] = summary.fineness / _FINEST
        vector[_INDEX["place.several"]] = 1.0 - 1.0 / len(places)
    text = post.masked.text
    vector[_INDEX["form.link"]] = float("<url>" in text)
    vector[_INDEX["form.phone"]] = float("<phone>" in text)
    vector[_INDEX["form.question"]] = float("?" in text)
    return vector
