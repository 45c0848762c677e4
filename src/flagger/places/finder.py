"""The face of the package: a prepared post in, places out."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache, partial

from flagger.places import recognition, resolution
from flagger.places.entries import Entry
from flagger.places.facilities import find_facilities
from flagger.places.facility_words import NUMBER_WORDS
from flagger.places.foreign import without_foreign
from flagger.places.gazetteer import Gazetteer, default_gazetteer
from flagger.places.inner_names import settle, take_in
from flagger.places.lists import spread_unit_words
from flagger.places.view import Mention, View
from flagger.places.words import OTHER
from flagger.results import Place, PlaceCandidate
from flagger.text.post import PreparedPost

Describe = Callable[[tuple[int, ...]], tuple[PlaceCandidate, ...]]


class PlaceFinder:
    """Finds the places in Viet Nam that a post names.

    :param gazetteer: units and names; shared between threads.
    """

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.gazetteer = gazetteer
        self._automaton = gazetteer.automaton

    @classmethod
    def default(cls) -> PlaceFinder:
        """Give the finder over the place file inside the package; loaded once, then shared."""
        return _default_finder()

    def find(self, prepared: PreparedPost) -> list[Place]:
        """Find places.

        Each mention is a place of its own: "xã Trà Leng, huyện Nam Trà My" gives two, and the neighbours decide which
        units are meant. A hospital, school or market is one place that takes in the place name inside its own name.

        :param prepared: a post made ready by ``flagger.text.prepare``.
        :return: places in order of appearance, none overlapping another; ``original[start:end] == text``.
        """
        view = View(prepared)
        matches = self._matches(view.plain)
        if not matches:
            return []
        matches.sort(key=_start)
        mentions = recognition.recognise(view, self.gazetteer, matches)
        mentions = spread_unit_words(view, self.gazetteer, mentions)
        facilities = find_facilities(view, matches)
        mentions = resolution.without_overlaps(take_in(view, mentions, facilities))
        accepted = without_foreign(view.normal, resolution.accept(view.normal, self.gazetteer, mentions))
        if not accepted:
            return []
        resolution.part_namesakes(view.normal, self.gazetteer, accepted)
        chosen = settle(view, self.gazetteer, accepted)
        describe = cache(partial(resolution.candidates, self.gazetteer))
        return [self._place(view, *pair, describe) for pair in zip(accepted, chosen, strict=True)]

    def _matches(self, text: str) -> list[tuple[int, int, Entry]]:
        """Give start, end and entry of each key that stands between word boundaries."""
        found = []
        entry = self.gazetteer.entry
        length = len(text)
        for last, key in self._automaton.iter(text):
            end = last + 1
            # "kp2" and "ql1a": a number may follow some words without a space.
            if end < length and text[end].isalnum() and not (text[end].isdigit() and key in NUMBER_WORDS):
                continue
            start = end - len(key)
            # After an at sign stands the name of an account.
            if start and (text[start - 1].isalnum() or text[start - 1] == "@"):
                continue
            found.append((start, end, entry(key)))
        return found

    def _place(self, view: View, mention: Mention, units: tuple[int, ...], describe: Describe) -> Place:
        start, end = view.aligned.original_span(mention.start, mention.end)
        if not mention.named_level:
            heirs = self.gazetteer.heirs
            units += tuple(now for unit in units for now in heirs.get(unit, ()) if now not in units)
        found = describe(units)
        level = resolution.LEVELS[mention.level] if mention.level == OTHER or not found else found[0].level
        return Place(view.original[start:end], start, end, level, found)


def _start(match: tuple[int, int, Entry]) -> int:
    return match[0]


@lru_cache(maxsize=1)
def _default_finder() -> PlaceFinder:
    return PlaceFinder(default_gazetteer())
