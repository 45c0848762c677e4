"""The blocks of figures about speed that `write_readme.py` puts into the READMEs."""

from __future__ import annotations

from typing import Any

STEPS = ("prepare", "lexicon", "places", "linear", "encoder")
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
        f"batches, with the same logits (largest difference {phobert['largest_difference']:.0e}). Padding makes these "
        f"batches {phobert['pieces_with_padding']:.1f} times as long; flagger's matrix products run at "
        f"{phobert['giga_operations_per_second']} Gflop/s, segmentation counted as time. The network's weights are "
        "random, and its pieces fewer than PhoBERT's, so that a word has more of them."
    )


def speed(results: dict[str, Any], peers: dict[str, Any]) -> str:
    command, steps, start = results["command"], results["stages_microseconds"], results["start"]
    workload, first_stage = results["workload"], results["rate_of_first_stage_at_median_length"]
    shares = ", ".join(f"{name} {steps[name]:.0f} µs" for name in STEPS if name in steps)
    return "\n".join(
        [
            f"On {workload['distinct']:,} social posts (median {workload['characters']['p50']} characters), "
            f"{results['threads']} threads: "
            f"`flagger score` does {command['posts_per_second_all']:,.0f} posts a second from start to end and needs "
            f"{command['peak_mebibytes_all']:.0f} MiB at most ({command['peak_mebibytes_tenth']:.0f} MiB on a tenth of "
            f"the posts). A fresh process imports flagger in {start['seconds_to_import']:.2f} s and has its first "
            f"score after {start['seconds_to_first_score']:.1f} s. Rules, places and n-grams alone score "
            f"{first_stage['posts_per_second']:,.0f} posts of median length a second on one thread.",
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
