"""flagger: which Vietnamese posts to check first, and why.

It finds posts that pass on an unverified claim and posts about harm in a place in Viet Nam. It never says that a post
is false, and it does not score opinions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagger.errors import FlaggerError
from flagger.version import __version__

if TYPE_CHECKING:
    from flagger.aggregates import summary
    from flagger.results import Result
    from flagger.scorer import Flagger

__all__ = ["Flagger", "FlaggerError", "Result", "__version__", "summary"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - the module's own lazily loaded names
    """Load the public names on first use, so that ``import flagger`` stays quick."""
    if name == "Flagger":
        from flagger.scorer import Flagger

        return Flagger
    if name == "Result":
        from flagger.results import Result

        return Result
    if name == "summary":
        from flagger.aggregates import summary

        return summary
    raise AttributeError(f"module 'flagger' has no attribute {name!r}")
