"""``flagger bench``: what scoring costs on this machine."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from flagger.cli.options import ModelOption, TextColumn


def bench(
    posts: Annotated[
        str | None,
        typer.Option(help="Table with posts to measure with; the 60 sample posts when left out."),
    ] = None,
    text_column: TextColumn = "text",
    limit: Annotated[int, typer.Option(min=1, help="At most this many posts, taken evenly from the table.")] = 20_000,
    threads: Annotated[int, typer.Option(min=1, help="Threads of the numeric libraries; no more than cores.")] = 1,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds of each measurement; the fastest counts.")] = 3,
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON.")] = False,
    model: ModelOption = None,
) -> None:
    """Measure posts per second, latency, start, memory, and what each step costs.

    Rates are those of 'flagger score' in one process, reading and writing left out; a latency is that of one call for
    one post with all its evidence. Figures depend on the machine and on what else runs on it: compare within one run.
    """
    # Before numpy is loaded, which reads the number of threads once.
    from flagger.benchmarking.threads import set_threads

    set_threads(threads)
    from flagger.benchmarking.benchmark import run_benchmark
    from flagger.benchmarking.workload import Workload
    from flagger.cli.output import print_json
    from flagger.scorer import Flagger

    workload = Workload.read(posts, text=text_column, limit=limit)
    figures = run_benchmark(Flagger.from_pretrained(model), workload, model=model, threads=threads, rounds=rounds)
    if as_json:
        print_json(figures)
        return
    for line in _lines(figures):
        typer.echo(line)


def _lines(figures: dict[str, Any]) -> list[str]:
    spread = figures["workload"]["characters"]
    latency, stages, start = figures["latency_milliseconds"], figures["stages_microseconds"], figures["start"]
    peak = figures["peak_mebibytes"]
    lines = [
        f"{figures['workload']['distinct']:,} different posts, median {spread['p50']} characters, mean "
        f"{spread['mean']}, 9 of 10 up to {spread['p90']}; one process, threads: {figures['threads']}",
        f"rate: {figures['rate']['posts_per_second']:,.0f} posts/s, "
        f"{figures['rate']['characters_per_second']:,.0f} characters/s; "
        f"{figures['rate_at_median_length']['posts_per_second']:,.0f} posts/s of median length",
        *_first_stage(figures["rate_of_first_stage_at_median_length"]),
        f"latency of one post with all evidence: median {latency['p50']} ms, 99 of 100 within {latency['p99']} ms",
        f"start: import {start['seconds_to_import']} s, first score {start['seconds_to_first_score']} s",
        f"peak memory: {'unknown' if peak is None else f'{peak:,.0f} MiB'}",
        "microseconds a post:",
    ]
    return lines + [f"  {name:<20}{value:>9.1f}" for name, value in stages.items()]


def _first_stage(rate: dict[str, float] | None) -> list[str]:
    if rate is None:
        return []
    return [f"rules, places and n-grams alone, one thread: {rate['posts_per_second']:,.0f} posts/s of median length"]
