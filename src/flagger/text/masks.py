"""What models are not to read: the letters of links, addresses and phone numbers, and how loudly somebody writes."""

from __future__ import annotations

import re
from typing import Final

from flagger.text.aligned import AlignedText

_NEEDS: Final = re.compile(r"://|www\.|@|\d{3}|!|\?\?")
_LINK: Final = re.compile(r"(?:https?://|www\.)[^\s<>\"“”]{1,2000}")
_EMAIL: Final = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
# Vietnamese numbers: 0 or +84 and eight to ten more digits, in groups or not.
_PHONE: Final = re.compile(r"(?<![\w.,/-])(?:\+?84|0)(?:[ .-]?\d){8,10}(?![\w/-])")
# An exclamation is no reason to check a post: anger and joy must read like a plain sentence.
_LOUD: Final = re.compile(r"[!?]*![!?]*|\?{2,}")


def mask(view: AlignedText) -> AlignedText:
    """Replace links by ``<url>``, addresses by ``<email>``, phone numbers by ``<phone>``, and lower the voice.

    A run of exclamation marks becomes a full stop, one with a question mark in it a question mark.

    :param view: a lower-case view of a post.
    :return: a view with the masks, each mapped to the whole of what it stands for; the same view when there is nothing.
    """
    if _NEEDS.search(view.text) is None:
        return view
    view = view.substitute(_LINK, lambda match: "<url>")
    view = view.substitute(_EMAIL, lambda match: "<email>")
    view = view.substitute(_PHONE, lambda match: "<phone>")
    return view.substitute(_LOUD, lambda match: "?" if "?" in match.group() else ".")
