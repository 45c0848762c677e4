"""The closed sets of names that flagger speaks: axes, decisions, topics, cues and levels of place.

The names follow the project's annotation guide and never change meaning; labels for people exist in English and
Vietnamese.
No name here is about political stance, opinion or people, and none may be added.
"""

from __future__ import annotations

from enum import Enum
from typing import Final, Literal

Language = Literal["en", "vi"]


class Decision(str, Enum):
    """What a desk should do with a post on one axis; ``review`` is the abstain band between two thresholds."""

    CLEAR = "clear"
    REVIEW = "review"
    FLAG = "flag"


class PlaceLevel(str, Enum):
    """Administrative level of a place; ``other`` covers localities, streets, schools, hospitals and markets."""

    PROVINCE = "province"
    DISTRICT = "district"
    COMMUNE = "commune"
    OTHER = "other"


AXES: Final = ("unverified", "sensitive")

TOPICS: Final = (
    "disaster",
    "health",
    "food_safety",
    "crime",
    "child_safety",
    "accident",
    "scam",
    "finance",
    "violence",
    "hate",
    "privacy",
    "environment",
)

RAISING_CUES: Final = (
    "hearsay",
    "anonymous_source",
    "vague_authority",
    "urgent_share",
    "chain_message",
    "miracle_cure",
    "too_good",
    "extraordinary",
    "no_source",
    "question_spread",
    "manipulated_context",
)
LOWERING_CUES: Final = (
    "named_source",
    "official_source",
    "link_source",
    "correction",
    "first_hand",
    "edited_news",
)
CUES: Final = RAISING_CUES + LOWERING_CUES

# What a score is a sum of, on the logit scale.
PARTS: Final = ("intercept", "rules", "wording", "encoder", "form", "subject", "harm", "place")

LABELS: Final[dict[str, dict[str, str]]] = {
    "en": {
        "unverified": "unverified",
        "sensitive": "sensitive local content",
        "clear": "clear",
        "review": "review",
        "flag": "flag",
        "disaster": "natural disaster",
        "health": "health",
        "food_safety": "food safety",
        "crime": "crime",
        "child_safety": "child safety",
        "accident": "accident",
        "scam": "scam",
        "finance": "financial panic",
        "violence": "violence",
        "hate": "hate",
        "privacy": "privacy",
        "environment": "environment",
        "hearsay": "hearsay",
        "anonymous_source": "anonymous source",
        "vague_authority": "vague authority",
        "urgent_share": "urgent call to share",
        "chain_message": "chain message",
        "miracle_cure": "miracle cure",
        "too_good": "too good to be true",
        "extraordinary": "extraordinary claim",
        "no_source": "claim without a source",
        "question_spread": "question that spreads the claim",
        "manipulated_context": "manipulated context",
        "named_source": "named source",
        "official_source": "official source",
        "link_source": "link as source",
        "correction": "correction or denial",
        "first_hand": "first-hand account",
        "edited_news": "edited news",
        "taken_back": "taken back",
        "place": "place",
        "wording": "wording",
        "province": "province",
        "district": "district",
        "commune": "commune",
        "other": "other place",
        "intercept": "starting point",
        "rules": "cues found",
        "encoder": "language model",
        "form": "links, numbers, questions",
        "subject": "subject and place",
        "harm": "harm",
    },
    "vi": {
        "unverified": "chưa kiểm chứng",
        "sensitive": "nhạy cảm tại địa phương",
        "clear": "đọc sau",
        "review": "nên xem",
        "flag": "đọc trước",
        "disaster": "thiên tai",
        "health": "y tế, dịch bệnh",
        "food_safety": "an toàn thực phẩm",
        "crime": "tội phạm",
        "child_safety": "an toàn trẻ em",
        "accident": "tai nạn",
        "scam": "lừa đảo",
        "finance": "hoảng loạn tài chính",
        "violence": "bạo lực",
        "hate": "thù ghét",
        "privacy": "riêng tư",
        "environment": "môi trường",
        "hearsay": "tin nghe lại",
        "anonymous_source": "nguồn giấu tên",
        "vague_authority": "nguồn mơ hồ",
        "urgent_share": "hối thúc chia sẻ",
        "chain_message": "tin nhắn dây chuyền",
        "miracle_cure": "thuốc tiên",
        "too_good": "lợi quá mức",
        "extraordinary": "chuyện khó tin",
        "no_source": "không nêu nguồn",
        "question_spread": "hỏi mà loan tin",
        "manipulated_context": "bối cảnh bị cắt ghép",
        "named_source": "nguồn có tên",
        "official_source": "nguồn chính thức",
        "link_source": "có đường dẫn nguồn",
        "correction": "đính chính, bác bỏ",
        "first_hand": "người trong cuộc kể",
        "edited_news": "tin đã biên tập",
        "taken_back": "bị ngữ cảnh gạt đi",
        "place": "địa danh",
        "wording": "cách viết",
        "province": "tỉnh, thành",
        "district": "quận, huyện",
        "commune": "xã, phường",
        "other": "nơi khác",
        "intercept": "điểm gốc",
        "rules": "dấu hiệu tìm thấy",
        "encoder": "mô hình ngôn ngữ",
        "form": "đường dẫn, số máy, câu hỏi",
        "subject": "chủ đề và nơi chốn",
        "harm": "điều gây hại",
    },
}


def label(name: str, language: Language = "en") -> str:
    """Give the label that people read for a name of this vocabulary.

    :param name: an axis, decision, topic, cue, level or part of a score, or ``taken_back``, which stands before a
        raising cue whose context makes it lower the score.
    :param language: ``en`` or ``vi``.
    :return: the label, or the name itself when the vocabulary has none for it.
    """
    return LABELS[language].get(name, name)
