"""The batch path: equal posts, and results that do not depend on the batch."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flagger.linear.ngrams import BUCKETS, count, count_known, occurrences
from flagger.text import prepare

RUMOUR = "Nghe nói ở Thanh Oai có vụ bắt cóc trẻ em, chia sẻ gấp!"
CALM = "Trời hôm nay đẹp quá."
LONG = " ".join([CALM] * 90 + [RUMOUR] + [CALM] * 90)


@pytest.mark.parametrize("explain", [False, True])
def test_equal_posts_are_scored_once_and_keep_their_places(flagger, monkeypatch, explain):
    read = []
    whole = type(flagger.pipeline.matcher).find
    monkeypatch.setattr(
        type(flagger.pipeline.matcher), "find", lambda self, post: read.append(post.original) or whole(self, post)
    )
    results = flagger.pipeline.score([RUMOUR, CALM, RUMOUR, CALM, RUMOUR], explain=explain)
    assert read == [RUMOUR, CALM]
    assert [result.post for result in results] == [RUMOUR, CALM, RUMOUR, CALM, RUMOUR]
    assert results[0] == results[2] == results[4]


@pytest.mark.parametrize("explain", [False, True])
def test_a_post_has_the_same_result_in_any_batch(flagger, sample_posts, explain):
    posts = [LONG, "", *sample_posts[:20], "?!", RUMOUR]
    alone = [flagger.pipeline.score([post], explain=explain)[0] for post in posts]
    together = flagger.pipeline.score(posts, explain=explain)
    backwards = flagger.pipeline.score(posts[::-1], explain=explain)[::-1]
    for one, two, three in zip(alone, together, backwards, strict=True):
        assert one.unverified.logit == pytest.approx(two.unverified.logit, abs=1e-9)
        assert [item.to_dict() for item in one.evidence] == [item.to_dict() for item in two.evidence]
        assert two == three


def test_wording_lies_where_the_post_says_it(flagger):
    results = flagger.pipeline.score([CALM, LONG, RUMOUR], explain=True)
    for result in results:
        for item in result.evidence:
            assert result.post[item.start : item.end] == item.text
    assert {item.cue for item in results[1].evidence} >= {"wording", "hearsay"}


@settings(max_examples=30)
@given(st.lists(st.text(alphabet="ab ạđ?\n0", max_size=12), min_size=1, max_size=4), st.integers(1, 7))
def test_counting_what_is_known_is_counting_all_and_dropping_the_rest(posts, step):
    prepared = [prepare(post) for post in posts]
    is_known = np.zeros(BUCKETS, dtype=bool)
    is_known[::step] = True
    whole = count(occurrences(prepared), len(prepared))
    known = count_known(prepared, is_known)
    kept = is_known[whole.buckets]
    assert known.rows.tolist() == whole.rows[kept].tolist()
    assert known.buckets.tolist() == whole.buckets[kept].tolist()
    assert known.counts.tolist() == whole.counts[kept].tolist()


def test_running_shares_add_up_to_the_logits(flagger):
    model = flagger.pipeline.linear
    weights = {"unverified": 1.0, "rumour": -0.5}
    mixture = np.array([weights.get(name, 0.0) for name in model.outputs])
    prepared = [prepare(post) for post in (CALM, LONG, RUMOUR)]
    sums = (model.logits(prepared) - model.intercepts) @ mixture
    for post, running, whole in zip(prepared, model.running_shares(prepared, weights), sums, strict=True):
        found = occurrences([post])
        assert ((found.starts >= 0) & (found.ends <= len(post.masked)) & (found.ends > found.starts)).all()
        assert len(running) == len(post.masked) + 1
        assert running[-1] == pytest.approx(whole, abs=1e-5)
