"""Training examples of the encoder: a text, and a target for every head that its row has a label for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from flagger.errors import InputError, UnreadableTableError
from flagger.training.dataset import LabelledPost
from flagger.training.encoder.overlap import Overlap
from flagger.training.table import HEADS
from flagger.vocabulary import CUES

# Heads that are trained beside the scores because they teach the network what to look at, and are then left out.
CUE_HEADS: Final = tuple(f"cue.{name}" for name in CUES)
CLAIM_HEAD: Final = "claim"
# Kinds of text by the annotation guide, but for "opinion", since nothing here learns to tell opinions from other posts,
# and for "other", which says nothing.
KINDS: Final = (
    *("news", "official_notice", "rumour", "warning", "personal", "advert", "scam_message", "rescue_call"),
    *("question", "humour"),
)
KIND_HEADS: Final = tuple(f"kind.{name}" for name in KINDS)
_HELPING_HEADS: Final = (*CUE_HEADS, CLAIM_HEAD, *KIND_HEADS)
AUXILIARY: Final = "auxiliary."
_LOSS_WEIGHTS: Final = {"unverified": 4.0, "rumour": 2.5}
_HELPING_LOSS_WEIGHT: Final = 0.5

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Example:
    """One training example.

    :param text: the post.
    :param targets: shape ``(heads,)``: 0, 1 or a share between them, and not-a-number where the row has no label.
    """

    text: str
    targets: Floats


@dataclass(frozen=True, slots=True)
class AuxiliarySet:
    """A file with a yes-or-no label that is not ours, trained as a head of its own and then left out.

    :param path: JSON Lines with ``text`` or ``title``.
    :param field: the field with the label: true, false, 1, 0, or a word.
    :param positive: the word that counts as yes, where the label is a word.
    """

    path: Path
    field: str
    positive: str = ""

    @classmethod
    def parse(cls, given: str) -> AuxiliarySet:
        """Read ``FILE:FIELD`` or ``FILE:FIELD=WORD``.

        :param given: what the user gave.
        :return: the set.
        :raises InputError: when it has not that form.
        """
        path, _, rest = given.rpartition(":")
        field, _, positive = rest.partition("=")
        if not path or not field:
            raise InputError(f"Cannot read the auxiliary set '{given}'; expected FILE:FIELD or FILE:FIELD=WORD.")
        return cls(Path(path), field, positive)

    @property
    def head(self) -> str:
        """Name of its head."""
        return f"{AUXILIARY}{self.path.stem.split('.')[0]}.{self.field}"


def head_names(auxiliary: Sequence[AuxiliarySet]) -> tuple[str, ...]:
    """Name all heads of the network: the scores first, then those that only train.

    :param auxiliary: sets with labels of their own.
    :return: the names.
    """
    return (*HEADS, *_HELPING_HEADS, *(one.head for one in auxiliary))


def loss_weights(heads: Sequence[str]) -> Floats:
    """Weigh the heads in the loss.

    :param heads: names of the heads.
    :return: shape ``(heads,)``.
    """
    return np.array(
        [_LOSS_WEIGHTS.get(head, _HELPING_LOSS_WEIGHT if head in _HELPING_HEADS else 1.0) for head in heads],
        dtype=np.float32,
    )


def labelled_examples(posts: Iterable[LabelledPost], heads: Sequence[str]) -> list[Example]:
    """Turn labelled posts into examples; opinion never is a positive of the first axis nor of a cue.

    Where a second reader graded a post, the target is the mean of the label and the grade: what careful readers are
    unsure of should not be learned as if it were certain.

    :param posts: the posts.
    :param heads: names of the heads.
    :return: one example for each post.
    """
    examples = []
    for post in posts:
        known: dict[str, float] = {"local": post.is_local} if post.has_local else {}
        if post.has_topics:
            known |= {"any_topic": bool(post.topics)} | {name: name in post.topics for name in HEADS[4:]}
        if post.trains_unverified:
            known |= {"unverified": post.unverified > 0, "rumour": post.unverified > 1}
            if post.graded is not None:
                known |= {head: (known[head] + grade) / 2.0 for head, grade in zip(HEADS, post.graded, strict=False)}
            if post.has_cues:
                known |= {head: head.removeprefix("cue.") in post.cues for head in CUE_HEADS}
            if post.is_claim is not None:
                known[CLAIM_HEAD] = post.is_claim
            if post.kind:
                known |= {head: head.removeprefix("kind.") == post.kind for head in KIND_HEADS}
        targets = [float(known[head]) if head in known else np.nan for head in heads]
        examples.append(Example(post.text, np.array(targets, dtype=np.float32)))
    return examples


def auxiliary_examples(one: AuxiliarySet, heads: Sequence[str], overlap: Overlap, *, most: int) -> list[Example]:
    """Read an auxiliary set, without rows marked as political and without near-duplicates of labelled posts.

    :param one: the set.
    :param heads: names of the heads.
    :param overlap: knows the labelled posts.
    :param most: most rows to take, spread evenly over the file.
    :return: the examples.
    :raises UnreadableTableError: when the file cannot be read.
    :raises InputError: when a row has no text or no label.
    """
    try:
        lines = one.path.read_bytes().splitlines()
    except OSError as error:
        raise UnreadableTableError(f"Cannot read the auxiliary set '{one.path}': {error.strerror}.") from error
    position = list(heads).index(one.head)
    examples = []
    for number, line in enumerate(lines, start=1):
        try:
            row = msgspec.json.decode(line)
            text, label = row.get("text", row.get("title")), row[one.field]
        except (msgspec.DecodeError, AttributeError, KeyError) as error:
            raise InputError(f"{one.path}:{number}: no JSON object with '{one.field}' ({error}).") from error
        if not isinstance(text, str):
            raise InputError(f"{one.path}:{number}: expected a string 'text' or 'title'.")
        if row.get("political_keyword") or row.get("political") or overlap.holds(text):
            continue
        targets = np.full(len(heads), np.nan, dtype=np.float32)
        targets[position] = float(label == one.positive if one.positive else bool(label))
        examples.append(Example(text, targets))
    step = max(1.0, len(examples) / most)
    return [examples[int(number * step)] for number in range(min(most, len(examples)))]
