"""Options that name the posts of a training; the commands that train and judge share them."""

from pathlib import Path
from typing import Annotated

import typer

AuthoredFiles = Annotated[
    list[Path] | None,
    typer.Option(metavar="FILE", help="Posts that join every training part and are never judged; may be repeated."),
]
LabelFiles = Annotated[
    list[Path] | None,
    typer.Option(metavar="FILE", help="Labels by hash, whose texts are found in --texts; they only train."),
]
TextFiles = Annotated[
    list[Path] | None, typer.Option(metavar="FILE", help="JSON Lines with the texts that --labels names.")
]
