import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from stand_in_scorer import make_result

from flagger.display import render
from flagger.display.html import render_result, render_results
from flagger.display.spans import percent, segments, visible
from flagger.display.terminal import STYLES, highlighted, render_terminal
from flagger.results import AxisScore, Evidence
from flagger.vocabulary import AXES, CUES, LABELS, PARTS, TOPICS, Decision, PlaceLevel


def evidence(post, words, cue, contribution, axis="unverified"):
    start = post.index(words)
    return Evidence(words, start, start + len(words), cue, axis, f"{cue}.rule", contribution)


POST = "Nghe nói <script>alert('x')</script> ở Thanh Oai, theo \"công an\" & $x$"
REASONS = (
    evidence(POST, "Nghe nói", "hearsay", 1.5),
    evidence(POST, 'theo "công an"', "official_source", -0.5),
    evidence(POST, "công an", "wording", -0.1),
    evidence(POST, "Thanh Oai", "place", 0.7, axis="sensitive"),
)


class Checker(HTMLParser):
    """Collects tags and text, and checks that tags are closed in order."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.post = [], [], []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "small" not in self.open and self.open[-1:] != ["style"]:
            self.post.append(data)


def parse(html):
    checker = Checker()
    checker.feed(html)
    checker.close()
    assert checker.open == []
    return checker


def test_post_stays_text():
    checker = parse(render_result(make_result(POST, evidence=REASONS)))
    assert "script" not in {tag for tag, _ in checker.tags}
    assert POST in "".join(checker.post)


def test_marks_carry_effect_and_reason():
    html = render_result(make_result(POST, evidence=REASONS))
    marks = re.findall(r'<mark class="(\w+)" title="([^"]*)">(.*?)</mark>', html)
    assert [(effect, unescape(title)) for effect, title, _ in marks] == [
        ("raises", "hearsay +1.5"),
        ("place", "place +0.7"),
        ("lowers", "official source -0.5"),
        ("lowers", "official source -0.5; wording -0.1"),
        ("lowers", "official source -0.5"),
    ]


@pytest.mark.parametrize(
    ("language", "taken_back", "kept"),
    [
        ("en", "taken back: extraordinary claim", "hearsay +1.5"),
        ("vi", "bị ngữ cảnh gạt đi: chuyện khó tin", "tin nghe lại +1.5"),
    ],
)
def test_a_raising_cue_that_lowers_is_told_as_taken_back(language, taken_back, kept):
    post = "Nghe nói chẳng có chuyện chấn động nào, theo công an"
    reasons = (
        evidence(post, "Nghe nói", "hearsay", 1.5),
        evidence(post, "chấn động", "extraordinary", -0.53),
        evidence(post, "theo công an", "official_source", -0.5),
    )
    result = make_result(post, evidence=reasons)
    html = render_result(result, language=language)
    assert f'title="{taken_back} -0.5"' in html
    assert f"<small>{taken_back}</small>" in html
    assert f'title="{kept}"' in html
    assert html.count(taken_back) == 2
    console = Console(width=120)
    with console.capture() as captured:
        console.print(render_terminal(result, language=language))
    assert captured.get().count(taken_back) == 1


def test_evidence_over_several_pieces_is_named_once():
    post = "tin tin tin"
    reasons = (
        Evidence(post, 0, len(post), "hearsay", "unverified", "x", 1.0),
        Evidence("tin", 4, 7, "place", "sensitive", "y", 0.5),
    )
    html = render_result(make_result(post, evidence=reasons))
    assert re.findall(r"<small>(.*?)</small>", html) == ["place", "hearsay"]


def test_html_is_self_contained():
    html = render_results([make_result(POST, evidence=REASONS)] * 2, language="vi")
    assert html.count("<style>") == 1
    assert html.count("tin nghe lại") >= 2
    assert not re.search(r"https?:|src=|url\(|@import", html)
    assert "mathjax_ignore" in html


@pytest.mark.parametrize("character", ["\x1b", "\x00", "\x9b", "\u202e", "\ud800", "\r"])
def test_control_characters_are_made_visible_everywhere(character):
    post = f"a{character}[2Jb"
    result = make_result(post, evidence=(evidence(post, "b", "hearsay", 1.0),))
    console = Console(width=80, record=True, file=open("/dev/null", "w"), force_terminal=True)  # noqa: SIM115
    console.print(highlighted(result))
    assert character not in console.export_text().replace("\r\n", "\n")
    html = render_result(result)
    assert character not in html
    html.encode()


def test_terminal_marks_the_right_words():
    text = highlighted(make_result(POST, evidence=REASONS))
    assert text.plain == POST
    styled = [(POST[span.start : span.end], span.style) for span in text.spans]
    assert styled == [
        ("Nghe nói", STYLES["raises"]),
        ("Thanh Oai", STYLES["place"]),
        ('theo "', STYLES["lowers"]),
        ("công an", STYLES["lowers"]),
        ('"', STYLES["lowers"]),
    ]


@pytest.mark.parametrize(
    ("language", "words"), [("en", ["hearsay", "priority", "+1.50"]), ("vi", ["tin nghe lại", "căn cứ"])]
)
def test_terminal_output(language, words):
    console = Console(width=100, file=None, record=True, quiet=False)
    with console.capture() as captured:
        console.print(render_terminal(make_result(POST, evidence=REASONS, probability=0.9), language=language))
    for word in [*words, "90%", "Thành phố Hà Nội"]:
        assert word in captured.get()


def test_markup_of_rich_in_a_post_stays_text():
    console = Console(width=100)
    with console.capture() as captured:
        console.print(render_terminal(make_result("[bold]x[/bold] [/nope]")))
    assert "[bold]x[/bold] [/nope]" in captured.get()


spans = st.tuples(st.integers(-3, 40), st.integers(-3, 40), st.sampled_from(["hearsay", "place", "correction"]))


@given(st.text(max_size=40), st.lists(spans, max_size=6))
def test_segments_are_the_post(post, found):
    reasons = tuple(
        Evidence(post[start:end], start, end, cue, "unverified", "x", float(position) - 2)
        for position, (start, end, cue) in enumerate(found)
    )
    pieces = segments(post, reasons)
    assert "".join(piece.text for piece in pieces) == post
    marked = "".join("x" * len(piece.text) if piece.evidence else " " * len(piece.text) for piece in pieces)
    covered = {i for item in reasons if 0 <= item.start < item.end <= len(post) for i in range(item.start, item.end)}
    assert [mark == "x" for mark in marked] == [i in covered for i in range(len(post))]
    checker = parse(render_result(make_result(post, evidence=reasons)))
    assert visible(post).strip() in "".join(checker.post)
    assert len(visible(post)) == len(post)


@pytest.mark.parametrize(
    ("probability", "shown"),
    [(0.0, "<1%"), (0.004, "<1%"), (0.006, "1%"), (0.5, "50%"), (0.994, "99%"), (0.995, ">99%")],
)
def test_no_probability_is_shown_as_sure(probability, shown):
    assert percent(probability) == shown


def test_render_shows_itself_in_a_notebook():
    result = make_result(POST, evidence=REASONS)
    html = render([result, result], language="vi")
    assert html == render_results([result, result], language="vi") == html._repr_html_()
    assert render(result) == render([result])
    assert POST in "".join(parse(html).post)


def test_render_stops_at_its_limit_and_says_so():
    def endless():
        while True:
            yield make_result("một bài")

    html = render(endless(), limit=3)
    assert html.count('class="post"') == 3
    assert "these are the first 3" in html
    assert "these are the first" not in render([make_result("một bài")] * 3, limit=3)


@pytest.mark.parametrize(
    ("language", "rules", "model"), [("en", "cues found", "language model"), ("vi", "dấu hiệu", "mô hình")]
)
def test_scores_are_shown_as_sums(language, rules, model):
    parts = {"intercept": -1.0, "rules": 2.5, "form": 0.001}
    score = AxisScore(0.8, Decision.FLAG, 1.501, parts)
    result = replace(make_result(POST, evidence=(replace(REASONS[0], source="encoder"),)), unverified=score)
    console = Console(width=120)
    with console.capture() as captured:
        console.print(render_terminal(result, language=language))
    for shown in (captured.get(), render([result], language=language)):
        assert rules in shown
        assert "+2.50 = +1.50" in shown
        assert "+0.00" not in shown
        assert model in shown


def test_every_name_has_a_label_in_both_languages():
    assert set(LABELS["en"]) == set(LABELS["vi"])
    names = {*AXES, *TOPICS, *CUES, *PARTS, *(item.value for kind in (Decision, PlaceLevel) for item in kind)}
    assert names <= set(LABELS["en"])
    assert all(LABELS["vi"][name] != LABELS["en"][name] for name in names)
