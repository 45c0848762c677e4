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
def everyday() -> Posts:
    return read("authored_everyday.jsonl")


@pytest.fixture(
    scope="module",
    params=[
        *("authored_posts.jsonl", "authored_everyday.jsonl", "authored_short.jsonl", "authored_long.jsonl"),
        *(
            "authored_more.jsonl",
            "authored_vivid.jsonl",
            "authored_plain.jsonl",
            "authored_alike.jsonl",
            "unseen_posts.jsonl",
        ),
    ],
)
def labelled(request: pytest.FixtureRequest) -> Posts:
    return read(request.param)


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


def test_authored_posts_have_the_keys_of_the_guide_in_order(labelled: Posts) -> None:
    assert failing(labelled, lambda post: tuple(key for key in post if key != "source") == KEYS) == []


@pytest.mark.parametrize(
    ("key", "allowed"),
    [("claim", {0, 1}), ("unverified", {0, 1, 2}), ("local", {0, 1}), ("political", {0, 1}), ("kind", KINDS)],
)
def test_authored_values_are_in_their_set(labelled: Posts, key: str, allowed: set[Any]) -> None:
    assert failing(labelled, lambda post: not isinstance(post[key], bool) and post[key] in allowed) == []


@pytest.mark.parametrize(("key", "vocabulary"), [("cues", CUES), ("topics", TOPICS)])
def test_authored_names_are_in_the_vocabulary(labelled: Posts, key: str, vocabulary: tuple[str, ...]) -> None:
    assert (
        failing(labelled, lambda post: set(post[key]) <= set(vocabulary) and len(set(post[key])) == len(post[key]))
        == []
    )


@pytest.mark.parametrize(("key", "vocabulary"), [("cues", CUES), ("topics", TOPICS)])
def test_every_name_of_the_vocabulary_has_authored_posts(posts: Posts, key: str, vocabulary: tuple[str, ...]) -> None:
    counts = Counter(name for post in posts for name in post[key])
    assert [name for name in vocabulary if counts[name] < 5] == []


def test_texts_and_groups_are_filled(labelled: Posts) -> None:
    assert failing(labelled, lambda post: post["text"] and post["text"] == post["text"].strip() and post["group"]) == []


def test_texts_differ_within_and_between_the_files(posts: Posts, everyday: Posts, samples: Posts) -> None:
    every_post = [*posts, *everyday, *samples]
    counts = Counter(comparable(post["text"]) for post in every_post)
    assert [post["id"] for post in every_post if counts[comparable(post["text"])] > 1] == []


def test_places_are_copied_from_the_text_once(labelled: Posts) -> None:
    assert failing(labelled, lambda post: all(place and place in post["text"] for place in post["places"])) == []
    assert failing(labelled, lambda post: len(set(post["places"])) == len(post["places"])) == []


def test_local_posts_name_a_place(labelled: Posts) -> None:
    assert failing(labelled, lambda post: post["local"] == 0 or post["places"]) == []


def test_political_posts_need_no_checking(posts: Posts, everyday: Posts) -> None:
    for labelled in (posts, everyday):
        assert any(post["political"] for post in labelled)
        assert failing(labelled, lambda post: not post["political"] or post["unverified"] == 0) == []


@pytest.mark.parametrize("name", ["authored_short.jsonl", "authored_long.jsonl"])
def test_most_political_posts_of_the_later_files_need_no_checking(name: str) -> None:
    political = [post for post in read(name) if post["political"]]
    checking = [post["text"] for post in political if post["unverified"]]
    assert len(checking) < 0.2 * len(political)


def test_authored_posts_hold_many_political_posts(posts: Posts) -> None:
    assert sum(post["political"] for post in posts) >= 150


def test_everyday_posts_are_at_least_four_hundred_with_running_ids(everyday: Posts) -> None:
    assert len(everyday) >= 400
    assert [post["id"] for post in everyday] == [f"everyday-{number:04d}" for number in range(1, len(everyday) + 1)]


def test_everyday_posts_are_mostly_calm_and_hold_rumours_of_every_topic(everyday: Posts) -> None:
    rumours = [post for post in everyday if post["unverified"] > 0]
    assert 60 <= len(rumours) < len(everyday) / 3
    assert {name for post in rumours for name in post["topics"]} == set(TOPICS)


def test_everyday_groups_do_not_reach_into_the_other_file(posts: Posts, everyday: Posts) -> None:
    assert failing(everyday, lambda post: post["group"].startswith("everyday-")) == []
    assert failing(posts, lambda post: not post["group"].startswith("everyday-")) == []


def test_posts_to_check_assert_a_claim_and_say_why(labelled: Posts) -> None:
    to_check = [post for post in labelled if post["unverified"] > 0]
    assert failing(to_check, lambda post: post["claim"] == 1 and set(post["cues"]) & set(RAISING_CUES)) == []


def test_posts_of_level_zero_have_no_raising_cue(labelled: Posts) -> None:
    calm = [post for post in labelled if post["unverified"] == 0]
    assert failing(calm, lambda post: not set(post["cues"]) & set(RAISING_CUES)) == []


def test_swapping_the_target_keeps_the_labels(posts: Posts) -> None:
    families: dict[str, set[str]] = defaultdict(set)
    for post in posts:
        if post["group"].startswith("sw-"):
            families[post["group"]].add(json.dumps([post["unverified"], post["topics"], post["cues"], post["kind"]]))
    assert len(families) >= 10
    assert [name for name, labels in families.items() if len(labels) != 1] == []


def test_no_long_number_could_be_a_phone_number(posts: Posts, everyday: Posts, samples: Posts) -> None:
    assert failing([*posts, *everyday, *samples], lambda post: not re.search(r"(?:\d[ .-]?){9,}", post["text"])) == []


def test_links_use_the_reserved_domain(posts: Posts, everyday: Posts, samples: Posts) -> None:
    hosts = [
        host for post in [*posts, *everyday, *samples] for host in re.findall(r"https?://([\w.-]*\w)", post["text"])
    ]
    assert hosts
    assert [host for host in hosts if not host.endswith(".example")] == []


@pytest.mark.parametrize("name", ["authored_posts.jsonl", "authored_everyday.jsonl"])
def test_the_readme_holds_the_counts_of_the_files(name: str) -> None:
    script = [sys.executable, str(DATA / "count_labels.py"), str(DATA / name)]
    printed = subprocess.run(
        script, capture_output=True, check=True, encoding="utf-8", env={"PYTHONIOENCODING": "utf-8"}
    )
    readme = (DATA / "README.md").read_text(encoding="utf-8")
    assert printed.stdout.strip() in readme
    assert f"| `{name}` | {len(read(name)):,} |" in readme


def test_without_a_name_the_script_counts_the_authored_posts(posts: Posts) -> None:
    printed = subprocess.run(
        [sys.executable, str(DATA / "count_labels.py")],
        capture_output=True,
        check=True,
        encoding="utf-8",
        env={"PYTHONIOENCODING": "utf-8"},
    )
    assert f"| all | {len(posts)} |" in printed.stdout


def test_unseen_posts_are_no_training_posts_and_name_their_kind() -> None:
    unseen = read("unseen_posts.jsonl")
    authored = {comparable(post["text"]) for path in DATA.glob("authored_*.jsonl") for post in read(path.name)}
    assert failing(unseen, lambda post: comparable(post["text"]) not in authored) == []
    assert failing(unseen, lambda post: post["source"]) == []
    assert len(unseen) == 600
