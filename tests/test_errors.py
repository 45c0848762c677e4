"""Messages that belong to no single part."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from flagger.errors import MissingExtraError, missing_extra

# The index has another project of flagger's name.
FROM_THE_INDEX = re.compile(r"pip install\s+(-\S+\s+)*['\"\\]*flagger\b")


def test_a_missing_extra_is_installed_from_the_source() -> None:
    error = missing_extra("Scoring on Ray needs ray", "ray")
    assert isinstance(error, MissingExtraError)
    assert str(error) == (
        "Scoring on Ray needs ray, which is not installed; "
        'run: pip install ".[ray]" in the folder of flagger\'s source.'
    )
    assert str(missing_extra("x", "y", otherwise="or wait")).endswith("source, or wait.")


@pytest.mark.parametrize(
    "pattern", ["src/**/*.py", "src/**/*.yaml", "docs/*.md", "notebooks/*.ipynb", "*.md", "models/*/*.md"]
)
def test_nobody_is_sent_to_the_project_of_the_same_name(project: Path, pattern: str) -> None:
    files = sorted(project.glob(pattern))
    assert files
    told = [
        f"{path.name}: {found[0]}"
        for path in files
        for line in path.read_text(encoding="utf-8").splitlines()
        if (found := FROM_THE_INDEX.search(line))
    ]
    assert told == []
