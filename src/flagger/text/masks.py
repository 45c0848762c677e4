"""Links, e-mail addresses and phone numbers as one word each: that they are there matters, not what they say."""

from __future__ import annotations

import re
from typing import Final

from flagger.text.aligned import AlignedText

_NEEDS: Final = re.compile(r"://|www\.|@|\d{3}")
_LINK: Final = re.compile(r"(?:https?://|www\.)[^\s<>\"“”]{1,2000}")
_EMAIL: Final = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
# Vietnamese numbers: 0 or +84 and eight to ten more digits, in groups or not.
_PHONE: Final = re.compile(r"(?<![\w.,/-])(?:\+?84|0)(?:[ .-]?\d){8,10}(?![\w/-])")


def mask(view: AlignedText) -> AlignedText:
    """Replace links by ``<url>``, addresses by ``<email>`` and phone numbers by ``<phone>``.

    :param view: a lower-case view of a post.
    :return: a view with the masks, each mapped to the whole of what it stands for; the same view when there is nothing.
    """
    if _NEEDS.search(view.text) is None:
        return view
    view = view.substitute(_LINK, lambda match: "<url>")
    view = view.substitute(_EMAIL, lambda match: "<email>")
    return view.substitute(_PHONE, lambda match: "<phone>")
