"""Where things lie: what ships with the package, and folders that other processes must find."""

from __future__ import annotations

from pathlib import Path
from typing import Final

PACKAGE: Final = Path(__file__).parent


def shipped(path: str | Path, package: Path = PACKAGE) -> Path:
    """Find a file or folder that ships with the package.

    :param path: where it lies in a built package.
    :param package: folder of the package.
    :return: that place, or in a source checkout the one that the package is built from, whether it exists or not.
    """
    inside = package / path
    return inside if inside.exists() else package.parents[1] / path


def lasting_name(name: str | Path | None) -> str | None:
    """Name a folder so that it is found from another working directory.

    :param name: a folder, or what is no folder here and stays as it is, such as a hub id.
    :return: the full path of a folder, or the name.
    """
    if name is None:
        return None
    return str(Path(name).resolve() if Path(name).is_dir() else name)
