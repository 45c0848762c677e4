"""Write the figures of the shipped model and of the last benchmark runs into the READMEs and the card.

Usage: python benchmarks/write_readme.py [--check]

Everything between ``<!-- figures:NAME -->`` and ``<!-- end -->`` is replaced; a card that a training wrote anew gets
its section back. With --check nothing is written, and the exit code is 1 when a file is not what the figures say.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path
from typing import Any

from result_files import MODEL, is_stale, read_results
from speed_blocks import encoder_time, soak, speed

from flagger.evaluation.functional import table_lines
from flagger.evaluation.neutrality import failures, neutrality_lines
from flagger.evaluation.robustness import robustness_lines

PROJECT = Path(__file__).parents[1]
README = PROJECT / "README.md"
CARD = PROJECT / "models" / "default" / "README.md"
BENCHMARKS = PROJECT / "benchmarks" / "README.md"
ORIGIN = """The base is multilingual-e5-small (intfloat, MIT), its vocabulary cut to the pieces that Vietnamese needs.
The labelled posts and comments come from public research sets that give their texts for research: they are
not passed on, only weights and labels by hash are. One annotator labelled each post. The sets that the
encoder learned first are ReINTEL (VLSP 2020, no licence stated), ViClickbait (CC BY 4.0) and a set of text
messages of a public student project (no licence stated); their heads were dropped. Most labelled posts are
from 2019-2020, and much is about Covid-19."""
SOURCES = {
    "source:flood": "flood posts",
    "source:sms": "text messages",
    "source:sns": "social posts",
    "source:comment": "comments",
    "source:news": "news (where hardly any post is unverified)",
}
MEASURED = ("heldout", "unseen", "noise", "attack", "functional", "neutrality", "faithfulness", "scoring", "peers")
CARD_SECTIONS = {
    "faithfulness": "## Are the reasons true?",
    "functional": "## Functional suite",
    "swaps": "## The same sentence about somebody else",
}


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
    sources = {
        SOURCES[name]: values["unverified"]["roc_auc"]
        for name, values in figures["slices"].items()
        if name in SOURCES and values["unverified"]["roc_auc"] is not None
    }
    told = ", ".join(f"{label} {value:.2f}" for label, value in sorted(sources.items(), key=lambda one: -one[1]))
    rows += ["", f"By source, posts differ in how well unverified ranks them (ROC-AUC): {told}."]
    return "\n".join(rows)


def ceiling(figures: dict[str, Any]) -> str:
    unverified, rumour = figures["unverified"], figures["rumour"]
    return (
        f"The ceiling: a second careful reader's grades of {figures['posts']:,} of these posts rank the labels with "
        f"ROC-AUC {unverified['roc_auc']:.3f} and average precision {unverified['average_precision']:.3f} "
        f"(unverified), {rumour['roc_auc']:.3f} and {rumour['average_precision']:.3f} (rumour); the readers agree with "
        f"kappa {unverified['kappa']:.2f} and {rumour['kappa']:.2f} (`benchmarks/ceiling.py`)."
    )


def ranking(figures: dict[str, Any], names: tuple[str, ...]) -> str:
    scores = ", ".join(
        f"{name} {figures[name]['roc_auc']:.3f} and {figures[name]['average_precision']:.3f}" for name in names
    )
    return f"ROC-AUC and average precision {scores}"


def flagged_calm(figures: dict[str, Any]) -> str:
    rates = figures["neutrality"]
    return (
        f"flagged are {rates['flag_rate_political']:.1%} of {rates['political_posts']} calm political posts and "
        f"{rates['flag_rate_other']:.1%} of {rates['other_posts']} other calm ones"
    )


def heldout(figures: dict[str, Any]) -> str:
    unverified = figures["unverified"]
    return (
        f"On {figures['posts']} further posts that no part of the model was trained on, chosen because an earlier "
        f"model was unsure of them (`benchmarks/heldout.py`; how much rules weigh was chosen with them in view): "
        f"{ranking(figures, ('unverified', 'rumour', 'sensitive'))}; {flagged_calm(figures)}. At `flag` on unverified, "
        f"precision is {unverified['at_flag']['precision']:.2f} and recall {unverified['at_flag']['recall']:.2f}; the "
        f"calibration error is {unverified['calibration_error']:.3f}: posts that are hard by choice show more of what "
        "a model gets wrong than posts as they come."
    )


def unseen(figures: dict[str, Any]) -> str:
    return (
        f"On {figures['posts']} posts written as families of near twins by people who had seen neither the model nor "
        f"its training posts (`data/unseen_posts.jsonl`, `benchmarks/unseen.py`): "
        f"{ranking(figures, ('unverified', 'sensitive'))}; {flagged_calm(figures)}, which were made to look like what "
        "is flagged."
    )


def attack(figures: dict[str, Any]) -> str:
    within = figures["cleared_within"]
    return (
        f"Somebody who writes past the filter succeeds: of {figures['posts']} flagged short rumours the cheapest "
        f"single edit, mostly a word left out, takes {within['1']:.0%} out of `flag`, and two edits {within['2']:.0%} "
        "(`benchmarks/attack.py`). Read the review band."
    )


def folded(summary: str, lines: list[str]) -> list[str]:
    return [f"<details><summary>{summary}</summary>", "", *lines, "", "</details>"]


def noise(figures: dict[str, Any]) -> str:
    return "\n".join(
        [
            f"What spelling noise costs on the {figures['posts']} further posts (`benchmarks/noise.py`), as the fall "
            "of ROC-AUC:",
            "",
            *folded("every kind of noise at three strengths", robustness_lines(figures)),
        ]
    )


def functional(summary: dict[str, Any]) -> str:
    return "\n".join(
        [
            f"The functional suite asks {summary['cases']:,} questions in {len(summary['functionalities'])} "
            f"functionalities (criticism of every kind of target, minimal pairs, figurative harm, homonym places, "
            f"spelling noise, …); {summary['pass_rate']:.1%} are answered as expected (`benchmarks/functional.py`):",
            "",
            *folded("every functionality, the weakest first", table_lines(summary)),
        ]
    )


def swaps(results: dict[str, Any]) -> str:
    figures = {name: values for name, values in results.items() if name != MODEL}
    return "\n".join(
        [
            "Criticism, praise and everyday sentences, each with every word of a list in the same place "
            "(`benchmarks/neutrality.py`). The spread is the largest less the smallest probability of one sentence:",
            "",
            *neutrality_lines(figures),
            "",
            *(
                [
                    "Over the gate's limits, which the tests let through by 0.02:",
                    "",
                    *(f"- {line} (“{figures[line.partition(':')[0]]['worst'][0]['sentence']}”)" for line in broken),
                ]
                if (broken := failures(figures))
                else ["Every limit of the gate is kept."]
            ),
        ]
    )


def faithfulness(figures: dict[str, Any]) -> str:
    deleted, sums = figures["deletion"], figures["sums"]
    explainers = deleted["explainers"]
    rows = [
        f"On {sums['posts']:,} posts the parts of a score add up to its logit, and the rules' evidence to the rules' "
        f"part, within {max(sums['largest_difference'].values()):.0e}.",
        "",
        f"On {deleted['posts']} posts above `clear`, every one read by the encoder, words are deleted in the order of "
        f"their evidence ({', '.join(f'{fraction:.0%}' for fraction in deleted['fractions'])} of them). The area over "
        "the perturbation curve is the mean fall of the unverified logit; larger is better:",
        "",
        "| words deleted first by | area | more than random words (95 % interval) | posts where it is more |",
        "|---|---|---|---|",
    ]
    for name, values in sorted(explainers.items(), key=lambda item: -item[1]["area"]):
        if "above_random" in values:
            more = values["above_random"]
            rest = (
                f"{more['mean']:+.2f} ({more['low']:+.2f} to {more['high']:+.2f}) | {values['posts_above_random']:.0%}"
            )
        else:
            rest = "| "
        rows.append(f"| {name} | {values['area']:.2f} | {rest} |")
    return "\n".join(rows)


def places(figures: dict[str, Any], checked: dict[str, Any]) -> str:
    def cell(value: float | None, count: int) -> str:
        return "" if value is None else f"{value:.2f} of {count:,}"

    def row(label: str, dev: dict[str, Any], tuning: dict[str, Any]) -> str:
        cells = [
            cell(line[name], line[of])
            for line in (dev, tuning)
            for name, of in (("precision", "places"), ("recall", "mentions"))
        ]
        return f"| {label} | {' | '.join(cells)} |"

    dev, tuning = figures["dev"], figures["tuning"]
    drawn = checked["when_drawn"]
    return "\n".join(
        [
            "Place mentions in labelled real posts, by form; a mention can have several. The rules are tuned on the "
            "tuning part (`benchmarks/places.py`):",
            "",
            "| form | precision, dev | recall, dev | precision, tuning | recall, tuning |",
            "|---|---|---|---|---|",
            row("all", dev["all"], tuning["all"]),
            *(row(form, line, tuning["forms"][form]) for form, line in dev["forms"].items()),
            row("all, diacritics taken out of the posts", dev["stripped"], tuning["stripped"]),
            "",
            f"Of {checked['mentions']} resolved mentions drawn at random and checked by hand, "
            f"{sum(part['right'] for part in drawn.values())} had the right province when they were drawn "
            f"({drawn['labelled']['right']} of {drawn['labelled']['mentions']} in the labelled posts, "
            f"{drawn['social']['right']} of {drawn['social']['mentions']} in other social posts). The present rules "
            f"resolve {checked['resolved']} of them, {checked['right']} rightly: {checked['share']:.1%} (95 % Wilson "
            f"interval {checked['low']:.1%} to {checked['high']:.1%}; `benchmarks/checked_places.py`).",
        ]
    )


def replaced(text: str, name: str, block: str, *, where: str) -> str:
    pattern = re.compile(rf"(<!-- figures:{name} -->\n).*?(<!-- end -->)", re.DOTALL)
    if not pattern.search(text):
        raise SystemExit(f"{where} has no block <!-- figures:{name} --> … <!-- end -->")
    return pattern.sub(lambda match: f"{match.group(1)}{block}\n{match.group(2)}", text)


def of_model(block: str, *figures: dict[str, Any]) -> str:
    """Say of a block whose figures, or some of them, are of an earlier model that they are."""
    stale = [is_stale(one) for one in figures]
    if not any(stale):
        return block
    return f"{block}\n\n{'Measured' if all(stale) else 'In part measured'} on an earlier model."


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    measured = {name: read_results(name) for name in MEASURED}
    blocks = {
        "quality": quality(json.loads((PROJECT / "models/default/flagger.json").read_text(encoding="utf-8"))),
        "ceiling": ceiling(read_results("ceiling")),
        "heldout": of_model(heldout(measured["heldout"]), measured["heldout"]),
        "unseen": of_model(unseen(measured["unseen"]), measured["unseen"]),
        "noise": of_model(noise(measured["noise"]), measured["noise"]),
        "attack": of_model(attack(measured["attack"]), measured["attack"]),
        "functional": of_model(functional(measured["functional"]), measured["functional"]),
        "swaps": of_model(swaps(measured["neutrality"]), measured["neutrality"]),
        "places": places(read_results("places"), read_results("checked_places")),
        "faithfulness": of_model(faithfulness(measured["faithfulness"]), measured["faithfulness"]),
        "speed": of_model(speed(measured["scoring"], measured["peers"]), measured["scoring"], measured["peers"]),
    }
    before = {path: path.read_text(encoding="utf-8") for path in (README, CARD, BENCHMARKS)}
    after = dict(before)
    for name, block in blocks.items():
        after[README] = replaced(after[README], name, block, where="README.md")
    for name, heading in CARD_SECTIONS.items():
        if f"<!-- figures:{name} -->" not in after[CARD]:
            after[CARD] = f"{after[CARD].rstrip()}\n\n{heading}\n\n<!-- figures:{name} -->\n<!-- end -->\n"
        after[CARD] = replaced(after[CARD], name, blocks[name], where="the model's card")
    after[CARD] = replaced(after[CARD], "origin", ORIGIN, where="the model's card")
    after[CARD] = after[CARD].replace("license: other", "license: apache-2.0", 1)
    profile, run = read_results("encoder_profile"), read_results("soak")
    for name, block in (("encoder", of_model(encoder_time(profile), profile)), ("soak", of_model(soak(run), run))):
        after[BENCHMARKS] = replaced(after[BENCHMARKS], name, block, where="benchmarks/README.md")
    if arguments.check:
        sys.exit(after != before)
    for path, text in after.items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
