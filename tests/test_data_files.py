from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flagger.vocabulary import CUES, RAISING_CUES, TOPICS

Posts = list[dict[str, Any]]

DATA = Path(__file__).parent.parent / "data"
KEYS = ("id", "text", "group", "claim", "unverified", "cues", "topics", "local", "places", "political", "kind")
KINDS = {
    "news",
    "official_notice",
    "rumour",
    "warning",
    "personal",
    "opinion",
    "advert",
    "scam_message",
    "rescue_call",
    "question",
    "humour",
    "other",
}


def read(name: str) -> Posts:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def posts() -> Posts:
    return read("authored_posts.jsonl")


@pytest.fixture(scope="module")
def samples() -> Posts:
    return read("sample_posts.jsonl")


def failing(posts: Posts, ok: Callable[[dict[str, Any]], object]) -> list[str]:
    return [post["id"] for post in posts if not ok(post)]


def comparable(text: str) -> str:
    return re.sub(r"\W+", " ", text.casefold()).strip()


def test_sample_posts_are_sixty_with_id_and_text_only(samples: Posts) -> None:
    assert [post["id"] for post in samples] == [f"sample-{number:02d}" for number in range(1, 61)]
    assert failing(samples, lambda post: list(post) == ["id", "text"] and bool(post["text"].strip())) == []


def test_authored_posts_are_at_least_a_thousand_with_running_ids(posts: Posts) -> None:
    assert len(posts) >= 1000
    assert [post["id"] for post in posts] == [f"authored-{number:04d}" for number in range(1, len(posts) + 1)]


def test_authored_posts_have_the_keys_of_the_guide_in_order(posts: Posts) -> None:
    assert failing(posts, lambda post: tuple(post) == KEYS) == []


@pytest.mark.parametrize(
    ("key", "allowed"),
    [("claim", {0, 1}), ("unverified", {0, 1, 2}), ("local", {0, 1}), ("political", {0, 1}), ("kind", KINDS)],
)
def test_authored_values_are_in_their_set(posts: Posts, key: str, allowed: set[Any]) -> None:
    assert failing(posts, lambda post: not isinstance(post[key], bool) and post[key] in allowed) == []


@pytest.mark.parametrize(("key", "vocabulary"), [("cues", CUES), ("topics", TOPICS)])
def test_authored_names_are_in_the_vocabulary(posts: Posts, key: str, vocabulary: tuple[str, ...]) -> None:
    assert (
        failing(posts, lambda post: set(post[key]) <= set(vocabulary) and len(set(post[key])) == len(post[key])) == []
    )


@pytest.mark.parametrize(("key", "vocabulary"), [("cues", CUES), ("topics", TOPICS)])
def test_every_name_of_the_vocabulary_has_authored_posts(posts: Posts, key: str, vocabulary: tuple[str, ...]) -> None:
    counts = Counter(name for post in posts for name in post[key])
    assert [name for name in vocabulary if counts[name] < 5] == []


def test_texts_and_groups_are_filled(posts: Posts) -> None:
    assert failing(posts, lambda post: post["text"] and post["text"] == post["text"].strip() and post["group"]) == []


def test_texts_differ_within_and_between_the_files(posts: Posts, samples: Posts) -> None:
    counts = Counter(comparable(post["text"]) for post in [*posts, *samples])
    assert [post["id"] for post in [*posts, *samples] if counts[comparable(post["text"])] > 1] == []


def test_places_are_copied_from_the_text_once(posts: Posts) -> None:
    assert failing(posts, lambda post: all(place and place in post["text"] for place in post["places"])) == []
    assert failing(posts, lambda post: len(set(post["places"])) == len(post["places"])) == []


def test_local_posts_name_a_place(posts: Posts) -> None:
    assert failing(posts, lambda post: post["local"] == 0 or post["places"]) == []


def test_political_posts_need_no_checking(posts: Posts) -> None:
    assert sum(post["political"] for post in posts) >= 150
    assert failing(posts, lambda post: not post["political"] or post["unverified"] == 0) == []


def test_posts_to_check_assert_a_claim_and_say_why(posts: Posts) -> None:
    to_check = [post for post in posts if post["unverified"] > 0]
    assert failing(to_check, lambda post: post["claim"] == 1 and set(post["cues"]) & set(RAISING_CUES)) == []


def test_posts_of_level_zero_have_no_raising_cue(posts: Posts) -> None:
    calm = [post for post in posts if post["unverified"] == 0]
    assert failing(calm, lambda post: not set(post["cues"]) & set(RAISING_CUES)) == []


def test_swapping_the_target_keeps_the_labels(posts: Posts) -> None:
    families: dict[str, set[str]] = defaultdict(set)
    for post in posts:
        if post["group"].startswith("sw-"):
            families[post["group"]].add(json.dumps([post["unverified"], post["topics"], post["cues"], post["kind"]]))
    assert len(families) >= 10
    assert [name for name, labels in families.items() if len(labels) != 1] == []


def test_no_long_number_could_be_a_phone_number(posts: Posts, samples: Posts) -> None:
    assert failing([*posts, *samples], lambda post: not re.search(r"(?:\d[ .-]?){9,}", post["text"])) == []


def test_links_use_the_reserved_domain(posts: Posts, samples: Posts) -> None:
    hosts = [host for post in [*posts, *samples] for host in re.findall(r"https?://([\w.-]*\w)", post["text"])]
    assert hosts
    assert [host for host in hosts if not host.endswith(".example")] == []


def test_the_readme_holds_the_counts_of_the_files(posts: Posts) -> None:
    script = [sys.executable, str(DATA / "count_labels.py")]
    printed = subprocess.run(
        script, capture_output=True, check=True, encoding="utf-8", env={"PYTHONIOENCODING": "utf-8"}
    )
    readme = (DATA / "README.md").read_text(encoding="utf-8")
    assert printed.stdout.strip() in readme
    assert f"| `authored_posts.jsonl` | {len(posts):,} |" in readme
