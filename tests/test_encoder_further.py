"""An encoder that is trained further: from its exported weights, on posts that are new to it, with moved logits."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("underthesea")

from phobert_checkpoint import run_flagger, write_base, write_checkpoint, write_some

from flagger.cli.main import app
from flagger.encoder.model import Encoder
from flagger.encoder.onnx_graph import OnnxGraph
from flagger.encoder.reading import load_reader
from flagger.encoder.storage import EXACT_GRAPH_FILE
from flagger.errors import InputError, ModelFolderError
from flagger.model_folder import read_model_folder
from flagger.recipes.further import on_scale_of
from flagger.text import prepare
from flagger.text.cased import cased
from flagger.training.dataset import read_labelled, text_key
from flagger.training.encoder.examples import labelled_examples
from flagger.training.encoder.loop import TextSource, pooled_sample, predict
from flagger.training.encoder.restored import restored_network, standardise
from flagger.training.table import HEADS

pytestmark = pytest.mark.slow

POSTS = 240


@pytest.fixture(scope="module")
def folder(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Hold labelled posts, a base of PhoBERT's form, a model trained on it and that model exported."""
    here = tmp_path_factory.mktemp("further")
    write_some(project / "data" / "authored_posts.jsonl", here / "posts.jsonl", POSTS)
    others = (project / "data" / "authored_everyday.jsonl").read_text(encoding="utf-8").splitlines()
    (here / "known.jsonl").write_text("\n".join(others[:60]) + "\n", encoding="utf-8")
    (here / "new.jsonl").write_text("\n".join(others[60:160]) + "\n", encoding="utf-8")
    write_base(here / "base", here / "posts.jsonl")
    run_flagger(
        *("train", str(here / "posts.jsonl"), "-o", str(here / "trained"), "--base", str(here / "base")),
        *("--authored", str(here / "known.jsonl"), "--epochs", "1", "--json"),
    )
    run_flagger("export", str(here / "trained"), "-o", str(here / "exported"))
    return here


def predicted(model: Path, base: Path, texts: list[str], *, standard: bool = False) -> np.ndarray:
    stored = read_model_folder(model).encoder
    assert stored is not None
    network = restored_network(stored, base)
    source = TextSource(stored.settings, load_reader(stored.folder, stored.settings))
    if standard:
        posts = read_labelled(model.parent / "posts.jsonl")
        standardise(network, pooled_sample(network, labelled_examples(posts, network.heads), source, seed=0))
        assert float(network.scale.std()) > 0.0
    return predict(network, texts, source, heads=len(HEADS))


def test_a_restored_network_scores_as_the_exported_one(folder: Path, sample_posts: list[str]) -> None:
    exported = read_model_folder(folder / "exported").encoder
    trained = read_model_folder(folder / "trained").encoder
    assert exported is not None
    assert trained is not None
    exact = Encoder(
        exported.settings,
        load_reader(exported.folder, exported.settings),
        OnnxGraph(exported.folder / EXACT_GRAPH_FILE),
    )
    texts = [cased(prepare(post)).text for post in sample_posts]
    restored = predicted(folder / "exported", folder / "base", sample_posts)
    np.testing.assert_allclose(restored, exact.score_texts(texts), atol=0.02)
    whole = predicted(folder / "trained", folder / "base", sample_posts)
    np.testing.assert_allclose(whole, trained.load().score_texts(texts), atol=1e-4)
    assert 0.0 < np.abs(restored - whole).mean() < 0.1
    assert whole.std(axis=0).min() > 0.0
    np.testing.assert_allclose(
        predicted(folder / "exported", folder / "base", sample_posts, standard=True), restored, atol=1e-4
    )


def test_new_posts_are_learned_and_judged_posts_keep_their_folds(folder: Path) -> None:
    figures = json.loads(
        run_flagger(
            *("train", str(folder / "posts.jsonl"), "-o", str(folder / "more"), "--base", str(folder / "base")),
            *("--further", str(folder / "exported"), "--authored", str(folder / "known.jsonl")),
            *("--authored", str(folder / "new.jsonl"), "--epochs", "1", "--json"),
        )
    )
    assert figures["posts"] == POSTS
    assert "on 100 posts that only train, beside 60 of the earlier ones" in figures["encoder"]
    before, after = read_model_folder(folder / "exported"), read_model_folder(folder / "more")
    assert before.record is not None
    assert after.record is not None
    posts = read_labelled(folder / "posts.jsonl")
    keys, texts = [text_key(post.text) for post in posts], [post.text for post in posts]
    old, new = before.record.look_up(keys)[1], after.record.look_up(keys)[1]
    was, now = (predicted(folder / name, folder / "base", texts) for name in ("exported", "more"))
    assert np.abs(now - was).max() > 0.01
    np.testing.assert_allclose(new, on_scale_of(old, was, now), atol=0.01)
    known, _ = after.record.look_up([text_key(post.text) for post in read_labelled(folder / "new.jsonl")])
    assert known.all()


def test_a_change_of_scale_is_followed_and_single_posts_are_not() -> None:
    generator = np.random.default_rng(0)
    before = generator.normal(size=(200, 2))
    after = before * [2.0, 0.5] + [1.0, -3.0]
    after[0] += 50.0 * np.array([1.0, -1.0])
    logits = generator.normal(size=(30, 2))
    found = on_scale_of(logits, before, after)
    for head in range(2):
        assert np.argsort(found[:, head]).tolist() == np.argsort(logits[:, head]).tolist()
    np.testing.assert_allclose(found[:, 0], 2.0 * logits[:, 0] + 1.0, atol=2.0)


def test_what_cannot_be_trained_further(folder: Path, tmp_path: Path) -> None:
    data, base = str(folder / "posts.jsonl"), str(folder / "base")

    def refused(*arguments: str) -> Exception:
        outcome = CliRunner().invoke(app, ["train", data, "-o", str(tmp_path / "out"), *arguments])
        assert isinstance(outcome.exception, InputError | ModelFolderError | SystemExit)
        return outcome.exception if not outcome.output else RuntimeError(outcome.output)

    further = ("--further", str(folder / "exported"), "--authored", str(folder / "known.jsonl"))
    assert "has seen all 60 posts" in str(refused("--base", base, *further))
    assert "name it by --base" in str(refused(*further))
    assert "leave --resume and --grades out" in str(refused("--base", base, *further, "--resume"))
    assert "no fold is trained" in str(refused("--base", base, *further, "--seeds", "2"))
    stored = read_model_folder(folder / "exported").encoder
    assert stored is not None
    write_checkpoint(tmp_path / "other", ["một hai ba bốn năm sáu bảy tám chín mười"] * 30, width=64)
    with pytest.raises(ModelFolderError, match="not of the form"):
        restored_network(stored, tmp_path / "other")
