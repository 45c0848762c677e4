"""``flagger train``: train a model on labelled posts."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from flagger.cli.errors import refuse_unused
from flagger.cli.options import AuthoredFiles, LabelFiles, TextFiles

if TYPE_CHECKING:
    from collections.abc import Callable

DEFAULT_EPOCHS: Final = 2
DEFAULT_PIECES: Final = 1536


def train(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="DATA",
            help="Labelled posts with the fields of docs/annotation.md: JSON Lines, CSV, TSV, Parquet, or a data set "
            "on the Hugging Face hub as OWNER/NAME:SPLIT.",
        ),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="FOLDER", help="Where the model goes: a new or empty folder, or an older model."
        ),
    ],
    authored: AuthoredFiles = None,
    base: Annotated[
        str | None,
        typer.Option(
            metavar="ENCODER",
            help="Fine-tune this Hugging Face encoder as well: a local folder or a hub id such as "
            "vinai/phobert-base-v2. Without it the model is n-grams and rules.",
        ),
    ] = None,
    labels: LabelFiles = None,
    texts: TextFiles = None,
    grades: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="How sure a second reader is of the labelled posts, by hash; the encoder learns the mean of both.",
        ),
    ] = None,
    auxiliary: Annotated[
        list[str] | None,
        typer.Option(metavar="FILE:FIELD[=WORD]", help="A yes-or-no label that the encoder learns first, then drops."),
    ] = None,
    epochs: Annotated[int, typer.Option(min=1, help="Passes of the encoder over the labelled posts.")] = DEFAULT_EPOCHS,
    learning_rate: Annotated[
        float | None, typer.Option(help="Highest learning rate of the encoder; by its width when left out.")
    ] = None,
    batch_pieces: Annotated[int, typer.Option(min=32, help="Word pieces of a batch of the encoder.")] = DEFAULT_PIECES,
    accumulate: Annotated[int, typer.Option(min=1, help="Batches for one step of the optimizer.")] = 1,
    seeds: Annotated[
        int,
        typer.Option(
            min=1, help="Train every fold so many times, with other noise and order, and average the weights."
        ),
    ] = 1,
    patience: Annotated[
        int,
        typer.Option(
            min=0,
            help="Stop a fold after so many epochs without a gain on a tenth of its posts, set apart; 0: never.",
        ),
    ] = 0,
    tensorboard: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Write the losses of the encoder for TensorBoard.")
    ] = None,
    refit: Annotated[
        Path | None,
        typer.Option(
            metavar="MODEL",
            help="Keep the encoder of this trained model and fit the rest again: minutes, after a change of lexicon.",
        ),
    ] = None,
    further: Annotated[
        Path | None,
        typer.Option(
            metavar="MODEL",
            help="Train the encoder of this model, whose --base is named too, further on the posts that only train and "
            "are new to it, and fit the rest again.",
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the training of --base that was killed.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as one line of JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print no progress.")] = False,
) -> None:
    """Train a model, after a cross-validation whose figures go into the model card.

    Needs the extra 'train'; with --base also 'encoder', and for PhoBERT 'phobert'.
    """
    from flagger.cli.output import print_json
    from flagger.cli.training_extra import say, training_extra

    refuse_options(base=base, refit=refit, further=further, resume=resume, grades=grades)
    if base is None:
        of_encoder = {
            "--auxiliary": auxiliary,
            "--epochs": epochs != DEFAULT_EPOCHS,
            "--learning-rate": learning_rate is not None,
            "--batch-pieces": batch_pieces != DEFAULT_PIECES,
            "--accumulate": accumulate != 1,
            "--seeds": seeds != 1,
            "--patience": patience,
            "--tensorboard": tensorboard,
        }
        refuse_unused(of_encoder, "Without --base no encoder is trained")
    if further is not None:
        of_folds = {"--auxiliary": auxiliary, "--seeds": seeds != 1, "--patience": patience}
        refuse_unused(of_folds, "With --further no fold is trained")
    if texts and not labels:
        refuse_unused({"--texts": texts}, "Without --labels there is nothing to look up")
    output = output.absolute()
    check_model_target(output)
    tell = ignore if quiet else say
    with training_extra("Training"):
        from flagger.training.dataset import read_labels

        more = [post for path in labels or () for post in read_labels(path, texts or ())]
        if refit is not None:
            from flagger.recipes.on_encoder import refit_model

            report = refit_model(path, output, refit, authored=authored or (), more=more, progress=tell)
        elif base is None:
            from flagger.recipes.default_model import train_model

            report = train_model(path, output, authored=authored or (), more=more, progress=tell)
        else:
            from flagger.recipes.encoder_model import plan_for, train_encoder_model

            plan = plan_for(
                base,
                auxiliary=auxiliary or (),
                epochs=epochs,
                learning_rate=learning_rate,
                pieces=batch_pieces,
                accumulate=accumulate,
                patience=patience,
                seeds=seeds,
            )
            log = loss_log(tensorboard)
            if further is not None:
                from flagger.recipes.further import train_model_further

                report = train_model_further(
                    *(path, output, plan, further), authored=authored or (), more=more, progress=tell, log=log
                )
            else:
                work = work_folder(output, resume=resume)
                report = train_encoder_model(
                    *(path, output, plan),
                    authored=authored or (),
                    more=more,
                    grades=grades,
                    work=work,
                    progress=tell,
                    log=log,
                )
                shutil.rmtree(work)
    if as_json:
        print_json(report.to_dict())
    else:
        typer.echo(report.render())


def refuse_options(
    *,
    base: str | None,
    refit: Path | None,
    resume: bool,
    grades: Path | None = None,
    further: Path | None = None,
) -> None:
    """Refuse options that do not go together.

    :param base: the encoder to fine-tune.
    :param refit: the model whose encoder is kept.
    :param further: the model whose encoder is trained further.
    :param resume: whether to go on with a training of an encoder.
    :param grades: grades for an encoder.
    :raises InputError: when they contradict each other.
    """
    from flagger.errors import InputError

    if base is not None and refit is not None:
        raise InputError("--base trains an encoder and --refit keeps one. Give one of them.")
    if further is not None and base is None:
        raise InputError("--further needs the encoder that the model was trained from: name it by --base.")
    if further is not None and (resume or grades is not None):
        raise InputError("--further takes minutes and judged posts do not train: leave --resume and --grades out.")
    if grades is not None and base is None:
        raise InputError("--grades teach an encoder: name it by --base.")
    if resume and base is None:
        raise InputError("--resume goes on with the training of an encoder: name it by --base, as before.")


def loss_log(folder: Path | None) -> Callable[[str, int, float], None] | None:
    """Open a log of losses.

    :param folder: where TensorBoard will look; no log when left out.
    :return: called with stage, step and loss.
    :raises MissingExtraError: when tensorboard is not installed.
    """
    if folder is None:
        return None
    from flagger.errors import MissingExtraError

    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError as error:
        raise MissingExtraError("--tensorboard needs tensorboard; run: pip install tensorboard") from error
    writer = SummaryWriter(str(folder))

    def log(stage: str, step: int, loss: float) -> None:
        writer.add_scalar(f"loss/{stage}", loss, step)
        # A training may be killed; what was learned until then should be there to see.
        writer.flush()

    return log


def ignore(line: str) -> None:
    """Print nothing.

    :param line: what would have been printed.
    """
    del line


def work_folder(output: Path, *, resume: bool) -> Path:
    """Choose where checkpoints go.

    :param output: folder of the model.
    :param resume: whether to go on with what is there.
    :return: the folder beside the model's.
    :raises OutputError: when there are checkpoints and the user did not ask to go on with them, or the other way round.
    """
    from flagger.errors import OutputError

    work = output.with_name(output.name + ".training")
    if work.exists() and not resume:
        raise OutputError(
            f"'{work}' holds the checkpoints of a training that did not end. Go on with --resume, or remove it."
        )
    if resume and not work.exists():
        raise OutputError(f"Nothing to resume: there is no '{work}'. Leave --resume out to start anew.")
    return work


def check_model_target(folder: Path) -> None:
    """Check before minutes of work that a model can be written, and that nothing else is written over.

    :param folder: where the model is to go.
    :raises OutputError: when it is a file, holds something else than a model, or may not be written.
    """
    from flagger.errors import OutputError
    from flagger.model_folder import CONFIG_FILE

    if folder.exists() and not folder.is_dir():
        raise OutputError(f"Cannot write the model to '{folder}': it is a file. Give a folder.")
    existing = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if not existing.is_dir() or not os.access(existing, os.R_OK | os.W_OK | os.X_OK):
        raise OutputError(
            f"Cannot write the model to '{folder}': '{existing}' is no folder that you may write to. Give another path."
        )
    if existing == folder and any(folder.iterdir()) and not (folder / CONFIG_FILE).is_file():
        raise OutputError(
            f"Cannot write the model to '{folder}': it holds other files and no {CONFIG_FILE}. Give a new or empty "
            "folder, or one with an older model."
        )
