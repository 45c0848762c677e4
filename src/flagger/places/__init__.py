"""Places in Viet Nam: both administrative systems, aliases, recognition in running text and resolution."""

from flagger.places.finder import PlaceFinder
from flagger.places.gazetteer import Gazetteer
from flagger.places.summary import PlaceSummary, locality

__all__ = ["Gazetteer", "PlaceFinder", "PlaceSummary", "locality"]
