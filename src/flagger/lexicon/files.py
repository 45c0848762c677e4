"""Read lexicon files of YAML, with errors that name file, line, field and value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from flagger.errors import LexiconError
from flagger.lexicon.neutrality import REFUSAL, refusals
from flagger.lexicon.rules import Entry, Rule, Scopes
from flagger.lexicon.schema import LexiconForm, ScopesForm

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MAXIMUM_DEPTH: Final = 100
_BRACKETS: Final = re.compile(r"[\[\]{}]")
_NESTED_MARKS: Final = re.compile(r"(?:[-?:][ \t]+){50}")
_Model = TypeVar("_Model", bound=BaseModel)


def read_folders(folders: Iterable[str | Path], taken: set[str]) -> Iterator[Rule]:
    """Read all rules of some folders.

    :param folders: the folders; sub-folders are read too.
    :param taken: ids that are in use; those that are read are added.
    :return: the rules, in the order of their files.
    :raises LexiconError: when there is no such folder, a file breaks the schema or the refusals, or an id is taken.
    """
    for folder in map(Path, folders):
        if not folder.is_dir():
            raise LexiconError(f"No lexicon folder at '{folder}'. Give a folder of YAML files.")
        paths = sorted(path for path in folder.rglob("*") if path.suffix in (".yaml", ".yml"))
        if not paths:
            raise LexiconError(f"'{folder}' holds no YAML files; expected at least one.")
        for path in paths:
            content, node = _validate(path, LexiconForm)
            for position, form in enumerate(content.entries):
                entry = form.entry()
                where = f"{path}:{_line(node, ('entries', position, 'id'))}: id"
                if not entry.id.startswith(f"{content.name}."):
                    raise LexiconError(
                        f"{where}: '{entry.id}' stands in a file of '{content.name}'; begin it with '{content.name}.'"
                    )
                if entry.id in taken:
                    raise LexiconError(f"{where}: '{entry.id}' occurs twice. Give this entry an id of its own.")
                _refuse(entry, path, node, position)
                taken.add(entry.id)
                yield Rule(content.kind, content.name, entry)


def read_scopes(path: Path) -> Scopes:
    """Read the word lists of the scopes.

    :param path: a YAML file.
    :return: the word lists.
    :raises LexiconError: when the file cannot be read or breaks the schema.
    """
    form, _ = _validate(path, ScopesForm)
    return form.scopes()


def _refuse(entry: Entry, path: Path, node: yaml.Node, position: int) -> None:
    for field, term in refusals(entry):
        line = _line(node, ("entries", position, *field))
        raise LexiconError(f"{path}:{line}: {field[0]} of '{entry.id}' holds '{term}'. {REFUSAL}")


def _validate(path: Path, model: type[_Model]) -> tuple[_Model, yaml.Node]:
    try:
        content = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise LexiconError(f"Cannot read '{path}': {error}. Expected YAML in UTF-8.") from error
    try:
        node, data = _parse(content)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = "" if mark is None else f":{mark.line + 1}"
        raise LexiconError(f"{path}{line}: not valid YAML ({getattr(error, 'problem', error)}).") from error
    except (RecursionError, ValueError) as error:
        raise LexiconError(
            f"{path}: cannot be read as YAML ({type(error).__name__}: {_shorten(str(error))})."
        ) from error
    if not isinstance(data, dict) or node is None:
        raise LexiconError(f"{path}:1: expected a mapping with {', '.join(model.model_fields)}.")
    _check_nodes(path, node, set())
    try:
        return model.model_validate(data), node
    except ValidationError as error:
        lines = [
            f"{path}:{_line(node, problem['loc'])}: {'.'.join(map(str, problem['loc'])) or 'file'}: "
            f"{problem['msg'].removeprefix('Value error, ')} (given: {_shorten(problem['input'])})"
            for problem in error.errors()
        ]
        raise LexiconError("\n".join(lines)) from error


def _parse(content: str) -> tuple[yaml.Node | None, Any]:
    """Read YAML once for both the lines and the values."""
    if _is_too_deep(content):
        raise ValueError("nested too deeply")
    loader = _Loader(content)
    try:
        node = loader.get_single_node()
        return node, None if node is None else loader.construct_document(node)
    finally:
        loader.dispose()


def _is_too_deep(content: str) -> bool:
    """Foresee nesting that would exhaust the stack of the YAML reader, which ends the whole process."""
    depth = 0
    for bracket in _BRACKETS.findall(content):
        depth = depth + 1 if bracket in "[{" else max(0, depth - 1)
        if depth > _MAXIMUM_DEPTH:
            return True
    return _NESTED_MARKS.search(content) is not None


def _check_nodes(path: Path, node: yaml.Node, seen: set[int]) -> None:
    """Refuse what YAML would swallow: a field given twice, and aliases, which can blow a small file up."""
    if id(node) in seen:
        raise LexiconError(f"{path}:{node.start_mark.line + 1}: YAML aliases are not allowed. Write the value out.")
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        keys = set()
        for key, value in node.value:
            if key.value in keys:
                line = key.start_mark.line + 1
                raise LexiconError(f"{path}:{line}: '{key.value}' is given twice. Keep one of the two.")
            keys.add(key.value)
            _check_nodes(path, value, seen)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            _check_nodes(path, value, seen)


def _line(node: yaml.Node, location: tuple[int | str, ...]) -> int:
    """Find the line of a field by walking the YAML nodes as far as they follow the location."""
    for step in location:
        following: yaml.Node | None = None
        if isinstance(node, yaml.MappingNode):
            following = next((value for key, value in node.value if key.value == step), None)
            if following is None:
                following = next((key for key, _ in node.value if key.value == step), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            following = node.value[step]
        if following is None:
            break
        node = following
    return int(node.start_mark.line) + 1


def _shorten(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
