"""Take the README's pictures: the report page on the sample posts, a notebook's card and the terminal, docs/images/.

Usage: python benchmarks/screenshots.py [--folder docs/images]

Needs Playwright and a Chromium on the path.
"""

from __future__ import annotations

import argparse
import io
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import FloatRect, Page, sync_playwright
from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console

from flagger import Flagger
from flagger.display import render
from flagger.display.terminal import render_terminal

PROJECT = Path(__file__).parents[1]
SAMPLE = PROJECT / "data" / "sample_posts.jsonl"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
DESKTOP = {"width": 1360, "height": 820}
POST = "Nghe nói ở Thanh Oai có vụ bắt cóc trẻ em, mọi người chia sẻ gấp cho người thân nhé!"
# rich's own drawing without the fonts that it would ask the network for.
TERMINAL_DRAWING = re.sub(r"@font-face \{\{.*?\}\}\n", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
PHONE = {"width": 390, "height": 780}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=PROJECT / "docs" / "images")
    folder = parser.parse_args().folder
    browser_path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser_path is None:
        sys.exit(f"No browser found; looked for {', '.join(BROWSERS)}.")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        page_path = make_page(Path(scratch))
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        for name, size, scheme in (("desktop", DESKTOP, "light"), ("desktop-dark", DESKTOP, "dark")):
            page = browser.new_page(viewport=size, color_scheme=scheme)
            open_page(page, page_path)
            page.screenshot(path=folder / f"report-{name}.png")
        page = browser.new_page(viewport=PHONE, color_scheme="light", has_touch=True)
        open_page(page, page_path)
        page.screenshot(path=folder / "report-phone-queue.png")
        page.locator(".row").first.click()
        page.screenshot(path=folder / "report-phone-post.png")
        page.emulate_media(color_scheme="dark")
        page.screenshot(path=folder / "report-phone-post-dark.png")
        page.emulate_media(color_scheme="light")
        page.locator(".back").click()
        page.locator("nav [data-pane=facets]").click()
        page.screenshot(path=folder / "report-phone-filters.png")
        for scheme in ("light", "dark"):
            page = browser.new_page(viewport={"width": 760, "height": 600}, color_scheme=scheme)
            page.set_content(
                f'<meta name="color-scheme" content="light dark">{render(Flagger.from_pretrained()(POST))}'
            )
            page.screenshot(path=folder / f"notebook-{scheme}.png", clip=box_around(page, ".flagger"))
        page = browser.new_page(viewport={"width": 1000, "height": 900})
        page.set_content(terminal())
        page.locator("svg").screenshot(path=folder / "terminal.png")
        browser.close()
    for picture in sorted(folder.glob("*.png")):
        shrink(picture)
        print(f"{picture.name}: {picture.stat().st_size / 1024:.0f} KiB")


def box_around(page: Page, selector: str) -> FloatRect:
    """Give the rectangle of an element with a margin."""
    box = page.locator(selector).bounding_box()
    assert box is not None
    return {"x": 0, "y": 0, "width": box["x"] * 2 + box["width"], "height": box["y"] * 2 + box["height"]}


def terminal() -> str:
    """Give what a terminal shows of a post, as a drawing."""
    console = Console(record=True, width=100, file=io.StringIO(), force_terminal=True)
    console.print(render_terminal(Flagger.from_pretrained().explain(POST)))
    return console.export_svg(title="flagger explain", code_format=TERMINAL_DRAWING)


def make_page(folder: Path) -> Path:
    """Score the sample posts and write their page."""
    page = folder / "sample.html"
    scored = folder / "scored.jsonl"
    command = [sys.executable, "-m", "flagger.cli.main", "score", SAMPLE, "-o", scored, "--report", page]
    subprocess.run(list(map(str, command)), check=True)
    return page


def open_page(page: Page, path: Path) -> None:
    """Open the page and wait until its posts are there."""
    page.goto(path.as_uri())
    page.wait_for_selector(".row")
    page.wait_for_selector("#detail > *", state="attached")
    page.wait_for_timeout(500)


def shrink(picture: Path) -> None:
    """Cut a picture to 128 colours, where Pillow is there to do it."""
    try:
        from PIL import Image
    except ImportError:
        return
    with Image.open(picture) as image:
        image.convert("RGB").quantize(128).save(picture, optimize=True)


if __name__ == "__main__":
    main()
