"""Write the figures of the shipped model and of the last benchmark runs into the README.

Usage: python benchmarks/write_readme.py [--check]

Everything between ``<!-- figures:NAME -->`` and ``<!-- end -->`` is replaced. With --check nothing is written, and the
exit code is 1 when the README is not what the figures say.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[1]
README = PROJECT / "README.md"


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


def speed(results: dict[str, Any]) -> str:
    command, steps, start = results["command"], results["stages_microseconds"], results["start"]
    workload = results["workload"]
    shares = ", ".join(
        f"{name} {steps[name] / steps['whole']:.0%}" for name in ("prepare", "lexicon", "places", "linear")
    )
    return "\n".join(
        [
            f"On {workload['distinct']:,} social posts (median {workload['characters']['p50']} characters), one core: "
            f"`flagger score` does {command['posts_per_second_all']:,.0f} posts a second from start to end and needs "
            f"{command['peak_mebibytes_all']:.0f} MiB at most ({command['peak_mebibytes_tenth']:.0f} MiB on a tenth of "
            f"the posts). A fresh process imports flagger in {start['seconds_to_import']:.2f} s and has its first "
            f"score after {start['seconds_to_first_score']:.1f} s.",
            "",
            f"Where the time of a post goes: {shares}. Evidence from the wording, off in `flagger score`, makes a post "
            f"{steps['whole_with_wording'] / steps['whole']:.1f} times as expensive.",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    blocks = {
        "quality": quality(json.loads((PROJECT / "models/default/flagger.json").read_text(encoding="utf-8"))),
        "speed": speed(json.loads((PROJECT / "benchmarks/results/scoring.json").read_text(encoding="utf-8"))),
    }
    before = README.read_text(encoding="utf-8")
    after = before
    for name, block in blocks.items():
        pattern = re.compile(rf"(<!-- figures:{name} -->\n).*?(<!-- end -->)", re.DOTALL)
        if not pattern.search(after):
            raise SystemExit(f"README.md has no block <!-- figures:{name} --> … <!-- end -->")
        after = pattern.sub(lambda match, block=block: f"{match.group(1)}{block}\n{match.group(2)}", after)
    if arguments.check:
        sys.exit(after != before)
    README.write_text(after, encoding="utf-8")


if __name__ == "__main__":
    main()
