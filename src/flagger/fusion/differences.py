"""Differences: what a window's sensitive score would lose without the places, or the topic hits, found in it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from flagger.fusion.combination import columns, select
from flagger.fusion.features import PLACE_FEATURES
from flagger.fusion.model import ANY_TOPIC, BOTH, LOCAL, Fusion

Doubles = npt.NDArray[np.float64]


def local_without_places(fusion: Fusion, features: Doubles) -> float:
    """Give the logit of locality that a window would have if no place were found in it.

    :param fusion: the fusion that scored the window.
    :param features: all its features, of shape ``(len(fusion.names),)``.
    :return: what models alone read; never above its locality, for places can only raise that.
    """
    changed = features.copy()
    changed[columns(fusion.names, PLACE_FEATURES)] = 0.0
    return float(fusion.local.logits(select(changed[None], fusion.names, fusion.local.features))[0])


def any_topic_without_hits(fusion: Fusion, features: Doubles, topic: str) -> float:
    """Give the logit of any topic that a window would have if the rules found nothing of one topic in it.

    :param fusion: the fusion that scored the window.
    :param features: all its features, of shape ``(len(fusion.names),)``.
    :param topic: name of the topic.
    :return: the logit, with what the models read and the hits of all other topics.
    """
    changed = features[None, : len(fusion.inputs)].copy()
    changed[0, columns(fusion.inputs, (f"rule.{topic}",))] = 0.0
    _, derived = fusion.derive(changed)
    return float(select(derived, fusion.names, (ANY_TOPIC,))[0, 0])


def sensitive_difference(
    fusion: Fusion, features: Doubles, *, any_topic: float | None = None, local: float | None = None
) -> float:
    """Tell what the sensitive logit of a window would lose.

    :param fusion: the fusion that scored the window.
    :param features: all features that its sensitive score was computed from, of shape ``(len(fusion.names),)``.
    :param any_topic: the logit of any topic that it would have instead; as it is when left out.
    :param local: the logit of locality that it would have instead; as it is when left out.
    :return: the logit as it is less the logit as it would be. Nothing, where what is taken away was not what held the
        score down: harm in a place needs both.
    """
    topic_column, local_column, both_column = columns(fusion.names, (ANY_TOPIC, LOCAL, BOTH)).tolist()
    changed = features.copy()
    if any_topic is not None:
        changed[topic_column] = any_topic
    if local is not None:
        changed[local_column] = local
    changed[both_column] = min(changed[topic_column], changed[local_column])
    logits = fusion.sensitive.logits(select(np.stack([features, changed]), fusion.names, fusion.sensitive.features))
    return float(logits[0] - logits[1])
