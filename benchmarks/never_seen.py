"""Judge a model as it is on posts that no part of it was trained on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from result_files import write_results

from flagger.evaluation.report import judge
from flagger.evaluation.shipped import score_labelled
from flagger.model_folder import read_model_folder
from flagger.training.dataset import LabelledPost, text_key


def judge_never_seen(name: str, folder: Path, posts: Sequence[LabelledPost], *, method: str) -> None:
    """Score the posts, write the figures and print them.

    :param name: name of the script, for the file of results.
    :param folder: folder of the model.
    :param posts: the posts.
    :param method: how they were judged, in words.
    """
    model = read_model_folder(folder)
    if model.record is not None and model.record.look_up([text_key(post.text) for post in posts])[0].any():
        raise SystemExit("the model was trained on some of these posts")
    report = judge(score_labelled(model, posts), method=method)
    write_results(name, report.to_dict())
    print(report.render())
