"""Take the README's pictures of the report page, from the sample posts: docs/images/*.png.

Usage: python benchmarks/screenshots.py [--folder docs/images]

Needs Playwright and a Chromium on the path.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

PROJECT = Path(__file__).parents[1]
SAMPLE = PROJECT / "data" / "sample_posts.jsonl"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
DESKTOP = {"width": 1360, "height": 820}
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
        page.locator(".back").click()
        page.locator("nav [data-pane=facets]").click()
        page.screenshot(path=folder / "report-phone-filters.png")
        browser.close()
    for picture in sorted(folder.glob("report-*.png")):
        shrink(picture)
        print(f"{picture.name}: {picture.stat().st_size / 1024:.0f} KiB")


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
