"""Views of a post for matching, each with a map back to what the user typed."""

from flagger.text.aligned import AlignedText
from flagger.text.normalise import prepare
from flagger.text.post import PreparedPost
from flagger.text.sentences import sentence_spans
from flagger.text.syllables import is_syllable, words

__all__ = ["AlignedText", "PreparedPost", "is_syllable", "prepare", "sentence_spans", "words"]
