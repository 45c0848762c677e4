"""Search for the cheapest edit that takes a rumour out of ``flag``, as somebody who writes past a filter would.

Usage: python benchmarks/attack.py [--posts 60] [--edits 4]

Starts from posts of the functional suite that pass on an unverified claim and are flagged. Each step tries every edit
of one word (spelling noise, leaving it out), another wording of a cue, and a harmless sentence or emoji before or
behind; the edit that lowers the score most is kept, until the decision changes or the edits are used up. Greedy search
finds an upper bound of the cheapest cost. Writes benchmarks/results/attack.json.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from result_files import write_results

from flagger import Flagger
from flagger.evaluation.functional import Expected, read_cases
from flagger.evaluation.noise import NOISES, add_noise
from flagger.vocabulary import Decision

PROJECT = Path(__file__).parents[1]
WORD = re.compile(r"\w+")
SEEDS = 6
FILLERS = (
    "Chúc cả nhà một ngày vui vẻ.",
    "Hôm nay trời mát ghê.",
    "Mọi người ăn cơm chưa?",
    "😂",
    "🙏🙏🙏",
)
# Other wordings of what marks a rumour; each keeps the meaning for a reader.
WORDINGS = {
    "nghe nói": "mới hay",
    "nghe đồn": "thiên hạ rỉ tai nhau",
    "nghe đâu": "thấy bảo",
    "nghe bảo": "thấy kêu",
    "hình như": "dường như",
    "người ta nói": "bà con xóm trên kể",
    "có người bảo": "có bà kia kể",
    "chia sẻ gấp": "cho ai nấy hay liền",
    "share gấp": "cho ai nấy hay liền",
    "chia sẻ": "loan",
    "share": "loan",
    "chuyển tiếp": "bắn qua",
    "chữa khỏi": "dứt điểm",
    "bạn em": "con nhỏ kia",
    "bạn mình": "thằng kia",
}


def edits(text: str) -> Iterator[tuple[str, str]]:
    """Give every text that is one edit away, with the kind of the edit."""
    for match in WORD.finditer(text):
        word = match.group()
        for kind in NOISES:
            changed = next(
                (one for seed in range(SEEDS) if (one := add_noise(word, kind, "heavy", seed=seed)) != word), None
            )
            if changed is not None:
                yield kind, text[: match.start()] + changed + text[match.end() :]
        yield "word left out", (text[: match.start()] + text[match.end() :]).replace("  ", " ").strip()
    for cue, other in WORDINGS.items():
        found = re.sub(rf"(?<!\w){cue}(?!\w)", other, text, count=1, flags=re.IGNORECASE)
        if found != text:
            yield "other wording", found
    for filler in FILLERS:
        yield "filler before", f"{filler} {text}"
        yield "filler behind", f"{text} {filler}"


def attack(flagger: Flagger, text: str, most: int) -> dict[str, Any]:
    """Edit a flagged post until it is flagged no more."""
    used: list[str] = []
    score = flagger(text).unverified.probability
    while len(used) < most:
        tried = list(edits(text))
        results = list(flagger.score_many((changed for _, changed in tried), explain=False))
        best = min(range(len(tried)), key=lambda number: results[number].unverified.probability)
        if results[best].unverified.probability >= score:
            break
        kind, text = tried[best]
        used.append(kind)
        score = results[best].unverified.probability
        if results[best].unverified.decision is not Decision.FLAG:
            return {"cleared": True, "edits": used, "probability": round(score, 4), "text": text}
    return {"cleared": False, "edits": used, "probability": round(score, 4), "text": text}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=60)
    parser.add_argument("--edits", type=int, default=4)
    arguments = parser.parse_args()
    flagger = Flagger.from_pretrained()
    cases = [
        case
        for case in read_cases(PROJECT / "tests" / "functional")
        if case.axis == "unverified" and case.expected is Expected.FLAG
    ]
    random.Random(0).shuffle(cases)
    results = flagger.score_many((case.text for case in cases), explain=False)
    flagged = [case for case, one in zip(cases, results, strict=True) if one.unverified.decision is Decision.FLAG]
    found = []
    for case in flagged[: arguments.posts]:
        found.append({"id": case.id, "before": case.text, **attack(flagger, case.text, arguments.edits)})
        print(case.id, found[-1]["cleared"], found[-1]["edits"], found[-1]["text"], flush=True)
    cleared = [one for one in found if one["cleared"]]
    summary = {
        "posts": len(found),
        "most_edits": arguments.edits,
        "cleared_within": {
            str(most): round(sum(len(one["edits"]) <= most for one in cleared) / len(found), 3)
            for most in range(1, arguments.edits + 1)
        },
        "median_edits_of_the_cleared": median(len(one["edits"]) for one in cleared) if cleared else None,
        "edits_used": dict(Counter(kind for one in found for kind in one["edits"]).most_common()),
    }
    write_results("attack", {**summary, "attacks": found})
    print(json.dumps(summary, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
