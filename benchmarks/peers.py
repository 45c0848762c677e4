"""Compare flagger with what a user would write instead: underthesea and a transformers pipeline over PhoBERT-base.

Usage: python benchmarks/peers.py [--posts ../shared/data/unlabelled/social.jsonl.gz] [--count 200] [--threads 2]

The weights of PhoBERT do not matter for its speed, so a network of its exact shape (12 layers of 768, 64,001 pieces) is
made with random ones. All run on the same posts in one process with the same number of threads. A network of this
shape is also read by flagger (PhoBERT's pieces in Rust, the exported float32 graph) and by transformers, with the same
logits. Writes benchmarks/results/peers.json.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from result_files import write_results

from flagger.benchmarking.threads import set_threads

PROJECT = Path(__file__).parents[1]
PHOBERT = {
    "vocab_size": 64_001,
    "hidden_size": 768,
    "num_hidden_layers": 12,
    "num_attention_heads": 12,
    "intermediate_size": 3072,
    "max_position_embeddings": 258,
    "type_vocab_size": 1,
    "pad_token_id": 1,
}
ROUNDS = 2
MOST_PIECES = 256
MERGES = 300
BATCH = 8


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=Path, default=PROJECT / "../shared/data/unlabelled/social.jsonl.gz")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    set_threads(arguments.threads)
    import torch

    from flagger import Flagger
    from flagger.benchmarking.workload import Workload

    torch.set_num_threads(arguments.threads)
    workload = Workload.read(arguments.posts, limit=arguments.count)
    posts = list(workload.posts)
    cascade, exact = Flagger.from_pretrained(), Flagger.from_pretrained(exact=True)
    ways: dict[str, Callable[[], object]] = {
        "underthesea and transformers": naive(posts),
        "flagger": lambda: list(cascade.score_many(posts, explain=False)),
        "flagger, exact": lambda: list(exact.score_many(posts, explain=False)),
    }
    rates = {}
    for name, score in ways.items():
        seconds = []
        for _ in range(ROUNDS):
            started = time.perf_counter()
            score()
            seconds.append(time.perf_counter() - started)
        rates[name] = round(len(posts) / min(seconds), 2)
        print(name, rates[name], file=sys.stderr)
    base = rates["underthesea and transformers"]
    phobert = same_network(posts)
    results = {
        "workload": workload.lengths(),
        "threads": arguments.threads,
        "posts_per_second": rates,
        "times_the_naive_way": {name: round(rate / base, 1) for name, rate in rates.items()},
        "phobert": phobert,
    }
    write_results("peers", results)
    print(json.dumps(results, indent=2))


def naive(posts: list[str]) -> Callable[[], object]:
    from transformers import RobertaConfig, RobertaForSequenceClassification, pipeline
    from underthesea import word_tokenize

    with tempfile.TemporaryDirectory() as folder:
        tokenizer = pieces_of(posts, Path(folder))
    model = RobertaForSequenceClassification(RobertaConfig(**PHOBERT)).eval()
    classify = pipeline("text-classification", model=model, tokenizer=tokenizer, device="cpu")

    def score() -> object:
        segmented = [word_tokenize(post, format="text") for post in posts]
        return classify(segmented, truncation=True, max_length=MOST_PIECES, batch_size=BATCH)

    return score


def pieces_of(posts: list[str], folder: Path) -> Any:  # noqa: ANN401 - a tokenizer of transformers
    """Make files of pieces in PhoBERT's form, and transformers' tokenizer from them."""
    from transformers import PhobertTokenizer

    sys.path.insert(0, str(PROJECT / "tests"))
    from phobert_checkpoint import learn_merges

    merges, pieces = learn_merges((word for post in posts for word in post.split()), MERGES)
    vocabulary, codes = folder / "vocab.txt", folder / "bpe.codes"
    vocabulary.write_text("".join(f"{piece} {count}\n" for piece, count in pieces.items()), encoding="utf-8")
    codes.write_text("".join(f"{first} {second} 1\n" for first, second in merges), encoding="utf-8")
    return PhobertTokenizer(str(vocabulary), str(codes), model_max_length=MOST_PIECES)


def same_network(posts: list[str]) -> dict[str, Any]:
    """Read posts with one network of PhoBERT's shape, by flagger and by transformers in padded batches."""
    import numpy as np
    import torch
    from transformers import RobertaConfig, RobertaModel
    from underthesea import word_tokenize

    from flagger.encoder.model import Encoder
    from flagger.encoder.onnx_graph import OnnxGraph
    from flagger.encoder.reading import load_reader
    from flagger.encoder.segmentation import segmenter_version
    from flagger.encoder.settings import EncoderSettings
    from flagger.text import prepare
    from flagger.text.cased import cased
    from flagger.training.encoder.arranged import arranged
    from flagger.training.encoder.export import mark_batches, to_onnx, write_sharing
    from flagger.training.encoder.folder import ScoringNetwork, write_trained
    from flagger.training.encoder.network import EncoderNetwork

    heads = ("unverified", "rumour")
    settings = EncoderSettings(heads, reader="phobert", most_pieces=MOST_PIECES - 2, segmenter=segmenter_version())
    texts = [cased(prepare(post)).text for post in posts]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tokenizer = pieces_of([word_tokenize(text, format="text") for text in texts], folder)
        torch.manual_seed(0)
        network = EncoderNetwork(RobertaModel(RobertaConfig(**PHOBERT), add_pooling_layer=False), heads).eval()
        torch.nn.init.normal_(network.head.weight)
        write_trained(network, folder, folder / "trained", settings)
        graph = to_onnx(arranged(ScoringNetwork(folder / "trained").eval()))
        mark_batches(graph)
        (folder / "exported").mkdir()
        write_sharing([("encoder.onnx", graph)], folder / "exported")
        reader = load_reader(folder / "trained", settings)
        encoder = Encoder(settings, reader, OnnxGraph(folder / "exported" / "encoder.onnx"))
        # What is too long for one chunk is cut by transformers and read to its end by flagger.
        lengths = {text: len(reader.read(text).ids) for text in texts}
        short = [text for text in texts if lengths[text] <= settings.most_pieces]

        @torch.inference_mode()
        def by_transformers() -> np.ndarray:
            segmented = [word_tokenize(text, format="text") for text in short]
            found = []
            for begin in range(0, len(segmented), BATCH):
                fed = tokenizer(segmented[begin : begin + BATCH], padding=True, return_tensors="pt")
                found.append(network(fed["input_ids"], fed["attention_mask"]).numpy())
            return np.concatenate(found)

        ways: dict[str, Callable[[], np.ndarray]] = {
            "transformers": by_transformers,
            "flagger": lambda: encoder.score_texts(short),
        }
        seconds, logits = {}, {}
        for way, score in ways.items():
            times = []
            for _ in range(ROUNDS):
                started = time.perf_counter()
                logits[way] = score()
                times.append(time.perf_counter() - started)
            seconds[way] = min(times)
    batches = [[lengths[text] + 2 for text in short[begin : begin + BATCH]] for begin in range(0, len(short), BATCH)]
    padded = sum(max(batch) * len(batch) for batch in batches)
    pieces = sum(map(sum, batches))
    operations = 2 * sum(value.numel() for name, value in network.body.named_parameters() if _is_product(name))
    return {
        "posts": len(short),
        "posts_per_second": {way: round(len(short) / took, 2) for way, took in seconds.items()},
        "times": round(seconds["transformers"] / seconds["flagger"], 2),
        "pieces_with_padding": round(padded / pieces, 2),
        "giga_operations_per_second": round(operations * pieces / seconds["flagger"] / 1e9),
        "largest_difference": float(np.abs(logits["transformers"] - logits["flagger"]).max()),
    }


def _is_product(name: str) -> bool:
    """Say whether a parameter is a matrix that every piece is multiplied by."""
    return name.startswith("encoder.") and name.endswith(".weight") and "LayerNorm" not in name


if __name__ == "__main__":
    main()
