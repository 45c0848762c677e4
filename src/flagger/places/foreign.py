"""Places abroad: names that a country beside them puts elsewhere, and well-known ones that read like ours."""

from __future__ import annotations

import re
from typing import Final

from flagger.places.view import Mention
from flagger.places.words import phrase_set

_COUNTRIES: Final = (
    "trung quốc|nhật bản|nhật|hàn quốc|triều tiên|đài loan|thái lan|lào|campuchia|mỹ|hoa kỳ|nga|ấn độ|indonesia|"
    "malaysia|philippines|singapore|myanmar|úc|pháp|đức|anh"
)
_ABROAD_IN_BRACKET: Final = re.compile(rf" ?\( ?(?:[^\W\d_]+(?: [^\W\d_]+){{0,2}}, )?(?:{_COUNTRIES})(?: cũ)? ?\)")
_ABROAD_BESIDE: Final = re.compile(rf"(?: ?[,–-] ?| của | bên | ở )(?:{_COUNTRIES})(?!\w)")
# Units of ours whose namesakes abroad are in the news.
_NAMESAKES: Final = phrase_set(
    "hà bắc|hà nam|hà tây|sơn tây|thái nguyên|quảng đông|quảng tây|quảng châu|hải nam|vân nam|phúc kiến|giang tây|"
    "nam ninh|vũ hán|hồ nam|hồ bắc|cam túc|long môn"
)
# Mountains, rivers, islands and buildings of other countries, behind the word that introduces them.
FOREIGN_OBJECTS: Final = phrase_set(
    "hải nam|đài loan|guam|phú sĩ|phu si|dương tử|hoàng hà|bali|jeju|hawaii|okinawa|hokkaido|honshu|kyushu|phuket|"
    "boracay|crimea|taj mahal|kuril|socotra|java|borneo|luzon|mindanao|sumatra|himalaya|everest|eiffel|amazon|"
    "hỏa thần sơn|lôi thần sơn|senkaku|điếu ngư|đức bà paris|notre dame"
)


def without_foreign(text: str, mentions: list[Mention]) -> list[Mention]:
    """Leave out names that a country right behind them puts abroad: "Hà Bắc (Trung Quốc)", "Sơn Tây, Trung Quốc".

    :param text: the normal view.
    :param mentions: accepted mentions, in order.
    :return: those that stay.
    """
    return [mention for mention in mentions if not _is_abroad(text, mention)]


def _is_abroad(text: str, mention: Mention) -> bool:
    if _ABROAD_IN_BRACKET.match(text, mention.end):
        return True
    name = text[mention.name_start : mention.end]
    return name in _NAMESAKES and _ABROAD_BESIDE.match(text, mention.end) is not None
