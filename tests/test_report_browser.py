"""The report page in a real browser; left out, with the reason, where none is installed."""

from __future__ import annotations

import csv
import io
import shutil
from contextlib import contextmanager

import pytest
from report_files import HOSTILE, make_page, reason, scored_row, span

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install playwright")

ROWS = [
    scored_row(
        1, "Nghe nói ở Đồng Nai sắp hết xăng, theo công an", unverified=0.9, sensitive=0.8, topic="finance",
        place=("Đồng Nai", "Đồng Nai"), cues=(("hearsay", "Nghe nói"), ("official_source", "theo công an")),
        group="g1", day="2026-03-01T08:00",
    ),
    scored_row(
        2, "😀 Nghe nói ở Đồng Nai hết xăng", unverified=0.8, cues=(("hearsay", "Nghe nói"),), group="g1",
        day="2026-03-01",
    ),
    scored_row(3, HOSTILE, unverified=0.5, day="2026-03-02"),
    scored_row(
        4, "Lũ về Cà Mau", unverified=0.2, sensitive=0.6, topic="disaster", place=("Cà Mau", "Cà Mau"),
        day="2026-03-09",
    ),
    scored_row(5, "=1+1 chúc ngủ ngon", day=None),
    scored_row(6, "Trời đẹp, di dong nai choi", unverified=0.05, day="2026-03-09"),
]  # fmt: skip


@pytest.fixture(scope="module")
def browser():
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip(f"no browser on the path; looked for {', '.join(BROWSERS)}")
    with sync_api.sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def report_path(tmp_path_factory):
    return make_page(tmp_path_factory.mktemp("report"), ROWS, time="day")


@pytest.fixture(params=[(1280, 900)], ids=["desktop"])
def page(request, browser, report_path):
    """Open the page; afterwards nothing may have been asked of any network, and nothing have gone wrong in it."""
    context = browser.new_context(viewport=dict(zip(("width", "height"), request.param, strict=True)))
    opened = context.new_page()
    requests, problems = [], []
    context.on("request", lambda asked: requests.append(asked.url))
    opened.on(
        "console", lambda message: problems.append(message.text) if message.type in ("error", "warning") else None
    )
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.goto(report_path.as_uri())
    opened.wait_for_selector(".row")
    yield opened
    context.close()
    assert problems == []
    assert [url for url in requests if not url.startswith(("data:", "blob:"))] == [report_path.as_uri()]


@contextmanager
def shown(browser, path, selector):
    """Open another page, and wait for what the selector names."""
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    opened.goto(path.as_uri())
    opened.wait_for_selector(selector)
    yield opened
    opened.close()


phone = pytest.mark.parametrize("page", [(390, 780)], indirect=True, ids=["phone"])


def listed(page):
    return [text.split("\n")[0].strip() for text in page.locator(".row .words").all_inner_texts()]


def numbers(page):
    """Give the shown posts by their place in ROWS."""
    texts = [" ".join(row["text"].split()) for row in ROWS]
    return [texts.index(" ".join(text.split())) + 1 for text in listed(page)]


def search(page, words):
    page.keyboard.press("/")
    page.keyboard.type(words)
    page.keyboard.press("Enter")


def facet(page, name, value):
    return page.locator(f'.facet[data-facet="{name}"][data-value="{value}"]')


def test_queue_is_in_order_of_priority(page):
    assert numbers(page) == sorted(range(1, 7), key=lambda number: -ROWS[number - 1]["priority"])
    assert page.locator("#count").inner_text() == "6 of 6 posts"


def test_post_with_markup_stays_text(page):
    search(page, "script")
    page.keyboard.press("Enter")
    shown = page.locator("#detail .post")
    assert shown.inner_text() == HOSTILE
    assert shown.locator("img, script, b").count() == 0
    assert page.evaluate("window.stolen") is None


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("dong nai", [1, 2, 6]),
        ("Đồng Nai", [1, 2, 6]),
        ("đông nai", [6]),
        ("  NGHE   noi ", [1, 2]),
        ("post-4", [4]),
        ("x.*", []),
    ],
)
def test_search_with_and_without_diacritics(page, words, expected):
    search(page, words)
    assert numbers(page) == expected
    page.keyboard.press("/")
    page.keyboard.press("Escape")
    assert len(numbers(page)) == 6


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("unverified", "flag", [1, 2]),
        ("unverified", "review", [3]),
        ("sensitive", "flag", [1, 4]),
        ("topics", "disaster", [4]),
        ("cues", "hearsay", [1, 2]),
        ("provinces", "none", [2, 3, 5, 6]),
    ],
)
def test_filters(page, name, value, expected):
    assert facet(page, name, value).locator(".amount").inner_text() == str(len(expected))
    facet(page, name, value).click()
    assert sorted(numbers(page)) == expected
    facet(page, name, value).click()
    assert len(numbers(page)) == 6


def test_filters_join_and_are_counted_under_each_other(page):
    facet(page, "unverified", "flag").click()
    assert facet(page, "sensitive", "flag").locator(".amount").inner_text() == "1"
    assert facet(page, "unverified", "review").locator(".amount").inner_text() == "1"
    page.locator('[data-province="Đồng Nai"]').click()
    assert numbers(page) == [1]
    page.locator("#reset").click()
    assert len(numbers(page)) == 6


def test_time_and_groups(page):
    page.locator("#switch-oncePerGroup").check()
    assert 2 not in numbers(page)
    page.locator("#switch-oncePerGroup").uncheck()
    page.locator(".row").first.click()
    page.get_by_text("2 near-duplicates").click()
    assert numbers(page) == [1, 2]
    page.locator("#reset").click()
    page.locator(".timeline [data-bar]").last.click()
    assert sorted(numbers(page)) == [4, 6]
    assert "1 posts without" in page.locator("#facets").inner_text()


def test_reasons_are_marked_where_they_stand(page):
    page.locator(".row").first.click()
    marks = page.locator("#detail .post mark")
    found = [(mark.get_attribute("class"), mark.evaluate("m => m.firstChild.textContent")) for mark in marks.all()]
    assert found == [("raises", "Nghe nói"), ("place", "Đồng Nai"), ("lowers", "theo công an")]
    why = page.locator(".why").inner_text()
    assert "Raised by: hearsay (“Nghe nói”)." in why
    assert "Lowered by: official source (“theo công an”)." in why
    assert "financial panic" in why
    # An emoji before the words is two units for a browser and one character for Python.
    page.keyboard.press("j")
    search(page, "😀")
    assert marks.first.evaluate("m => m.firstChild.textContent") == "Nghe nói"


def test_why_a_post_stands_where_it_does_is_said_in_words(page):
    page.locator(".row").first.click()
    why = page.locator(".why").inner_text()
    assert "Number 1 of 6 in urgency: unverified: flag (90%); sensitive local content: flag (80%)." in why
    assert "The language model, which reads the post as a whole, raises “unverified” (strong)." in why
    assert "Place: “Đồng Nai” (Đồng Nai)." in why
    assert "review from 30%, flag from 60%" in page.locator(".axes").inner_text()
    assert not page.locator(".sums table").is_visible()
    page.locator(".sums summary").click()
    assert page.locator(".sums tr").all_inner_texts() == [
        "unverified\tstarting point −1.3\tlowers, middling",
        "unverified\tlanguage model +2.0\traises, strong",
    ]


def test_wording_and_missing_places_are_said_in_words(browser, tmp_path):
    text = "Sáng nay cháy to quá trời"
    wording = {"text": "cháy to", "start": 9, "end": 16, "cue": "wording", "axis": "unverified", "source": "linear"}
    row = scored_row(1, text, unverified=0.9, sensitive=0.9) | {"evidence": [wording | {"contribution": 0.3}]}
    with shown(browser, make_page(tmp_path, [row]), "#detail .post") as opened:
        why = opened.locator(".why").inner_text()
        assert "Wording as in posts that needed a check: “cháy to”." in why
        assert "No place was recognised" in why


@pytest.mark.parametrize(
    ("language", "lowered", "taken_back"),
    [
        ("en", "Lowered by: ", "taken back: extraordinary claim"),
        ("vi", "Điểm giảm do: ", "bị ngữ cảnh gạt đi: chuyện khó tin"),
    ],
)
def test_a_raising_cue_that_lowers_is_told_as_taken_back(browser, tmp_path, language, lowered, taken_back):
    text = "Chẳng có chuyện chấn động nào"
    found = span(text, "chấn động") | reason("extraordinary") | {"contribution": -0.53}
    row = scored_row(1, text, unverified=0.2) | {"evidence": [found]}
    with shown(browser, make_page(tmp_path, [row], language=language), "#detail .post mark") as opened:
        assert f"{lowered}{taken_back} (“chấn động”)." in opened.locator(".why").inner_text()
        assert f"▼ {taken_back}" in opened.locator("#detail table").first.inner_text()
        assert opened.locator(".post mark small").inner_text() == taken_back
        assert opened.locator(".post mark").get_attribute("title") == f"{taken_back} −0.5"


@pytest.mark.parametrize(
    ("language", "unknown", "ambiguous"),
    [
        ("en", "chợ Mai: other place, province not known", "phường 5: commune, several units are possible"),
        ("vi", "chợ Mai: nơi khác, chưa rõ tỉnh, thành", "phường 5: xã, phường, có thể là nhiều nơi"),
    ],
)
def test_a_place_of_no_known_unit_is_not_said_to_be_one_of_several(browser, tmp_path, language, unknown, ambiguous):
    text = "Cháy ở chợ Mai, phường 5"
    nowhere = {"province": None, "province_before": None}
    places = [span(text, "chợ Mai") | {"level": "other"}, span(text, "phường 5") | {"level": "commune"}]
    row = scored_row(1, text, sensitive=0.6) | {"places": [place | nowhere for place in places]}
    with shown(browser, make_page(tmp_path, [row], language=language), "#detail .post") as opened:
        assert opened.locator("#detail li").all_inner_texts() == [unknown, ambiguous]


def test_a_day_without_a_time_is_told_as_a_day(page):
    page.locator(".row").first.click()
    assert "2026-03-01 08:00" in page.locator(".detail-tools").inner_text()
    page.keyboard.press("j")
    assert page.locator(".detail-tools").inner_text().endswith("· 2026-03-01")
    notes = page.locator(".row .facts.more").all_inner_texts()
    assert [note.split(" · ")[-1] for note in notes[:2]] == ["2026-03-01 08:00", "2026-03-01"]
    search(page, "hết xăng")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    with page.expect_download() as download:
        page.locator("#export").click()
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text("utf-8-sig"), newline="")))
    assert [row["time"] for row in rows] == ["2026-03-01T08:00", "2026-03-01"]


def test_plain_days_have_no_hours_in_the_line_of_time(browser, tmp_path):
    rows = [scored_row(number, f"bài {number}", day=f"0{number}/11/2026") for number in (6, 7)]
    with shown(browser, make_page(tmp_path, rows, time="day", language="vi"), ".timeline") as opened:
        assert opened.locator(".ends span").all_inner_texts() == ["06/11/2026", "08/11/2026"]
        assert "00:00" not in opened.locator("body").inner_text()


def test_keyboard_selects_and_saves(page, tmp_path):
    page.locator("#list").focus()
    for key in ("j", "x", "j", "k", "k", "x", "End", "Home"):
        page.keyboard.press(key)
    assert page.locator("#selected").inner_text() == "2 selected"
    search(page, "ngu ngon")
    page.keyboard.press("x")
    with page.expect_download() as download:
        page.locator("#export").click()
    content = download.value.path().read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    order = sorted(range(6), key=lambda at: -ROWS[at]["priority"])
    assert [row["id"] for row in rows] == [ROWS[at]["id"] for at in order[:2]] + ["post-5"]
    assert rows[0]["text"] == ROWS[0]["text"]
    assert rows[0]["provinces"] == "Đồng Nai"
    assert rows[2]["text"] == "'=1+1 chúc ngủ ngon"


def test_keys_do_nothing_while_typing(page):
    page.locator("#search").fill("")
    page.locator("#search").press_sequentially("xjk")
    assert page.locator("#search").input_value() == "xjk"
    assert page.locator("#selected").is_hidden()


def test_language_theme_and_meaning(page):
    page.keyboard.press("?")
    about = page.locator("#about").inner_text()
    assert "does not say that a post is false" in about
    assert "stand-in" in about
    assert "abcdef" in about
    page.keyboard.press("Escape")
    page.locator("#language").click()
    assert page.locator("h1").inner_text().startswith("Bài nên kiểm tra trước")
    assert page.locator("html").get_attribute("lang") == "vi"
    ground = "getComputedStyle(document.body).backgroundColor"
    before = page.evaluate(ground)
    page.locator("#theme").click()
    assert page.evaluate(ground) != before


@phone
def test_phone_shows_one_pane_at_a_time(page):
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not page.locator("#detail").is_visible()
    page.locator(".row .words").first.click()
    assert page.locator("#detail .post").is_visible()
    assert not page.locator("#list").is_visible()
    page.locator(".back").click()
    page.locator("nav [data-pane=facets]").click()
    facet(page, "topics", "disaster").click()
    page.locator("nav [data-pane=queue]").click()
    assert numbers(page) == [4]


def test_page_without_posts_and_without_evidence(browser, tmp_path):
    bare = {name: value for name, value in ROWS[0].items() if name not in ("evidence", "group", "day")}
    failed = dict.fromkeys(bare) | {"error": "row 1: the text is null"}
    for rows, expected in (([failed], "1 rows could not be scored"), ([bare], "--evidence")):
        page = browser.new_page()
        problems = []
        page.on("pageerror", lambda error, problems=problems: problems.append(str(error)))
        page.goto(make_page(tmp_path, rows).as_uri())
        page.wait_for_selector("#count")
        if rows == [bare]:
            page.locator(".row").first.click()
        assert expected in page.locator("body").inner_text()
        assert problems == []
        page.close()
