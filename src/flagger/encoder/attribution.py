"""Which words the encoder read a score from, by the method that is asked for; the last answers are remembered."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from enum import Enum
from threading import Lock
from typing import TYPE_CHECKING, Final

import numpy as np

from flagger.encoder.model import Encoder
from flagger.encoder.occlusion import occlude
from flagger.errors import ModelFolderError, missing_extra
from flagger.text.cased import cased
from flagger.text.post import PreparedPost
from flagger.text.syllables import words

if TYPE_CHECKING:
    from flagger.encoder.gradients import Gradients

# A desk goes back and forth between few posts.
REMEMBERED: Final = 256

Shares = tuple[tuple[int, int, float], ...]


class Attribution(str, Enum):
    """How the encoder's part of a score is shared out over the words of a post."""

    OCCLUSION = "occlusion"
    GRADIENTS = "gradients"


class Attributor:
    """Explains one encoder.

    :param encoder: the encoder.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._gradients: Gradients | None = None
        self._lock = Lock()
        self._known: OrderedDict[tuple[Attribution, str, tuple[float, ...]], Shares] = OrderedDict()

    def load(self, method: Attribution) -> None:
        """Load what a method needs, so that what is missing is told before any post is explained.

        :param method: the method.
        :raises MissingExtraError: when gradients are asked for and the extra is not installed.
        :raises ModelFolderError: when no gradients can be taken through this encoder.
        """
        if method is Attribution.GRADIENTS:
            self._loaded_gradients()

    def shares(self, post: PreparedPost, head_weights: Mapping[str, float], method: Attribution) -> Shares:
        """Share a weighted sum of heads out over a post.

        :param post: the post.
        :param head_weights: weight of each head in the sum; heads that are not named count nothing.
        :param method: by occlusion of parts of a few words, or by integrated gradients word by word.
        :return: ``(start, end, share)`` in the cased view of the post, in order.
        :raises MissingExtraError: when gradients are asked for and the extra is not installed.
        :raises ModelFolderError: when no gradients can be taken through this encoder.
        """
        text = cased(post).text
        weights = tuple(head_weights.get(head, 0.0) for head in self._encoder.settings.heads)
        key = method, text, weights
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        if method is Attribution.GRADIENTS:
            found = self._loaded_gradients().word_shares(text, words(text), np.array(weights))
        else:
            found = occlude(self._encoder, text, np.array(weights))
        shares = tuple(found)
        with self._lock:
            self._known[key] = shares
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return shares

    def _loaded_gradients(self) -> Gradients:
        if self._gradients is None:
            if self._encoder.folder is None:
                raise ModelFolderError("This encoder was not loaded from a folder; gradients need its files.")
            try:
                from flagger.encoder.gradients import Gradients
            except ImportError as error:
                package = (error.name or "captum").partition(".")[0]
                raise missing_extra(
                    f"Explaining by gradients needs {package}", "explain", otherwise="or explain by occlusion"
                ) from error
            self._gradients = Gradients(self._encoder, self._encoder.folder)
        return self._gradients
