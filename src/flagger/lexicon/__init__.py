"""Rules that a person can read: cues and topics as YAML, matched with offsets."""

from flagger.lexicon.check import LexiconProblem, LexiconReport, check_lexicon
from flagger.lexicon.loader import Lexicon, load_lexicon
from flagger.lexicon.matcher import LexiconHit, LexiconMatcher, active
from flagger.lexicon.rules import Rule

__all__ = [
    "Lexicon",
    "LexiconHit",
    "LexiconMatcher",
    "LexiconProblem",
    "LexiconReport",
    "Rule",
    "active",
    "check_lexicon",
    "load_lexicon",
]
