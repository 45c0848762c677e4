"""A tiny checkpoint of exactly PhoBERT's form: ``vocab.txt``, ``bpe.codes``, a RoBERTa body with 256 + 2 positions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

END = "</w>"


def learn_merges(words: Iterable[str], number: int) -> tuple[list[tuple[str, str]], Counter[str]]:
    """Learn byte-pair merges as subword-nmt does: the most frequent pair first."""
    counts = Counter(words)
    split = {word: (*word[:-1], word[-1] + END) for word in counts}
    merges = []
    for _ in range(number):
        pairs: Counter[tuple[str, str]] = Counter()
        for word, symbols in split.items():
            for pair in pairwise(symbols):
                pairs[pair] += counts[word]
        if not pairs:
            break
        best = max(pairs, key=lambda pair: (pairs[pair], pair))
        merges.append(best)
        split = {word: join(symbols, best) for word, symbols in split.items()}
    pieces: Counter[str] = Counter()
    for word, symbols in split.items():
        for symbol in symbols:
            pieces[symbol.removesuffix(END) if symbol.endswith(END) else symbol + "@@"] += counts[word]
    return merges, pieces


def join(symbols: tuple[str, ...], pair: tuple[str, str]) -> tuple[str, ...]:
    joined: list[str] = []
    for symbol in symbols:
        if joined and (joined[-1], symbol) == pair:
            joined[-1] += symbol
        else:
            joined.append(symbol)
    return tuple(joined)


def write_some(source: Path, target: Path, number: int) -> Path:
    """Write that many lines of a file, evenly from the whole of it."""
    lines = source.read_text(encoding="utf-8").splitlines()
    target.write_text("\n".join(lines[:: len(lines) // number][:number]) + "\n", encoding="utf-8")
    return target


def write_base(folder: Path, posts: Path) -> Path:
    """Write the checkpoint with the pieces of labelled posts."""
    from flagger.encoder.segmentation import load_segmenter, segment
    from flagger.text import prepare
    from flagger.text.cased import cased
    from flagger.training.dataset import read_labelled

    words_of = load_segmenter()
    texts = [segment(cased(prepare(post.text)).text, words_of).text for post in read_labelled(posts)]
    return write_checkpoint(folder, texts)


def run_flagger(*arguments: str) -> str:
    """Run the command line, which must end well, and give what it printed."""
    from typer.testing import CliRunner

    from flagger.cli.main import app

    outcome = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert outcome.exit_code == 0, outcome.output
    return outcome.stdout


def write_checkpoint(folder: Path, segmented: Iterable[str], *, merges: int = 300, width: int = 32) -> Path:
    """Write the checkpoint; rare pieces stay out of the vocabulary, so that unknown pieces occur."""
    import torch
    from transformers import RobertaConfig, RobertaModel

    folder.mkdir(parents=True, exist_ok=True)
    learned, pieces = learn_merges((word for text in segmented for word in text.split()), merges)
    kept = [(piece, count) for piece, count in pieces.most_common() if count > 1]
    (folder / "vocab.txt").write_text("".join(f"{piece} {count}\n" for piece, count in kept), encoding="utf-8")
    (folder / "bpe.codes").write_text(
        "".join(f"{first} {second} {len(learned) - rank}\n" for rank, (first, second) in enumerate(learned)),
        encoding="utf-8",
    )
    torch.manual_seed(0)
    config = RobertaConfig(
        vocab_size=len(kept) + 5,
        hidden_size=width,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=2 * width,
        max_position_embeddings=258,
        type_vocab_size=1,
        bos_token_id=0,
        pad_token_id=1,
        eos_token_id=2,
        tokenizer_class="PhobertTokenizer",
    )
    RobertaModel(config, add_pooling_layer=False).save_pretrained(folder)
    return folder
