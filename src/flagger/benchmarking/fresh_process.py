"""What only a fresh process shows: how long it takes to start, and how much memory it needs at most."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any, Final

from flagger.benchmarking.timing import ROUNDS

_IMPORT: Final = "import flagger"
_FIRST_SCORE: Final = """
import sys, flagger
flagger.Flagger.from_pretrained(sys.argv[1] or None)('Nghe nói sắp có bão')
"""
# On Linux the peak of rusage is never below that of the parent; what the kernel says of the process itself is true.
_PEAK: Final = """
import json, sys
from pathlib import Path
from flagger import Flagger
posts = json.load(sys.stdin)
for _ in Flagger.from_pretrained(sys.argv[1] or None).score_many(posts, explain=False):
    pass
status = Path('/proc/self/status')
if status.exists():
    print(int(status.read_text().split('VmHWM:')[1].split()[0]) * 1024)
else:
    try:
        import resource
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(peak if sys.platform == 'darwin' else peak * 1024)
    except ImportError:
        print(0)
"""

_FIRST_STAGE: Final = """
import json, sys
from dataclasses import replace
from flagger.benchmarking.threads import set_threads
set_threads(1)
from flagger import Flagger
from flagger.benchmarking.timing import measure_rate
posts = json.load(sys.stdin)
flagger = Flagger.from_pretrained(sys.argv[1] or None)
pipeline = flagger.pipeline
if pipeline.encoder is not None:
    if pipeline.cascade is None:
        sys.exit(print('null'))
    flagger.pipeline = replace(pipeline, encoder=None, fusion=pipeline.cascade.fusion)
print(json.dumps(measure_rate(flagger, posts, rounds=int(sys.argv[2]))))
"""


def measure_start(model: str | None = None, *, rounds: int = ROUNDS) -> dict[str, float]:
    """Time a fresh process until it has imported flagger, and until it has scored one post.

    :param model: folder or hub id; the model inside the package when left out.
    :param rounds: number of processes of each kind, at least 1; the fastest counts.
    :return: seconds.
    """
    figures = {}
    for name, code in (("import", _IMPORT), ("first_score", _FIRST_SCORE)):
        seconds = []
        for _ in range(rounds):
            started = time.perf_counter()
            _run(code, model, b"")
            seconds.append(time.perf_counter() - started)
        figures[f"seconds_to_{name}"] = round(min(seconds), 3)
    return figures


def measure_memory(posts: Sequence[str], model: str | None = None) -> float | None:
    """Measure the peak memory of a fresh process that scores posts, which it holds too.

    :param posts: the posts.
    :param model: folder or hub id; the model inside the package when left out.
    :return: MiB, or ``None`` where the system does not tell.
    """
    peak = int(_run(_PEAK, model, json.dumps(posts).encode()))
    return round(peak / (1 << 20), 1) if peak else None


def measure_first_stage(posts: Sequence[str], model: str | None = None, *, rounds: int = ROUNDS) -> Any:  # noqa: ANN401
    """Measure rules, places and n-grams with their fusion alone, in a fresh process with one thread.

    :param posts: the posts.
    :param model: folder or hub id; the model inside the package when left out.
    :param rounds: number of rounds, at least 1; the fastest counts.
    :return: posts and characters in a second, or ``None`` for a model whose encoder reads every post.
    """
    return json.loads(_run(_FIRST_STAGE, model, json.dumps(posts).encode(), str(rounds)))


def _run(code: str, model: str | None, standard_input: bytes, *arguments: str) -> bytes:
    command = [sys.executable, "-c", code, model or "", *arguments]
    return subprocess.run(command, check=True, input=standard_input, stdout=subprocess.PIPE).stdout  # noqa: S603
