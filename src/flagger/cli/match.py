"""``flagger match``: the rules and places found in one post, without a model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from flagger.cli.options import LabelLanguage, LexiconOption

if TYPE_CHECKING:
    from rich.console import RenderableType

    from flagger.lexicon import LexiconHit
    from flagger.results import Place
    from flagger.vocabulary import Language

_WORDS: Final[dict[Language, dict[str, str]]] = {
    "en": {
        "none": "no rule and no place found",
        "headings": "what,words,from,to,rule or place",
        "cancelled": "cancelled by",
    },
    "vi": {
        "none": "không có quy tắc nào khớp, không có địa danh",
        "headings": "loại,chữ trong bài,từ,đến,quy tắc hoặc nơi",
        "cancelled": "bị bỏ vì",
    },
}


def match(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The post; - reads it from the standard input.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON.")] = False,
    language: Annotated[LabelLanguage, typer.Option("--lang", help="Language of the labels.")] = LabelLanguage.EN,
    lexicon: LexiconOption = None,
) -> None:
    """Show the lexicon rules and the places found in a post, without a model."""
    from flagger.cli.output import print_json, print_rich, read_text
    from flagger.lexicon import Lexicon, LexiconMatcher
    from flagger.places import PlaceFinder
    from flagger.text import prepare

    rules = Lexicon.default()
    if lexicon is not None:
        rules = rules.with_folder(lexicon)
    prepared = prepare(read_text(text))
    hits = LexiconMatcher(rules).find(prepared)
    places = PlaceFinder.default().find(prepared)
    if as_json:
        print_json({"hits": [_hit(hit) for hit in hits], "places": [place.to_dict() for place in places]})
    else:
        print_rich(_table(hits, places, language.value))


def _hit(hit: LexiconHit) -> dict[str, Any]:
    names = ("entry_id", "kind", "name", "text", "start", "end", "weight", "view", "cancelled_by")
    return {name: getattr(hit, name) for name in names}


def _table(hits: list[LexiconHit], places: list[Place], language: Language) -> RenderableType:
    from rich.table import Table
    from rich.text import Text

    from flagger.display.spans import visible
    from flagger.vocabulary import label

    words = _WORDS[language]
    if not hits and not places:
        return Text(words["none"])
    table = Table(*words["headings"].split(","), box=None, padding=(0, 2, 0, 0))
    for hit in hits:
        source = hit.entry_id + (f", {words['cancelled']} {hit.cancelled_by}" if hit.cancelled_by else "")
        table.add_row(label(hit.name, language), Text(visible(hit.text)), str(hit.start), str(hit.end), Text(source))
    for place in places:
        where = ", ".join(name for name in (label(place.level.value, language), place.province) if name)
        row = (Text(visible(place.text)), str(place.start), str(place.end), Text(where))
        table.add_row(label("place", language), *row)
    return table
