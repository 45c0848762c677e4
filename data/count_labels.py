"""Print the label counts of a file of labelled posts as Markdown tables (the ones in ``data/README.md``)."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

DEFAULT_FILE = Path(__file__).parent / "authored_posts.jsonl"


def read_posts(path: Path) -> list[dict[str, object]]:
    """Read a JSON Lines file of labelled posts.

    :param path: the file, one JSON object a line.
    :return: the posts in the file's order.
    """
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def count_table(title: str, counts: Counter[str]) -> str:
    """Write one Markdown table, most frequent name first, equal counts by name.

    :param title: the heading of the first column.
    :param counts: how often each name occurs.
    :return: the table without a final newline.
    """
    rows = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return "\n".join([f"| {title} | posts |", "|---|---|", *(f"| {name} | {count} |" for name, count in rows)])


def label_tables(posts: list[dict[str, object]]) -> str:
    """Count labels, kinds, topics and cues of posts.

    :param posts: labelled posts as ``read_posts`` gives them.
    :return: Markdown tables, separated by empty lines.
    """
    summary: Counter[str] = Counter({"all": len(posts)})
    summary["groups"] = len({str(post["group"]) for post in posts})
    for post in posts:
        summary[f"unverified {post['unverified']}"] += 1
        for name in ("claim", "local", "political"):
            summary[name] += int(bool(post[name]))
        summary["with a topic"] += int(bool(post["topics"]))
        summary["with a topic, local"] += int(bool(post["topics"]) and bool(post["local"]))
    tables = [count_table("what", summary)]
    tables.append(count_table("kind", Counter(str(post["kind"]) for post in posts)))
    for field, title in (("topics", "topic"), ("cues", "cue")):
        names: Counter[str] = Counter()
        for post in posts:
            values = post[field]
            names.update(values if isinstance(values, list) else [])
        tables.append(count_table(title, names))
    return "\n\n".join(tables)


def main() -> None:
    """Print the tables for the file named on the command line, or for the authored posts."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_FILE
    print(label_tables(read_posts(path)))


if __name__ == "__main__":
    main()
