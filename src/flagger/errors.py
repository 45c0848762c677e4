"""Exceptions of flagger: each message says what was given, what was expected and what to do next."""


class FlaggerError(Exception):
    """Base class of every error that flagger raises on purpose."""


class InputError(FlaggerError, ValueError):
    """A post, table, column or argument cannot be used as given."""


class UnreadableTableError(InputError):
    """A table file cannot be read: missing, truncated, of an unknown kind, or without the named column."""


class OutputError(FlaggerError, OSError):
    """A result file cannot be written: unknown extension, no permission, disk full."""


class LexiconError(FlaggerError, ValueError):
    """A lexicon file breaks the schema or the refusals of the project."""


class ModelFolderError(FlaggerError, ValueError):
    """A model folder is missing, incomplete, damaged or made by an incompatible version."""


class MissingExtraError(FlaggerError, ImportError):
    """A feature needs packages that are not installed; the message names the extra to install."""


def missing_extra(what: str, extra: str, *, otherwise: str = "") -> MissingExtraError:
    """Make the error for a package of an extra that is not installed.

    The index has another project of flagger's name, so the message must not send anyone there.

    :param what: what needs which package, as the beginning of a sentence: "Scoring on Ray needs ray".
    :param extra: name of the extra.
    :param otherwise: what to do instead, as the end of a sentence: "or explain by occlusion".
    :return: the error.
    """
    end = f", {otherwise}." if otherwise else "."
    return MissingExtraError(
        f'{what}, which is not installed; run: pip install ".[{extra}]" in the folder of flagger\'s source{end}'
    )
