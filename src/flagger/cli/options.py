"""Options that several commands share."""

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer


class LabelLanguage(str, Enum):
    """Language of labels."""

    EN = "en"
    VI = "vi"


ModelOption = Annotated[
    str | None, typer.Option(help="Model folder or hub id; the model inside the package when left out.")
]
RevisionOption = Annotated[str | None, typer.Option(help="Commit or tag of a hub model.")]
LexiconOption = Annotated[Path | None, typer.Option(help="Folder of your own rules, added to the shipped ones.")]
TextColumn = Annotated[str, typer.Option(help="Column with the posts.")]

# Posts of a training: the commands that train and judge.
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
