"""``Flagger``: the public face."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flagger.encoder.attribution import Attribution, Attributor
from flagger.errors import InputError
from flagger.lexicon import Lexicon, LexiconMatcher
from flagger.locations import lasting_name, shipped
from flagger.model_folder import ModelFolder, locate_model, read_model_folder, write_model_folder
from flagger.pipeline import Pipeline
from flagger.places import PlaceFinder
from flagger.results import Result
from flagger.version import __version__

if TYPE_CHECKING:
    from narwhals.typing import IntoDataFrameT

BATCH_POSTS = 256
BATCH_CHARACTERS = 1 << 16
DEFAULT_MODEL = "default"


class Flagger:
    """Finds posts that pass on an unverified claim and posts about harm in a place in Viet Nam.

    :param model: a loaded model.
    :param lexicon: the rules.
    :param name: what to call the model in reports.
    :param exact: whether the encoder reads every post, also those that rules and n-grams are sure of.
    """

    def __init__(self, model: ModelFolder, lexicon: Lexicon, *, name: str = DEFAULT_MODEL, exact: bool = False) -> None:
        self.model = model
        self.lexicon = lexicon
        self.name = name
        self._loaded_from: tuple[str | None, str | None, str | None, bool] | None = None
        encoder = model.encoder.load() if model.encoder is not None else None
        self.pipeline = Pipeline(
            LexiconMatcher(lexicon),
            PlaceFinder.default(),
            model.linear,
            model.fusion,
            encoder,
            model.cascade,
            exact,
            Attributor(encoder) if encoder is not None else None,
        )

    @classmethod
    def from_pretrained(
        cls,
        name: str | Path | None = None,
        *,
        lexicon: str | Path | None = None,
        revision: str | None = None,
        exact: bool = False,
    ) -> Flagger:
        """Load a model.

        :param name: a local folder as ``flagger train``, ``flagger export`` or :meth:`save_pretrained` write it, or the
            id of such a model on the Hugging Face hub, ``owner/name``, which is downloaded once and needs the extra
            ``hub``; a folder of that name goes first. The model inside the package when left out, which needs no
            network.
        :param lexicon: a folder of YAML rules to add to the shipped ones.
        :param revision: branch, tag or commit of a hub model, the newest when left out; only a commit always means the
            same files. Without meaning for a local folder.
        :param exact: whether the encoder reads every post. By default rules and n-grams settle the posts that they are
            sure of; the band was fitted with the aim that this changes 4 of 1,000 decisions at most.
        :return: the scorer. It warns (``RuntimeWarning``) when this processor rounds an int8 encoder so differently
            that the slower exact graph is used.
        :raises ModelFolderError: when the model cannot be found or downloaded, is damaged, or was made by an
            incompatible version.
        :raises LexiconError: when a rule breaks the schema or the refusals of the project.
        :raises MissingExtraError: when the model needs an extra that is not installed: ``hub`` for a hub id,
            ``encoder`` for a trained model that was not exported, ``phobert`` for one that reads segmented words.
        """
        folder = default_model_folder() if name is None else locate_model(name, revision=revision)
        rules = Lexicon.default()
        if lexicon is not None:
            rules = rules.with_folder(lexicon)
        loaded = cls(read_model_folder(folder), rules, name=DEFAULT_MODEL if name is None else str(name), exact=exact)
        loaded._loaded_from = (lasting_name(name), lasting_name(lexicon), revision, exact)
        return loaded

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle as what to load, so that processes of a pool load the model themselves.

        :raises TypeError: when it was not loaded by :meth:`from_pretrained`.
        """
        if self._loaded_from is None:
            raise TypeError("Only a scorer that from_pretrained loaded can be sent to another process.")
        return _reload, self._loaded_from

    def save_pretrained(self, folder: str | Path) -> None:
        """Write the model so that :meth:`from_pretrained` reads it back with the same scores.

        Rules that were added by ``lexicon`` are not part of a model; give them again when it is read.

        :param folder: where to; made if it does not exist.
        :raises ModelFolderError: when the folder cannot be written.
        """
        write_model_folder(folder, self.model, version=__version__)

    def __call__(self, post: str) -> Result:
        """Score one post, with evidence from rules, places and wording.

        :param post: the text; may be empty.
        :return: the result.
        :raises InputError: when the post is no string.
        """
        return self.pipeline.score([_checked(post, 0)], explain=True)[0]

    def explain(self, post: str, *, attribution: str | Attribution = Attribution.OCCLUSION) -> Result:
        """Score one post, with what the encoder read as well.

        The encoder is run many times more, so this takes much longer than scoring; the last posts are remembered.

        :param post: the text; may be empty.
        :param attribution: ``occlusion`` leaves out a few words at a time and needs nothing more; ``gradients``, layer
            integrated gradients over word pieces, needs the extra ``explain``.
        :return: the same scores as those of a call, with more evidence.
        :raises InputError: when the post is no string, or there is no such attribution.
        :raises MissingExtraError: when gradients are asked for and the extra is not installed.
        :raises ModelFolderError: when no gradients can be taken through this model.
        """
        try:
            method = Attribution(attribution)
        except ValueError as error:
            known = ", ".join(repr(item.value) for item in Attribution)
            raise InputError(f"attribution is {attribution!r}; expected one of {known}.") from error
        return self.pipeline.score([_checked(post, 0)], explain=True, attribute=method)[0]

    def score_many(self, posts: Iterable[str], *, progress: bool = False, explain: bool = True) -> Iterator[Result]:
        """Score any number of posts in order, in bounded memory.

        :param posts: any iterable of texts, read as it goes.
        :param progress: whether to show a progress bar on the standard error, if that is a terminal.
        :param explain: whether to add evidence from the wording; rules and places are always there.
        :return: one result for each post.
        :raises InputError: when a post is no string; the message names its position. When ``posts`` is one text.
        """
        if isinstance(posts, str):
            raise InputError(
                "score_many wants an iterable of posts and was given one text; call flagger(post) for one."
            )
        if hasattr(posts, "columns"):
            raise InputError("score_many wants an iterable of posts and was given a data frame; use score_frame.")
        results = self._stream(posts, explain=explain)
        return _with_progress(results, posts) if progress else results

    def score_batch(self, batch: Mapping[str, Sequence[str]], *, text: str = "text") -> dict[str, list[Any]]:
        """Score a batch in columns, as ``datasets.Dataset.map(..., batched=True)`` gives it.

        A data set takes the type of a column from its first batch. Where that may hold no place at all, as in very
        small batches, ``dataset.with_format("arrow").map(flagger.arrow.ArrowScorer(), batched=True)`` gives every
        column its type.

        :param batch: columns by name.
        :param text: name of the column with the posts.
        :return: the columns that flagger adds, as plain lists.
        :raises InputError: when there is no such column, it holds one text and no list of them, or the batch has a
            column that flagger adds.
        """
        from flagger.frames import batch_columns

        return batch_columns(self, batch, text)

    def score_frame(self, frame: IntoDataFrameT, *, text: str = "text") -> IntoDataFrameT:
        """Add flagger's columns to a data frame.

        :param frame: a pandas, polars or other eager frame that narwhals knows.
        :param text: name of the column with the posts.
        :return: a frame of the same kind with the same rows and index, and flagger's columns added.
        :raises InputError: when there is no such column, or it has a name that flagger adds.
        """
        from flagger.frames import score_frame

        return score_frame(self, frame, text)

    def _stream(self, posts: Iterable[str], *, explain: bool) -> Iterator[Result]:
        for batch in _batches(posts):
            yield from self.pipeline.score(batch, explain=explain)


def _reload(name: str | None, lexicon: str | None, revision: str | None, exact: bool) -> Flagger:
    return Flagger.from_pretrained(name, lexicon=lexicon, revision=revision, exact=exact)


def default_model_folder() -> Path:
    """Find the model that ships with the package.

    :return: its folder; in a source checkout the one that the package is built from.
    """
    return shipped(Path("models", DEFAULT_MODEL))


def _batches(posts: Iterable[str]) -> Iterator[list[str]]:
    iterator = enumerate(posts)
    while chunk := [_checked(post, position) for position, post in islice(iterator, BATCH_POSTS)]:
        batch: list[str] = []
        characters = 0
        for post in chunk:
            if batch and characters + len(post) > BATCH_CHARACTERS:
                yield batch
                batch, characters = [], 0
            batch.append(post)
            characters += len(post)
        yield batch


def _checked(post: object, position: int) -> str:
    if isinstance(post, str):
        return post
    raise InputError(
        f"Post {position} is {type(post).__name__}, expected str. Leave it out, or turn it into text first; "
        "score_frame and 'flagger score' keep such rows and say so in their error column."
    )


def _with_progress(results: Iterator[Result], posts: Iterable[str]) -> Iterator[Result]:
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    total = len(posts) if isinstance(posts, Sequence) else None
    if not console.is_terminal:
        return results
    return iter(track(results, description="scoring", total=total, console=console))
