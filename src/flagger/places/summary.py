"""What later steps need to know of the places of one post, in a few numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flagger.results import Place
from flagger.vocabulary import PlaceLevel

_FINENESS = {PlaceLevel.PROVINCE: 1, PlaceLevel.DISTRICT: 2, PlaceLevel.COMMUNE: 3, PlaceLevel.OTHER: 4}


@dataclass(frozen=True, slots=True)
class PlaceSummary:
    """The places of one post in numbers.

    :param mentions: number of places found.
    :param provinces: number of different provinces (since 1 July 2025) that places resolve to.
    :param fineness: finest level named: 0 none, 1 province, 2 district, 3 commune, 4 street, school or hamlet.
    :param units: number of mentions of listed units or of what lies in one.
    :param resolved_share: share of mentions, in [0, 1], whose province is known; 0 without mentions.
    """

    mentions: int = 0
    provinces: int = 0
    fineness: int = 0
    units: int = 0
    resolved_share: float = 0.0


def locality(places: Sequence[Place]) -> PlaceSummary:
    """Sum up the places of one post.

    :param places: what ``PlaceFinder.find`` gave.
    :return: counts and shares; all zero without places.
    """
    if not places:
        return PlaceSummary()
    provinces = [place.province for place in places]
    resolved = [province for province in provinces if province is not None]
    return PlaceSummary(
        mentions=len(places),
        provinces=len(set(resolved)),
        fineness=max(_FINENESS[place.level] for place in places),
        units=sum(bool(place.candidates) for place in places),
        resolved_share=len(resolved) / len(places),
    )
