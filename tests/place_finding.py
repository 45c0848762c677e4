"""What the finder of places gives for a post, in short."""

from __future__ import annotations

from flagger.places import PlaceFinder
from flagger.results import Place
from flagger.text import prepare


def places_of(post: str) -> list[Place]:
    return PlaceFinder.default().find(prepare(post))


def found(post: str) -> list[tuple[str, str | None]]:
    return [(place.text, place.province) for place in places_of(post)]


def texts(post: str) -> list[str]:
    return [place.text for place in places_of(post)]
