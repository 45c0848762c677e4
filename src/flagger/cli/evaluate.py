"""``flagger evaluate``: judge a model on labelled posts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from flagger.cli.errors import refuse_unused
from flagger.cli.options import AuthoredFiles, LabelFiles, TextFiles
from flagger.errors import InputError

NOISE_POSTS: Final = 300


def evaluate(
    path: Annotated[
        Path, typer.Argument(metavar="FILE", help="Labelled posts, in any form that 'flagger train' reads.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON.")] = False,
    authored: AuthoredFiles = None,
    labels: LabelFiles = None,
    texts: TextFiles = None,
    model: Annotated[
        str | None, typer.Option(metavar="MODEL", help="A model folder or hub id; the shipped model when left out.")
    ] = None,
    against: Annotated[
        list[str] | None,
        typer.Option(
            metavar="MODEL",
            help="Another model to compare with, on the same posts; may be repeated. Posts that both were trained on "
            "compare their encoders only.",
        ),
    ] = None,
    curves: Annotated[
        Path | None,
        typer.Option(metavar="PNG", help="Draw reliability, precision and recall into this picture."),
    ] = None,
    retrain: Annotated[
        bool, typer.Option("--retrain", help="Judge the n-gram recipe alone, by training it anew on this file.")
    ] = False,
    noise: Annotated[
        bool,
        typer.Option("--noise", help="Also judge the model under each kind of spelling noise, at three strengths."),
    ] = False,
    noise_posts: Annotated[
        int | None,
        typer.Option(
            min=20, help="At most this many posts for --noise, 300 when left out; each is scored forty times."
        ),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print no progress.")] = False,
) -> None:
    """Judge a model on labelled posts.

    Posts that it never saw are scored as they come; those that it was trained on are cross-validated, near-duplicates
    together: n-grams and fusion are fitted anew, and the encoder's scores are those that the model keeps. Fewer than a
    hundred of these, or posts that have no such scores, are scored by a model that knows them; the report then begins
    by saying so. Prints ranking, calibration, operating points, and the flag rate on political posts, which are never a
    target. --noise says how much of the ranking is left when the posts are misspelt; it judges --model, on posts that
    it was not trained on where there are any. Needs the extra 'train'.
    """
    only_judging = {"--labels": labels, "--texts": texts, "--against": against, "--curves": curves}
    if retrain:
        # The noise report judges --model, whatever the rest of the report does.
        refuse_unused({**only_judging, **({} if noise else {"--model": model})}, "--retrain trains anew on FILE")
    if not noise:
        refuse_unused({"--noise-posts": noise_posts}, "Without --noise the posts are scored as they are")
    from flagger.cli.output import print_json
    from flagger.cli.training_extra import say, training_extra

    with training_extra("Evaluating"):
        from flagger.evaluation import evaluate_file, evaluate_model
        from flagger.model_folder import locate_model, read_model_folder
        from flagger.scorer import default_model_folder
        from flagger.training.dataset import read_labels

        progress = None if quiet else say
        chosen = read_model_folder(default_model_folder() if model is None else locate_model(model))
        if chosen.record is None and model is not None and not retrain:
            raise InputError(
                f"'{model}' does not say which posts it was trained on, so that nothing honest can be said of it here. "
                "Train it anew with this version, or judge the recipe by --retrain."
            )
        if chosen.record is None:
            refuse_unused(only_judging, "Without a record of training posts in the model, evaluate trains anew")
        others = {name: read_model_folder(locate_model(name)) for name in against or ()}
        if retrain or chosen.record is None:
            report = evaluate_file(path, authored=authored or (), progress=progress)
        else:
            report = evaluate_model(
                *(chosen, path),
                authored=authored or (),
                more=[post for one in labels or () for post in read_labels(one, texts or ())],
                against=others,
                curves=curves,
                progress=progress,
            )
        if noise:
            from flagger.evaluation.report import EvaluationReport
            from flagger.evaluation.robustness import noise_report
            from flagger.training.dataset import read_labelled

            under_noise = noise_report(chosen, read_labelled(path), limit=noise_posts or NOISE_POSTS, progress=progress)
            report = EvaluationReport({**report.to_dict(), "noise": under_noise})
    if as_json:
        print_json(report.to_dict())
    else:
        typer.echo(report.render())
