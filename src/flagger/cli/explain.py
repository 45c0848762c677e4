"""``flagger explain`` and ``flagger match``: one post, with reasons or with rules alone."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.console import RenderableType

    from flagger.lexicon import LexiconHit
    from flagger.results import Place

PostArgument = Annotated[str, typer.Argument(metavar="TEXT", help="The post; - reads it from the standard input.")]
LexiconOption = Annotated[
    Path | None,
    typer.Option(help="Folder of your own rules, added to the shipped ones."),
]


class LabelLanguage(str, Enum):
    """Language of labels."""

    EN = "en"
    VI = "vi"


def explain(
    text: PostArgument,
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON.")] = False,
    language: Annotated[LabelLanguage, typer.Option("--lang", help="Language of the labels.")] = LabelLanguage.EN,
    model: Annotated[
        str | None,
        typer.Option(help="Model folder or hub id; the model inside the package when left out."),
    ] = None,
    revision: Annotated[
        str | None,
        typer.Option(help="Commit or tag of a hub model."),
    ] = None,
    lexicon: LexiconOption = None,
) -> None:
    """Score one post and show why: both axes, topics, places, and the words that raised or lowered the scores."""
    from flagger.cli.output import print_json, print_rich, read_text
    from flagger.scorer import Flagger

    post = read_text(text)
    result = Flagger.from_pretrained(model, lexicon=lexicon, revision=revision).explain(post)
    if as_json:
        print_json(result.to_dict())
        return
    from flagger.display.terminal import render_terminal

    print_rich(render_terminal(result, language=language.value))


def match(
    text: PostArgument,
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON.")] = False,
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
        print_rich(_match_table(hits, places))


def _hit(hit: LexiconHit) -> dict[str, Any]:
    names = ("entry_id", "kind", "name", "text", "start", "end", "weight", "view", "cancelled_by")
    return {name: getattr(hit, name) for name in names}


def _match_table(hits: list[LexiconHit], places: list[Place]) -> RenderableType:
    from rich.table import Table
    from rich.text import Text

    from flagger.display.spans import visible
    from flagger.vocabulary import label

    if not hits and not places:
        return Text("no rule and no place found")
    table = Table("what", "words", "from", "to", "rule or place", box=None, padding=(0, 2, 0, 0))
    for hit in hits:
        source = hit.entry_id + (f", cancelled by {hit.cancelled_by}" if hit.cancelled_by else "")
        table.add_row(label(hit.name), Text(visible(hit.text)), str(hit.start), str(hit.end), Text(source))
    for place in places:
        where = ", ".join(name for name in (place.level.value, place.province) if name)
        table.add_row(label("place"), Text(visible(place.text)), str(place.start), str(place.end), Text(where))
    return table
