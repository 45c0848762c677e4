"""Vietnamese word segmentation by underthesea, with a map back to the text."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flagger.errors import missing_extra
from flagger.text.aligned import AlignedText

# PhoBERT reads "_" as the joint inside a word. One that the writer typed is given to it as another character.
WRITERS_UNDERSCORE = "\uff3f"
JOINT = "_"


def load_segmenter() -> Callable[[str], Sequence[str]]:
    """Load underthesea's word segmentation.

    :return: a function from a text to its words, whose syllables are separated by spaces.
    :raises MissingExtraError: when underthesea is not installed.
    """
    try:
        from underthesea import word_tokenize
    except ImportError as error:
        raise missing_extra("This model reads segmented words and needs underthesea", "phobert") from error
    return lambda text: list(word_tokenize(text))


def segmenter_version() -> str:
    """Give name and version of the segmenter, which a model stores.

    :return: such as ``underthesea 9.5.0``.
    """
    from importlib.metadata import version

    return f"underthesea {version('underthesea')}"


def segment(text: str, words_of: Callable[[str], Sequence[str]]) -> AlignedText:
    """Write a text as PhoBERT reads it: words between single spaces, the syllables of a word joined by ``_``.

    :param text: any text.
    :param words_of: a segmenter that changes nothing but white space; when it does, the text is cut at its own
        white space instead.
    :return: the segmented text, each character mapped to where it stands in ``text``.
    """
    escaped = text.replace(JOINT, WRITERS_UNDERSCORE)
    solid = [(position, character) for position, character in enumerate(escaped) if not character.isspace()]
    if not solid:
        return AlignedText("", (), ())
    found = [word for word in words_of(escaped) if word.split()]
    words = ["".join(word.split()) for word in found]
    joints = [_joints(word) for word in found]
    if "".join(words) != "".join(character for _, character in solid):
        words = escaped.split()
        joints = [set() for _ in words]
    characters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []

    def put(character: str, start: int, end: int) -> None:
        characters.append(character)
        starts.append(start)
        ends.append(end)

    cursor = 0
    for word, inner in zip(words, joints, strict=True):
        if cursor:
            before, after = solid[cursor - 1][0] + 1, solid[cursor][0]
            put(" ", before, max(before, after))
        for offset, character in enumerate(word):
            if offset in inner:
                put(JOINT, solid[cursor - 1][0] + 1, solid[cursor][0])
            put(character, solid[cursor][0], solid[cursor][0] + 1)
            cursor += 1
    return AlignedText("".join(characters), starts, ends)


def _joints(word: str) -> set[int]:
    """Give the positions, in the word without white space, before which a new syllable begins."""
    positions = set()
    length = 0
    for syllable in word.split():
        if length:
            positions.add(length)
        length += len(syllable)
    return positions
