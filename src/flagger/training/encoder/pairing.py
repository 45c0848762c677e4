"""The same sentence about somebody else should get the same logits: counterfactual logit pairing (Garg et al. 2019).

Examples alone teach that a complaint is no claim whomever it is about; they do not teach that the target moves nothing.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Final

import torch

from flagger.training.dataset import LabelledPost
from flagger.training.table import HEADS

# Heads that must not depend on the target. Locality may: a ward has a place, a bank has none.
PAIRED_HEADS: Final = tuple(HEADS.index(name) for name in ("unverified", "rumour", "any_topic"))
PAIRING_WEIGHT: Final = 1.0
_SETS_OF_BATCH: Final = 4
_COPIES_OF_SET: Final = 3

SwapSets = Sequence[Sequence[str]]


def swap_sets(posts: Iterable[LabelledPost]) -> list[list[str]]:
    """Put together the copies of one sentence.

    :param posts: labelled posts, some of which say which sentence they are a copy of.
    :return: for each sentence with two copies or more their texts.
    """
    sets: dict[str, list[str]] = defaultdict(list)
    for post in posts:
        if post.swap_of:
            sets[post.swap_of].append(post.text)
    return [texts for texts in sets.values() if len(texts) > 1]


def pairing_loss(sets: SwapSets, generator: random.Random, score: Callable[[list[str]], torch.Tensor]) -> torch.Tensor:
    """Measure how far the logits of some sentences depend on the target.

    :param sets: copies of each sentence.
    :param generator: draws sentences and copies.
    :param score: gives logits of shape ``(posts, heads)``.
    :return: mean variance of the logits over the copies of a sentence, times a weight.
    """
    drawn = [
        generator.sample(list(texts), min(_COPIES_OF_SET, len(texts)))
        for texts in generator.sample(list(sets), min(_SETS_OF_BATCH, len(sets)))
    ]
    logits = score([text for texts in drawn for text in texts])[:, list(PAIRED_HEADS)].float()
    parts = torch.split(logits, [len(texts) for texts in drawn])
    spreads = [part.var(dim=0, unbiased=True).mean() for part in parts]
    return PAIRING_WEIGHT * torch.stack(spreads).mean()
