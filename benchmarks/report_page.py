"""Measure the report page with 50,000 synthetic posts: its size, and how soon it opens, filters, searches and scrolls.

Usage: python benchmarks/report_page.py [--posts 50000]

Needs Playwright and a Chromium on the path. Writes benchmarks/results/report_page.json. Texts are cut from
data/authored_posts.jsonl and joined anew; scores are drawn at random.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright
from result_files import write_results

from flagger.report import ReportColumns, ReportPosts, write_report
from flagger.report.provinces import PROVINCES
from flagger.vocabulary import CUES, PARTS, TOPICS

PROJECT = Path(__file__).parents[1]
AUTHORED = PROJECT / "data" / "authored_posts.jsonl"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
THRESHOLDS = {"unverified": {"review": 0.3, "flag": 0.6}, "sensitive": {"review": 0.3, "flag": 0.6}}
SEED = 7
ROUNDS = 5
FIRST_MINUTE = 29_000_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=50_000)
    count = parser.parse_args().posts
    browser_path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser_path is None:
        sys.exit(f"No browser found; looked for {', '.join(BROWSERS)}.")
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        path = Path(scratch) / "report.html"
        started = time.perf_counter()
        characters = make_page(path, count)
        seconds = time.perf_counter() - started
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        results = {
            "machine": {"processor": platform.machine(), "browser": browser.version},
            "posts": count,
            "mean_characters": round(characters / count),
            "page_mebibytes": round(path.stat().st_size / 2**20, 1),
            "writing_seconds": round(seconds, 1),
            "milliseconds": measure(browser.new_page(viewport={"width": 1360, "height": 820}), path),
        }
        browser.close()
    write_results("report_page", results, of_model=False)
    print(json.dumps(results, indent=2))


def make_page(path: Path, count: int) -> int:
    """Write the page; give the number of characters in its posts."""
    chance = random.Random(SEED)
    sentences = [json.loads(line)["text"] for line in AUTHORED.read_text(encoding="utf-8").splitlines()]
    posts = ReportPosts(ReportColumns(time="time", group="group"), dict.fromkeys(TOPICS, 0.5), limit=count)
    characters = 0
    for _ in range(count):
        row = synthetic_row(chance, " ".join(chance.choices(sentences, k=chance.choice((1, 1, 2, 3)))))
        characters += len(row["text"])
        posts.add(row)
    write_report(posts, path, title=f"{count} posts", versions={"flagger": "benchmark"}, thresholds=THRESHOLDS)
    return characters


def synthetic_row(chance: random.Random, text: str) -> dict[str, Any]:
    """Give a row as ``flagger score --evidence`` writes it, with scores drawn at random."""
    unverified, sensitive = chance.betavariate(1, 4), chance.betavariate(1, 6)
    cues = chance.sample(CUES, chance.choice((0, 0, 1, 2, 3)))
    spans = [sorted(chance.sample(range(len(text) + 1), 2)) for _ in range(len(cues) + 4)]
    names = [*cues, *["wording"] * 4]
    return {
        "text": text,
        "unverified": unverified,
        "unverified_decision": decision(unverified),
        "sensitive": sensitive,
        "sensitive_decision": decision(sensitive),
        "priority": 0.5 * unverified + 0.3 * unverified * sensitive + 0.2 * sensitive,
        "topics": {name: chance.betavariate(0.3, 8) for name in TOPICS},
        "places": [{"start": 0, "end": 1, "level": "province", "province": chance.choice(PROVINCES)}]
        if chance.random() < 0.5
        else [],
        "cues": cues,
        "truncated": False,
        "error": None,
        "evidence": [
            {"start": start, "end": end, "cue": name, "axis": "unverified", "source": name, "contribution": 0.5}
            for name, (start, end) in zip(names, spans, strict=True)
        ],
        "parts": [
            {"axis": axis, "part": part, "contribution": chance.gauss(0, 1)}
            for axis, names in (("unverified", PARTS[:5]), ("sensitive", ("intercept", "harm", "place")))
            for part in names
        ],
        "time": FIRST_MINUTE * 60 + chance.randrange(40 * 86_400),
        "group": chance.randrange(40_000),
    }


def decision(share: float) -> str:
    """Give the decision by the thresholds of the benchmark."""
    return "flag" if share >= 0.6 else "review" if share >= 0.3 else "clear"


def measure(page: Page, path: Path) -> dict[str, float]:
    """Give medians in milliseconds, each from the reader's action until the page has been painted anew."""
    opened, complete = [], []
    for _ in range(ROUNDS):
        page.goto(path.as_uri())
        # The page's policy allows no code made of strings, so waiting on an expression is not possible.
        page.wait_for_selector(".row")
        page.wait_for_selector("#detail .post")
        opened.append(page.evaluate("performance.getEntriesByName('flagger-ready')[0].startTime"))
        complete.append(page.evaluate("performance.getEntriesByName('flagger-complete')[0].startTime"))
    figures = {"open": statistics.median(opened), "open_with_reasons": statistics.median(complete)}
    figures["first_search_at_once"] = timed(page, typed("bat coc"), before=typed(""), rounds=1)
    page.wait_for_timeout(3_000)
    actions = {
        "search": typed("chia se gap"),
        "search_with_diacritics": typed("chia sẻ gấp"),
        "clear_search": typed(""),
        "filter_topic": pressed('[data-facet="topics"][data-value="scam"]'),
        "filter_decision": pressed('[data-facet="unverified"][data-value="review"]'),
        "filter_province": pressed('[data-province="Hà Nội"]'),
        "sort": "const s = document.getElementById('sort'); s.value = 'newest'; s.dispatchEvent(new Event('change'))",
        "scroll_to_the_end": "const l = document.getElementById('list'); l.scrollTop = l.scrollTop ? 0 : 1e9",
    }
    before = {"search": typed(""), "search_with_diacritics": typed(""), "clear_search": typed("chia se gap")}
    figures |= {name: timed(page, action, before=before.get(name, "")) for name, action in actions.items()}
    return {name: round(value, 1) for name, value in figures.items()}


def typed(words: str) -> str:
    """Give code that searches, without the pause that waits for the next letter."""
    enter = "new KeyboardEvent('keydown', {key: 'Enter', bubbles: true})"
    return f"const s = document.getElementById('search'); s.value = {json.dumps(words)}; s.dispatchEvent({enter})"


def pressed(selector: str) -> str:
    """Give code that presses a filter."""
    return f"document.querySelector({json.dumps(selector)}).dispatchEvent(new MouseEvent('click', {{bubbles: true}}))"


def timed(page: Page, action: str, *, before: str = "", rounds: int = ROUNDS) -> float:
    """Give the median time of an action until two frames have passed."""
    code = (
        "() => new Promise(done => { {" + before + "} const started = performance.now(); {" + action + "} "
        "requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - started))); })"
    )
    return statistics.median(page.evaluate(code) for _ in range(rounds))


if __name__ == "__main__":
    main()
