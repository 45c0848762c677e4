"""The whole path of an encoder on a tiny PhoBERT-shaped checkpoint: train, save, load, score, export, resume."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from phobert_checkpoint import run_flagger, write_base, write_some
from typer.testing import CliRunner

from flagger import Flagger
from flagger.errors import InputError, MissingExtraError, ModelFolderError
from flagger.model_folder import read_model_folder, write_model_folder
from flagger.text import prepare
from flagger.training.dataset import LabelledPost, read_labelled, read_labels, text_key, with_grades

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("underthesea")

from flagger.cli.main import app  # noqa: E402
from flagger.cli.train import loss_log  # noqa: E402
from flagger.encoder.settings import EncoderSettings  # noqa: E402
from flagger.evaluation import evaluate_model  # noqa: E402
from flagger.recipes.encoder_model import plan_for, settings_for  # noqa: E402
from flagger.recipes.on_encoder import refit_model  # noqa: E402
from flagger.training.encoder.arranged import arranged  # noqa: E402
from flagger.training.encoder.crossfit import train_encoder  # noqa: E402
from flagger.training.encoder.examples import AuxiliarySet, auxiliary_examples, head_names, labelled_examples  # noqa: E402
from flagger.training.encoder.export import quantised, to_onnx  # noqa: E402
from flagger.training.encoder.folder import ScoringNetwork, write_trained  # noqa: E402
from flagger.training.encoder.network import EncoderNetwork  # noqa: E402
from flagger.training.encoder.overlap import Overlap  # noqa: E402
from flagger.training.encoder.ranges import fix_ranges  # noqa: E402
from flagger.training.table import HEADS  # noqa: E402

pytestmark = pytest.mark.slow

POSTS = 240


def quiet(line: str) -> None:
    del line


@pytest.fixture(scope="module")
def data(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_some(project / "data" / "authored_posts.jsonl", tmp_path_factory.mktemp("data") / "posts.jsonl", POSTS)


@pytest.fixture(scope="module")
def base(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_base(tmp_path_factory.mktemp("base") / "tiny-phobert", data)


@pytest.fixture(scope="module")
def trained(data: Path, base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trained") / "model"
    figures = json.loads(
        run_flagger("train", str(data), "-o", str(folder), "--base", str(base), "--epochs", "1", "--json")
    )
    assert figures["posts"] == POSTS
    assert figures["without_encoder"]["unverified"]["positives"] == figures["unverified"]["positives"]
    return folder


@pytest.fixture(scope="module")
def scorer(trained: Path) -> Flagger:
    return Flagger.from_pretrained(trained)


def scores(flagger: Flagger, posts: list[str]) -> np.ndarray:
    return np.array([[r.unverified.logit, r.sensitive.logit] for r in flagger.score_many(posts, explain=False)])


def test_the_folder_is_in_hugging_face_form(trained: Path) -> None:
    from transformers import AutoModel

    body = AutoModel.from_pretrained(trained / "encoder", add_pooling_layer=False)
    assert body.config.model_type == "roberta"
    assert {"vocab.txt", "bpe.codes", "model.safetensors", "heads.safetensors"} <= {
        path.name for path in (trained / "encoder").iterdir()
    }
    stored = read_model_folder(trained).encoder
    assert stored is not None
    assert stored.settings.reader == "phobert"
    assert stored.settings.segmenter.startswith("underthesea ")
    assert not trained.with_name("model.training").exists()


def test_scores_do_not_depend_on_the_batch(scorer: Flagger, sample_posts: list[str]) -> None:
    together = scores(scorer, sample_posts)
    alone = np.concatenate([scores(scorer, [post]) for post in sample_posts])
    np.testing.assert_allclose(together, alone, atol=1e-5)
    assert together.std(axis=0).min() > 0.01


def test_the_encoder_has_a_part_in_the_score(scorer: Flagger, sample_posts: list[str]) -> None:
    assert {name.split(".")[0] for name in scorer.model.fusion.inputs} == {
        *("linear", "cue", "rule", "place", "form", "encoder")
    }
    assert scorer.pipeline.encoder is not None
    logits = scorer.pipeline.encoder.logits([prepare(post) for post in sample_posts])
    assert logits.shape == (len(sample_posts), len(HEADS))
    assert logits.std(axis=0).min() > 0.0


def test_long_posts_are_read_to_their_end(scorer: Flagger) -> None:
    encoder = scorer.pipeline.encoder
    assert encoder is not None
    start = "Hôm nay trời đẹp và cả nhà đi chơi. " * 60
    one, other = (encoder.score_text(start + end) for end in ("Vui quá.", "Nghe nói có dịch."))
    assert np.abs(one - other).max() > 1e-4


def test_saved_and_read_back(scorer: Flagger, tmp_path: Path, sample_posts: list[str]) -> None:
    scorer.save_pretrained(tmp_path / "copy")
    again = Flagger.from_pretrained(tmp_path / "copy")
    np.testing.assert_allclose(scores(again, sample_posts[:20]), scores(scorer, sample_posts[:20]), atol=1e-6)


def test_evidence_stands_in_the_post(scorer: Flagger, sample_posts: list[str]) -> None:
    for post in sample_posts:
        for item in scorer(post).evidence:
            assert post[item.start : item.end] == item.text


@pytest.mark.parametrize("precision", ["float32", "int8"])
def test_exported(
    trained: Path, scorer: Flagger, tmp_path: Path, project: Path, sample_posts: list[str], precision: str
) -> None:
    target = tmp_path / precision
    posts = str(project / "data" / "sample_posts.jsonl")
    printed = run_flagger(
        *("export", str(trained), "-o", str(target), "--precision", precision, "--compare-on", posts, "--json")
    )
    exported = Flagger.from_pretrained(target)
    graph = exported.model.encoder.load().graph  # type: ignore[union-attr]
    sequences = [[0, *range(5, 5 + length), 2] for length in (3, 9, 3, 3, 9, 40)]
    alone = np.stack([graph.run(ids) for ids in sequences])
    assert max(map(len, graph._batches(sequences))) == 3
    np.testing.assert_allclose(np.stack(graph.run_many(sequences)), alone, atol=1e-5 if precision == "float32" else 0.0)
    files = {path.name for path in (target / "encoder").iterdir()}
    assert "encoder.onnx" in files
    assert "model.safetensors" not in files
    assert ("encoder-exact.onnx" in files) == (precision == "int8")
    limit = 1e-3 if precision == "float32" else 0.1
    assert np.abs(scores(exported, sample_posts) - scores(scorer, sample_posts)).max() < limit
    if precision == "int8":
        parity = json.loads(printed)
        assert parity["posts"] == len(sample_posts) * 3 // 4
        assert parity["unverified"]["rank_correlation"] > 0.95


def test_ranges_are_those_of_the_posts_and_not_of_the_run(trained: Path) -> None:
    import onnx
    import onnxruntime

    stored = read_model_folder(trained).encoder
    assert stored is not None
    fast, _ = quantised(to_onnx(arranged(ScoringNetwork(stored.folder).eval())))
    dynamic = onnx.ModelProto()
    dynamic.CopyFrom(fast)
    shown = [[0, *range(5, 25), 2], [0, *range(30, 60), 2]]
    fix_ranges(fast, shown)
    operators = {node.op_type for node in fast.graph.node}
    assert "DynamicQuantizeLinear" in {node.op_type for node in dynamic.graph.node}
    assert not {"DynamicQuantizeLinear", "MatMulInteger"} & operators
    assert "MatMulIntegerToFloat" in operators

    def logits(graph: onnx.ModelProto, *sequences: list[int]) -> np.ndarray:
        session = onnxruntime.InferenceSession(graph.SerializeToString(), providers=["CPUExecutionProvider"])
        return session.run(None, {"input_ids": np.array(sequences)})[0]

    np.testing.assert_allclose(logits(fast, shown[0])[0], logits(dynamic, shown[0])[0], atol=0.1)
    other = [0, *range(26, 46), 2]
    np.testing.assert_array_equal(logits(fast, shown[0], other)[0], logits(fast, shown[0])[0])


def test_the_parity_gate_falls_back(trained: Path, tmp_path: Path, scorer: Flagger, sample_posts: list[str]) -> None:
    run_flagger("export", str(trained), "-o", str(tmp_path / "int8"), "--quiet")
    config = tmp_path / "int8" / "flagger.json"
    changed = json.loads(config.read_text(encoding="utf-8"))
    changed["encoder"]["tolerance"] = 0.0
    config.write_text(json.dumps(changed), encoding="utf-8")
    with pytest.warns(RuntimeWarning, match="exact graph"):
        exact = Flagger.from_pretrained(tmp_path / "int8")
    assert np.abs(scores(exact, sample_posts) - scores(scorer, sample_posts)).max() < 0.05


def test_damaged_encoders_are_refused(trained: Path, tmp_path: Path) -> None:
    shutil.copytree(trained, tmp_path / "model")
    weights = tmp_path / "model" / "encoder" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1])
    with pytest.raises(ModelFolderError, match="checksum"):
        read_model_folder(tmp_path / "model")
    weights.unlink()
    with pytest.raises(ModelFolderError, match=r"no readable model\.safetensors"):
        read_model_folder(tmp_path / "model")
    (tmp_path / "model" / "encoder" / "payload.pkl").write_bytes(b"")
    with pytest.raises(ModelFolderError, match=r"payload\.pkl"):
        read_model_folder(tmp_path / "model")


def test_training_posts_are_judged_out_of_fold(trained: Path, data: Path, tmp_path: Path) -> None:
    model = read_model_folder(trained)
    report = evaluate_model(model, data).to_dict()
    assert report["method"] == f"grouped 5-fold cross-validation of {POSTS} training posts"
    assert report["seen_in_training"] == 0
    assert report["unverified"] == model.metrics["unverified"]
    other = tmp_path / "other.jsonl"
    other.write_text(
        json.dumps({"text": "Nghe nói mai cúp nước", "unverified": 2}) + "\n" + data.read_text(encoding="utf-8"),
        encoding="utf-8",
    )
    assert evaluate_model(model, other).to_dict()["method"].endswith("the model as it is on 1 other posts")


def test_what_stands_on_the_encoder_is_fitted_again(
    trained: Path, data: Path, tmp_path: Path, scorer: Flagger, sample_posts: list[str]
) -> None:
    run_flagger("train", str(data), "-o", str(tmp_path / "again"), "--refit", str(trained), "--quiet")
    first, again = read_model_folder(trained), read_model_folder(tmp_path / "again")
    assert again.encoder is not None
    assert first.encoder is not None
    assert again.encoder.files == first.encoder.files
    assert again.metrics["posts"] == first.metrics["posts"]
    assert "An encoder fine-tuned from" in again.card
    refitted = Flagger.from_pretrained(tmp_path / "again")
    np.testing.assert_allclose(scores(refitted, sample_posts[:20]), scores(scorer, sample_posts[:20]), atol=0.2)


def test_an_exported_model_is_fitted_and_taught_again(
    trained: Path, data: Path, tmp_path: Path, sample_posts: list[str]
) -> None:
    """The exported folder is enough for that: whoever has no trained weights keeps the graph and what was measured."""
    posts = tmp_path / "posts.jsonl"
    texts = [f"{post} {number}" for post in sample_posts for number in range(5)]
    posts.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), encoding="utf-8")
    exported, refitted, taught = (tmp_path / name for name in ("exported", "refitted", "taught"))
    run_flagger("export", str(trained), "-o", str(exported), "--quiet", "--compare-on", str(posts))
    run_flagger("train", str(data), "-o", str(refitted), "--refit", str(exported), "--quiet")
    assert "in float32, before n-grams and fusion were fitted again" in (refitted / "README.md").read_text("utf-8")
    shutil.copytree(trained, taught)
    run_flagger("export", str(refitted), "-o", str(taught), "--quiet", "--settle-on", str(posts))
    assert {path.name for path in (taught / "encoder").iterdir()} == {
        path.name for path in (exported / "encoder").iterdir()
    }
    before, after = read_model_folder(exported), read_model_folder(taught)
    assert before.encoder is not None
    assert after.encoder is not None
    assert after.encoder.files == before.encoder.files
    assert after.metrics["parity"] == {**before.metrics["parity"], "refitted": True}
    assert "distilled" in after.linear.outputs
    assert "distilled" not in before.linear.outputs
    assert (taught / "quality.png").is_file()
    run_flagger("export", str(taught), "-o", str(taught), "--quiet", "--settle-on", str(posts))
    assert read_model_folder(taught).cascade == after.cascade
    settle_on = ("--settle-on", str(posts))
    for options in ((), (*settle_on, "--compare-on", str(posts)), (*settle_on, "--precision", "float32")):
        outcome = CliRunner().invoke(app, ["export", str(refitted), "-o", str(tmp_path / "no"), *options])
        assert outcome.exit_code != 0
        assert "without --compare-on" in outcome.output + str(outcome.exception)


def test_refitting_refuses_what_it_cannot_do(trained: Path, data: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.jsonl"
    other.write_text(
        data.read_text(encoding="utf-8") + json.dumps({"text": "Nghe nói mai cúp nước", "unverified": 2}) + "\n",
        encoding="utf-8",
    )
    model = read_model_folder(trained)
    assert model.cascade is not None
    plain = replace(model, encoder=None, record=None, cascade=None, fusion=model.cascade.fusion)
    write_model_folder(tmp_path / "plain", plain, version="0")
    lines: list[str] = []
    with pytest.raises(InputError, match=f"1 of {POSTS + 1} posts"):
        refit_model(other, tmp_path / "no", trained, progress=lines.append)
    with pytest.raises(InputError, match="has no encoder"):
        refit_model(data, tmp_path / "no", tmp_path / "plain", progress=lines.append)
    for options in (("--base", "x", "--refit", str(trained)), ("--resume",)):
        outcome = CliRunner().invoke(app, ["train", str(data), "-o", str(tmp_path / "no"), *options])
        assert outcome.exit_code == 2
    assert not (tmp_path / "no").exists()


def test_losses_are_written_for_tensorboard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    log = loss_log(tmp_path / "losses")
    assert log is not None
    for step in range(3):
        log("fold-1", step, 1.0 / (step + 1))
    events = accumulator.EventAccumulator(str(tmp_path / "losses")).Reload()
    assert [event.value for event in events.Scalars("loss/fold-1")] == pytest.approx([1.0, 0.5, 1.0 / 3.0])
    assert loss_log(None) is None
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    with pytest.raises(MissingExtraError, match="pip install tensorboard"):
        loss_log(tmp_path / "losses")


def test_a_killed_training_goes_on_to_the_same_end(data: Path, base: Path, tmp_path: Path) -> None:
    posts = read_labelled(data)[:80]
    plan = plan_for(str(base), auxiliary=(), epochs=2, learning_rate=1e-3, pieces=512, accumulate=2)

    def killed(line: str) -> None:
        if line.startswith("fold 2: epoch 1"):
            raise KeyboardInterrupt

    unbroken = train_encoder(plan, posts, posts[:10], tmp_path / "unbroken", say=quiet)
    with pytest.raises(KeyboardInterrupt):
        train_encoder(plan, posts, posts[:10], tmp_path / "broken", say=killed)
    lines: list[str] = []
    resumed = train_encoder(plan, posts, posts[:10], tmp_path / "broken", say=lines.append)
    assert not any(line.startswith(("written", "fold 1")) for line in lines)
    np.testing.assert_allclose(resumed.logits, unbroken.logits, atol=1e-5)
    with pytest.raises(InputError, match="another folder"):
        train_encoder(plan, posts[:-1], posts[:10], tmp_path / "broken", say=quiet)


def test_an_older_encoder_leaves_nothing_behind(base: Path, tmp_path: Path) -> None:
    (tmp_path / "encoder.onnx").write_bytes(b"old")
    network = EncoderNetwork.from_base(base, ["unverified"])
    stored = write_trained(network, base, tmp_path, EncoderSettings(("unverified",)))
    assert "encoder.onnx" not in stored.files
    assert not (tmp_path / "encoder.onnx").exists()


def test_e5_is_told_by_what_the_user_called_it(tmp_path: Path) -> None:
    assert settings_for(tmp_path / "4e5f62", "intfloat/multilingual-e5-small").prefix == "query:"
    assert settings_for(tmp_path / "4e5f62", "FacebookAI/xlm-roberta-base").prefix == ""


def test_a_stage_that_stopped_early_is_not_trained_further(data: Path, base: Path, tmp_path: Path) -> None:
    posts = read_labelled(data)[:60]
    plan = plan_for(str(base), auxiliary=(), epochs=4, learning_rate=1e-9, pieces=512, accumulate=1, patience=1)
    lines: list[str] = []
    first = train_encoder(plan, posts, posts[:10], tmp_path, say=lines.append)
    assert not any(line.startswith("fold 1: epoch 4") for line in lines)
    lines.clear()
    again = train_encoder(plan, posts, posts[:10], tmp_path, say=lines.append)
    assert lines == []
    torch.testing.assert_close(again.network.state_dict()["head.weight"], first.network.state_dict()["head.weight"])


def test_changed_labels_are_no_resumption(data: Path, base: Path, tmp_path: Path) -> None:
    posts = read_labelled(data)[:60]
    plan = plan_for(str(base), auxiliary=(), epochs=1, learning_rate=1e-3, pieces=512, accumulate=1)
    train_encoder(plan, posts, posts[:10], tmp_path, say=quiet)
    with pytest.raises(InputError, match="another folder"):
        train_encoder(
            plan, [replace(posts[0], is_local=not posts[0].is_local), *posts[1:]], posts[:10], tmp_path, say=quiet
        )


def test_folds_trained_more_than_once_are_averaged(data: Path, base: Path, tmp_path: Path) -> None:
    posts = read_labelled(data)[:60]
    plan = plan_for(str(base), auxiliary=(), epochs=1, learning_rate=1e-3, pieces=512, accumulate=1, seeds=2)
    fitted = train_encoder(plan, posts, posts[:10], tmp_path, say=quiet)
    runs = [
        torch.load(tmp_path / f"fold-{fold}{run}.pt", weights_only=True)["network"]
        for fold in range(1, 6)
        for run in ("", "-seed-2")
    ]
    weights = fitted.network.state_dict()["head.weight"]
    assert not torch.equal(runs[0]["head.weight"], runs[1]["head.weight"])
    torch.testing.assert_close(weights, sum(run["head.weight"] for run in runs) / 10, atol=1e-6, rtol=1e-5)


def test_opinion_trains_no_positive_of_the_first_axis() -> None:
    opinion = LabelledPost("text", "g", 2, frozenset({"health"}), frozenset({"hearsay"}), True, True)
    heads = head_names(())
    (example,) = labelled_examples([opinion], heads)
    known = {head: target for head, target in zip(heads, example.targets.tolist(), strict=True) if target == target}
    assert set(known) == {"local", "any_topic", *HEADS[4:]}
    assert known["health"] == 1.0


def test_fields_that_a_row_lacks_have_no_target(tmp_path: Path) -> None:
    rows = tmp_path / "posts.jsonl"
    rows.write_text('{"text": "một", "unverified": 1}\n{"text": "hai", "local": 0, "topics": []}\n', encoding="utf-8")
    heads = head_names(())
    first, second = (
        {head for head, target in zip(heads, example.targets.tolist(), strict=True) if target == target}
        for example in labelled_examples(read_labelled(rows), heads)
    )
    assert first == {"unverified", "rumour"}
    assert second == {"local", "any_topic", *HEADS[4:]}


def test_a_second_reader_makes_targets_less_certain(tmp_path: Path) -> None:
    first, second = (
        LabelledPost(text, text, level, frozenset(), frozenset(), False, False, is_claim=True, kind="news")
        for text, level in (("một", 2), ("hai", 0))
    )
    grades = tmp_path / "grades.jsonl"
    grades.write_text(json.dumps({"key": text_key("một"), "grades": [90, 20], "local": 1}) + "\n", encoding="utf-8")
    posts = with_grades([first, second], grades)
    assert [post.graded for post in posts] == [(0.9, 0.2), None]
    heads = head_names(())
    targets = np.stack([example.targets for example in labelled_examples(posts, heads)])
    np.testing.assert_allclose(targets[:, :2], [[0.95, 0.6], [0.0, 0.0]], atol=1e-6)
    assert targets[:, [heads.index("claim"), heads.index("kind.news"), heads.index("kind.rumour")]].tolist() == [
        [1.0, 1.0, 0.0],
        [1.0, 1.0, 0.0],
    ]
    assert not [head for head in heads if "opinion" in head or "politic" in head]
    with pytest.raises(InputError, match="grades none of the labelled posts"):
        with_grades([second], grades)
    grades.write_text('{"key": "0", "grades": [90, 120]}\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"grades\.jsonl:1: .*120|grades\.jsonl:1: .*<= 100"):
        with_grades([first], grades)


def test_auxiliary_sets_leave_out_opinion_and_copies(tmp_path: Path) -> None:
    rows = [
        {"text": "một câu chuyện dài về chuyến đi chơi biển hôm qua", "label": "yes"},
        {"text": "nghe nói ngày mai cả thành phố bị cúp điện đó", "label": "yes"},
        {"text": "ý kiến về chính sách", "label": "yes", "political_keyword": True},
        {"title": "tiêu đề bài báo khác hẳn", "label": "no"},
    ]
    path = tmp_path / "weak.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    one = AuxiliarySet.parse(f"{path}:label=yes")
    heads = head_names([one])
    overlap = Overlap(["Nghe nói ngày mai cả thành phố bị cúp điện đó nha"])
    examples = auxiliary_examples(one, heads, overlap, most=10)
    assert [(example.text, example.targets[-1]) for example in examples] == [
        (rows[0]["text"], 1.0),
        (rows[3]["title"], 0.0),
    ]
    absent = AuxiliarySet.parse(f"{path}:absent")
    with pytest.raises(InputError, match=r"weak\.jsonl:1"):
        auxiliary_examples(absent, head_names([absent]), overlap, most=10)
    with pytest.raises(InputError, match="FILE:FIELD"):
        AuxiliarySet.parse("nothing")


def test_labels_find_their_texts(tmp_path: Path) -> None:
    import gzip

    text = "Cháy lớn ở chợ, khói mù mịt"
    labels = tmp_path / "labels.jsonl"
    labels.write_text(
        json.dumps({"key": text_key(text), "topics": ["accident"], "local": 1, "characters": 8}) + "\n",
        encoding="utf-8",
    )
    pool = tmp_path / "pool.jsonl.gz"
    pool.write_bytes(gzip.compress((json.dumps({"text": "khác"}) + "\n" + json.dumps({"text": text})).encode()))
    (post,) = read_labels(labels, [pool])
    assert (post.text, post.topics, post.has_unverified, post.trains_unverified) == (
        text[:8],
        {"accident"},
        False,
        False,
    )
    with pytest.raises(InputError, match="--texts"):
        read_labels(labels, [])
    pool.write_bytes(gzip.compress(json.dumps({"text": "khác"}).encode()))
    with pytest.raises(InputError, match="None of the texts"):
        read_labels(labels, [pool])


def test_what_is_no_encoder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"config\.json"):
        plan_for(str(tmp_path), auxiliary=(), epochs=1, learning_rate=None, pieces=64, accumulate=1)
    assert settings_for(tmp_path) == EncoderSettings(HEADS)
