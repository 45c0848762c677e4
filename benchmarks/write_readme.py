"""Write the figures of the shipped model and of the last benchmark runs into the READMEs and the card.

Usage: python benchmarks/write_readme.py [--check]

Everything between ``<!-- figures:NAME -->`` and ``<!-- end -->`` is replaced; a card that a training wrote anew gets
its section back. With --check nothing is written, and the exit code is 1 when a file is not what the figures say.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path
from typing import Any

from flagger.evaluation.functional import table_lines
from flagger.evaluation.neutrality import neutrality_lines
from flagger.evaluation.robustness import robustness_lines

PROJECT = Path(__file__).parents[1]
STEPS = ("prepare", "lexicon", "places", "linear", "encoder")
README = PROJECT / "README.md"
CARD = PROJECT / "models" / "default" / "README.md"
BENCHMARKS = PROJECT / "benchmarks" / "README.md"
STEPS_TRIED = {
    "normalisation": (
        "an addition and a normalisation instead of onnxruntime's fused operator",
        "a sixth less: the profiler gave that operator a quarter of the time for a hundredth of the work",
        "yes",
    ),
    "threads": (
        "two threads, each with a chunk of its own, instead of both on one chunk",
        "half the time for a chunk: products of so few rows do not split well",
        "yes",
    ),
    "batch": (
        "eight chunks of one length in one run on one thread, for a chunk (in use: as many as have 256 pieces); "
        "activations are rounded in fixed ranges, so that a score does not depend on the rest of its batch",
        "a fifth less: more rows for each reading of the weights",
        "yes",
    ),
    "batch_short": (
        "the same for chunks of 16 pieces, as half of the social posts are",
        "half: what an operator costs before it does anything is paid once for eight posts",
        "yes",
    ),
}
CARD_SECTIONS = {
    "faithfulness": "## Are the reasons true?",
    "functional": "## Functional suite",
    "swaps": "## The same sentence about somebody else",
}


def quality(model: dict[str, Any]) -> str:
    figures = model["metrics"]
    rows = ["| score | ROC-AUC | average precision | positives of posts |", "|---|---|---|---|"]
    names = {
        "unverified": "unverified (level 1 or 2 against 0)",
        "rumour": "rumour (level 2 against the rest)",
        "sensitive": "sensitive (harm in a place in Viet Nam)",
        "any_topic": "any topic",
        "local": "local",
    }
    for name, label in names.items():
        values = figures[name]
        rows.append(
            f"| {label} | {values['roc_auc']:.3f} | {values['average_precision']:.3f} "
            f"| {values['positives']} of {values['posts']} |"
        )
    rows.append(f"| the topics with 20 or more positives, macro | | {figures['topics_macro']:.3f} | |")
    neutral = figures["neutrality"]
    for axis in ("unverified", "sensitive"):
        flag, clear = figures[axis]["at_flag"], figures[axis]["above_clear"]
        rows += [
            "",
            f"At `flag` on {axis}: precision {flag['precision']:.2f}, recall {flag['recall']:.2f}. Above `clear`: "
            f"{clear['rate']:.0%} of the posts, which hold {clear['recall']:.0%} of what matters. "
            f"Calibration error {figures[axis]['calibration_error']:.3f}.",
        ]
    rows += [
        "",
        f"**Neutrality:** of {neutral['political_posts']} held-out posts that are opinion on public affairs and pass "
        f"on no unverified claim, {neutral['flag_rate_political']:.1%} are flagged; of {neutral['other_posts']} other "
        f"calm posts {neutral['flag_rate_other']:.1%}.",
    ]
    return "\n".join(rows)


def peers_line(peers: dict[str, Any]) -> str:
    times = peers["times_the_naive_way"]
    return (
        f"Beside underthesea and a transformers pipeline over a network of PhoBERT-base's shape, in one run with "
        f"{peers['threads']} threads (`benchmarks/peers.py`): {times['flagger']:.0f} times as fast, with `--exact` "
        f"{times['flagger, exact']:.0f} times."
    )


def phobert_line(phobert: dict[str, Any]) -> str:
    return (
        f"Such a network itself, on {phobert['posts']} of these posts in float32: flagger reads them "
        f"{phobert['times']:.1f} times as fast as underthesea, transformers' tokenizer and its model in padded "
        f"batches, with the same logits (largest difference {phobert['largest_difference']:.0e}). Its weights are "
        "random, and its pieces fewer than PhoBERT's, so that a word has more of them."
    )


def ceiling(figures: dict[str, Any]) -> str:
    unverified, rumour = figures["unverified"], figures["rumour"]
    return (
        f"The ceiling: a second careful reader's grades of {figures['posts']:,} of these posts rank the labels with "
        f"ROC-AUC {unverified['roc_auc']:.3f} and average precision {unverified['average_precision']:.3f} "
        f"(unverified), {rumour['roc_auc']:.3f} and {rumour['average_precision']:.3f} (rumour); the readers agree with "
        f"kappa {unverified['kappa']:.2f} and {rumour['kappa']:.2f} (`benchmarks/ceiling.py`)."
    )


def heldout(figures: dict[str, Any]) -> str:
    neutral = figures["neutrality"]
    scores = ", ".join(
        f"{name} {figures[name]['roc_auc']:.3f} and {figures[name]['average_precision']:.3f}"
        for name in ("unverified", "rumour", "sensitive")
    )
    return (
        f"On {figures['posts']} further posts that no part of the model was trained on, chosen because an earlier "
        f"model was unsure of them (`benchmarks/heldout.py`; how much rules weigh was chosen with them in view): "
        f"ROC-AUC and average precision {scores}; flagged are "
        f"{neutral['flag_rate_political']:.1%} of {neutral['political_posts']} calm political posts and "
        f"{neutral['flag_rate_other']:.1%} of {neutral['other_posts']} other calm ones."
    )


def folded(summary: str, lines: list[str]) -> list[str]:
    return [f"<details><summary>{summary}</summary>", "", *lines, "", "</details>"]


def noise(figures: dict[str, Any]) -> str:
    return "\n".join(
        [
            f"What spelling noise costs on the {figures['posts']} further posts (`benchmarks/noise.py`), as the fall "
            "of ROC-AUC:",
            "",
            *folded("every kind of noise at three strengths", robustness_lines(figures)),
        ]
    )


def functional(summary: dict[str, Any]) -> str:
    return "\n".join(
        [
            f"The functional suite asks {summary['cases']:,} questions in {len(summary['functionalities'])} "
            f"functionalities (criticism of every kind of target, minimal pairs, figurative harm, homonym places, "
            f"spelling noise, …); {summary['pass_rate']:.1%} are answered as expected (`benchmarks/functional.py`):",
            "",
            *folded("every functionality, the weakest first", table_lines(summary)),
        ]
    )


def swaps(figures: dict[str, Any]) -> str:
    return "\n".join(
        [
            "Criticism, praise and everyday sentences, each with every word of a list in the same place "
            "(`benchmarks/neutrality.py`). The spread is the largest less the smallest probability of one sentence:",
            "",
            *neutrality_lines(figures),
        ]
    )


def speed(results: dict[str, Any], peers: dict[str, Any]) -> str:
    command, steps, start = results["command"], results["stages_microseconds"], results["start"]
    workload = results["workload"]
    shares = ", ".join(f"{name} {steps[name]:.0f} µs" for name in STEPS if name in steps)
    return "\n".join(
        [
            f"On {workload['distinct']:,} social posts (median {workload['characters']['p50']} characters), "
            f"{results['threads']} threads: "
            f"`flagger score` does {command['posts_per_second_all']:,.0f} posts a second from start to end and needs "
            f"{command['peak_mebibytes_all']:.0f} MiB at most ({command['peak_mebibytes_tenth']:.0f} MiB on a tenth of "
            f"the posts). A fresh process imports flagger in {start['seconds_to_import']:.2f} s and has its first "
            f"score after {start['seconds_to_first_score']:.1f} s.",
            "",
            f"Each step, if it reads the post: {shares}. The encoder does not read the "
            f"{results.get('settled_early') or 0.0:.0%} of these posts that rules and n-grams settle.",
            "",
            peers_line(peers),
            "",
            phobert_line(peers["phobert"]),
            "",
            cost(results),
        ]
    )


def cost(results: dict[str, Any], posts: int = 100_000_000) -> str:
    threads, steps = results["threads"], results["stages_microseconds"]
    with_encoder = results["command"]["posts_per_second_all"] / threads
    without = 1e6 / sum(steps[name] for name in ("prepare", "lexicon", "places", "features", "linear", "fusion"))
    rows = [
        f"What {posts:,} posts of such lengths cost, computed from these rates as if cores added up (a cluster needs "
        "more for moving data; exact copies are scored once and cost nothing):",
        "",
        "| | posts a second and core | core hours | on 16 cores | on 256 cores |",
        "|---|---:|---:|---:|---:|",
    ]
    for name, rate in (("`flagger score`", with_encoder), ("a model without an encoder, steps alone", without)):
        hours = posts / rate / 3600
        spans = (f"{hours / 16:,.1f} h", f"{hours / 256 * 60:,.0f} min")
        rows.append(f"| {name} | {rate:,.0f} | {hours:,.0f} | {spans[0]} | {spans[1]} |")
    return "\n".join(rows)


def encoder_time(profile: dict[str, Any]) -> str:
    operators = profile["operators"]
    shares = ", ".join(f"{name} {share:.0%}" for name, share in operators["shares"].items() if share >= 0.01)
    rows = [
        f"The encoder's matrix products are {profile['operations_per_piece'] / 1e6:,.0f} million operations for a "
        "word piece. On one thread, these products alone and the whole encoder:",
        "",
        "| word pieces | products alone | encoder | rate of the products alone | share of that rate |",
        "|---:|---:|---:|---:|---:|",
    ]
    rows += [
        f"| {row['pieces']} | {row['products_milliseconds']:.1f} ms | {row['encoder_milliseconds']:.1f} ms "
        f"| {row['products_giga_operations_per_second']} Gop/s | {row['share_of_the_matrix_rate']:.0%} |"
        for row in profile["lengths"]
    ]
    rows += [
        "",
        f"Time by operator at {operators['pieces']} pieces: {shares}.",
        "",
        "What was tried, at that length, with what was expected of it:",
        "",
        "| step | expected | before | after | kept |",
        "|---|---|---:|---:|---|",
    ]
    for name, (step, expected, kept) in STEPS_TRIED.items():
        measured = profile["steps"][name]
        before, after = measured["before_milliseconds"], measured["after_milliseconds"]
        rows.append(f"| {step} | {expected} | {before:.1f} ms | {after:.1f} ms | {kept} |")
    return "\n".join(rows)


def soak(figures: dict[str, Any]) -> str:
    unbroken, killed = figures["unbroken"], figures["killed"]
    quarters = ", ".join(f"{held:.0f}" for held in unbroken["median_mebibytes_by_quarter"])
    same = "the same bytes" if figures["same_bytes"] else "OTHER BYTES"
    return (
        f"{figures['posts']:,} posts, one thread: {unbroken['posts_per_second']:,.0f} posts a second, at most "
        f"{unbroken['peak_mebibytes']:.0f} MiB; median of each quarter of the run {quarters} MiB. Killed "
        f"{killed['kills']} times and resumed: {killed['rows']:,} rows, {same}."
    )


def faithfulness(figures: dict[str, Any]) -> str:
    deleted, sums = figures["deletion"], figures["sums"]
    explainers = deleted["explainers"]
    rows = [
        f"On {sums['posts']:,} posts the parts of a score add up to its logit, and the rules' evidence to the rules' "
        f"part, within {max(sums['largest_difference'].values()):.0e}.",
        "",
        f"On {deleted['posts']} posts above `clear`, every one read by the encoder, words are deleted in the order of "
        f"their evidence ({', '.join(f'{fraction:.0%}' for fraction in deleted['fractions'])} of them). The area over "
        "the perturbation curve is the mean fall of the unverified logit; larger is better:",
        "",
        "| words deleted first by | area | more than random words (95 % interval) | posts where it is more |",
        "|---|---|---|---|",
    ]
    for name, values in sorted(explainers.items(), key=lambda item: -item[1]["area"]):
        if "above_random" in values:
            more = values["above_random"]
            rest = (
                f"{more['mean']:+.2f} ({more['low']:+.2f} to {more['high']:+.2f}) | {values['posts_above_random']:.0%}"
            )
        else:
            rest = "| "
        rows.append(f"| {name} | {values['area']:.2f} | {rest} |")
    return "\n".join(rows)


def places(figures: dict[str, Any], checked: dict[str, Any]) -> str:
    def cell(value: float | None, count: int) -> str:
        return "" if value is None else f"{value:.2f} of {count:,}"

    def row(label: str, dev: dict[str, Any], tuning: dict[str, Any]) -> str:
        cells = [
            cell(line[name], line[of])
            for line in (dev, tuning)
            for name, of in (("precision", "places"), ("recall", "mentions"))
        ]
        return f"| {label} | {' | '.join(cells)} |"

    dev, tuning = figures["dev"], figures["tuning"]
    drawn = checked["when_drawn"]
    return "\n".join(
        [
            "Place mentions in labelled real posts, by form; a mention can have several. The rules are tuned on the "
            "tuning part (`benchmarks/places.py`):",
            "",
            "| form | precision, dev | recall, dev | precision, tuning | recall, tuning |",
            "|---|---|---|---|---|",
            row("all", dev["all"], tuning["all"]),
            *(row(form, line, tuning["forms"][form]) for form, line in dev["forms"].items()),
            row("all, diacritics taken out of the posts", dev["stripped"], tuning["stripped"]),
            "",
            f"Of {checked['mentions']} resolved mentions drawn at random and checked by hand, "
            f"{sum(part['right'] for part in drawn.values())} had the right province when they were drawn "
            f"({drawn['labelled']['right']} of {drawn['labelled']['mentions']} in the labelled posts, "
            f"{drawn['social']['right']} of {drawn['social']['mentions']} in other social posts). The present rules "
            f"resolve {checked['resolved']} of them, {checked['right']} rightly: {checked['share']:.1%} (95 % Wilson "
            f"interval {checked['low']:.1%} to {checked['high']:.1%}; `benchmarks/checked_places.py`).",
        ]
    )


def replaced(text: str, name: str, block: str, *, where: str) -> str:
    pattern = re.compile(rf"(<!-- figures:{name} -->\n).*?(<!-- end -->)", re.DOTALL)
    if not pattern.search(text):
        raise SystemExit(f"{where} has no block <!-- figures:{name} --> … <!-- end -->")
    return pattern.sub(lambda match: f"{match.group(1)}{block}\n{match.group(2)}", text)


def read(name: str) -> dict[str, Any]:
    results: dict[str, Any] = json.loads((PROJECT / f"benchmarks/results/{name}.json").read_text(encoding="utf-8"))
    return results


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    blocks = {
        "quality": quality(json.loads((PROJECT / "models/default/flagger.json").read_text(encoding="utf-8"))),
        "ceiling": ceiling(read("ceiling")),
        "heldout": heldout(read("heldout")),
        "noise": noise(read("noise")),
        "functional": functional(read("functional")),
        "swaps": swaps(read("neutrality")),
        "places": places(read("places"), read("checked_places")),
        "faithfulness": faithfulness(read("faithfulness")),
        "speed": speed(read("scoring"), read("peers")),
    }
    before = {path: path.read_text(encoding="utf-8") for path in (README, CARD, BENCHMARKS)}
    after = dict(before)
    for name, block in blocks.items():
        after[README] = replaced(after[README], name, block, where="README.md")
    for name, heading in CARD_SECTIONS.items():
        if f"<!-- figures:{name} -->" not in after[CARD]:
            after[CARD] = f"{after[CARD].rstrip()}\n\n{heading}\n\n<!-- figures:{name} -->\n<!-- end -->\n"
        after[CARD] = replaced(after[CARD], name, blocks[name], where="the model's card")
    for name, block in (("encoder", encoder_time(read("encoder_profile"))), ("soak", soak(read("soak")))):
        after[BENCHMARKS] = replaced(after[BENCHMARKS], name, block, where="benchmarks/README.md")
    if arguments.check:
        sys.exit(after != before)
    for path, text in after.items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
