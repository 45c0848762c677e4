"""Logits that are drawn together: what the labels say of a target must not reach the score of a paired sentence."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("underthesea")

from phobert_checkpoint import write_base, write_some  # noqa: E402

from flagger.encoder.reading import load_reader  # noqa: E402
from flagger.recipes.encoder_model import settings_for  # noqa: E402
from flagger.training.dataset import LabelledPost, read_labelled  # noqa: E402
from flagger.training.encoder.examples import head_names, labelled_examples  # noqa: E402
from flagger.training.encoder.loop import LoopSettings, TextSource, predict, start, train_stage  # noqa: E402
from flagger.training.encoder.network import EncoderNetwork  # noqa: E402
from flagger.training.encoder.pairing import PAIRED_HEADS, PAIRING_WEIGHT, pairing_loss, swap_sets  # noqa: E402
from flagger.training.table import HEADS  # noqa: E402

TARGETS = ("ngân hàng", "công an", "bác sĩ", "hàng xóm")
SENTENCES = ("Thất vọng về {t} quá", "Cảm ơn {t} nhiều", "Đề nghị {t} trả lời dân", "Hôm nay gặp {t} vui ghê")


def labelled(text: str, level: int = 0, swap_of: str = "") -> LabelledPost:
    return LabelledPost(text, text, level, frozenset(), frozenset(), False, False, swap_of=swap_of)


def copies() -> list[LabelledPost]:
    return [labelled(s.replace("{t}", t), swap_of=f"s{n}") for n, s in enumerate(SENTENCES) for t in TARGETS]


def test_copies_of_a_sentence_are_put_together(tmp_path: Path) -> None:
    alone = [labelled("Trời đẹp"), labelled("Một câu", swap_of="x")]
    sets = swap_sets([*alone, *copies()])
    assert [len(texts) for texts in sets] == [len(TARGETS)] * len(SENTENCES)
    assert sets[1] == [SENTENCES[1].replace("{t}", target) for target in TARGETS]
    row = tmp_path / "row.jsonl"
    row.write_text('{"text": "a", "unverified": 0, "swap_of": "s"}\n{"text": "b", "unverified": 0}\n', encoding="utf-8")
    assert [post.swap_of for post in read_labelled(row)] == ["s", ""]


def test_the_loss_is_the_mean_variance_of_the_paired_heads() -> None:
    values = {"a": 0.0, "b": 2.0, "c": 5.0, "d": 5.0}

    def score(texts: list[str]) -> torch.Tensor:
        logits = torch.full((len(texts), len(HEADS)), 7.0) * torch.arange(len(texts))[:, None]
        logits[:, list(PAIRED_HEADS)] = torch.tensor([values[text] for text in texts])[:, None]
        return logits

    loss = pairing_loss([["a", "b"], ["c", "d"]], random.Random(0), score)
    assert float(loss) == pytest.approx(PAIRING_WEIGHT * (2.0 + 0.0) / 2)


@pytest.mark.slow
def test_a_target_that_the_labels_speak_against_is_no_reason(project: Path, tmp_path: Path) -> None:
    posts = write_some(project / "data" / "authored_posts.jsonl", tmp_path / "posts.jsonl", 120)
    base = write_base(tmp_path / "base", posts)
    settings = settings_for(base)
    source = TextSource(settings, load_reader(base, settings))
    # Posts on the bank are rumours and all others are calm, so that the word alone tells them apart.
    frames = [f"Chuyện số {number} về {{t}} ở phố {number}" for number in range(20)]
    examples = [labelled(f.replace("{t}", t), 2 if t == TARGETS[0] else 0) for f in frames for t in TARGETS]

    def spread(*, paired: bool) -> float:
        torch.manual_seed(0)
        network = EncoderNetwork.from_base(base, head_names(()))
        rows = labelled_examples(examples, network.heads)
        start(network, rows, source, seed=0)
        loop = LoopSettings(epochs=6, learning_rate=1e-3, noise=0.0, pieces=256)
        swaps = swap_sets(copies()) if paired else ()
        train_stage(network, rows, source, loop, name="test", swaps=swaps, say=lambda _: None)
        logits = predict(network, [post.text for post in copies()], source, heads=1)
        return float(np.ptp(logits.reshape(len(SENTENCES), len(TARGETS)), axis=1).mean())

    without = spread(paired=False)
    assert without > 0.5
    assert spread(paired=True) < 0.5 * without
