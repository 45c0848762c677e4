"""Write `authored_swaps.jsonl`: our own opinions and everyday sentences, the same words about somebody else.

A model learns from examples whom rumours are about, and would then score the same complaint differently for a bank and
for a ward. Every post here is one of our own that claims nothing, with its target swapped; its labels stay, since an
opinion is no claim whomever it is about. Calm sentences with a slot are filled, too: `target_sentences.txt` with
targets, `group_sentences.txt` with words for groups of people (`group_words.yaml`). `swap_of` names the sentence that a
post is a copy of: an encoder learns to say the same of all copies. Run: `python data/swap_targets.py`.
"""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

import yaml

HERE = Path(__file__).parent
SOURCES = (
    *("authored_posts.jsonl", "authored_everyday.jsonl", "authored_contrasts.jsonl", "authored_twins.jsonl"),
    *("authored_short.jsonl", "authored_long.jsonl", "authored_more.jsonl"),
)
COPIES = 10
GROUP_COPIES = 8
SLOT_COPIES = 6
MOST = 2200
SEED = 0

# Public bodies and offices: an opinion on them is marked as political, as the annotation guide says.
PUBLIC = (
    *("công an", "công an phường", "công an xã", "cảnh sát giao thông", "csgt", "dân phòng", "quân đội", "bộ đội"),
    *("chính quyền", "chính quyền xã", "ủy ban xã", "ủy ban phường", "ubnd huyện", "ubnd tỉnh", "chủ tịch xã"),
    *("chủ tịch phường", "chủ tịch tỉnh", "bí thư huyện", "thủ tướng", "chính phủ", "quốc hội", "đảng", "nhà nước"),
    *("bộ y tế", "bộ giáo dục", "bộ giao thông", "sở y tế", "sở giáo dục", "sở xây dựng", "tòa án", "viện kiểm sát"),
    *("cục thuế", "hải quan", "đại biểu hội đồng", "tổ trưởng dân phố", "trưởng thôn", "cán bộ xã", "lãnh đạo tỉnh"),
    *("chính phủ Mỹ", "chính phủ Nhật", "Trung Quốc", "Nga", "phe đối lập", "nhóm vận động", "nhà hoạt động"),
)
OTHERS = (
    *("ngân hàng", "Vietcombank", "Agribank", "Techcombank", "MB Bank", "Viettel", "Mobifone", "FPT", "VNPT", "EVN"),
    *("điện lực", "công ty nước sạch", "Vinamilk", "Vingroup", "Shopee", "Lazada", "Grab", "Bamboo", "Vietjet"),
    *("Vietnam Airlines", "bệnh viện", "trạm y tế", "bác sĩ", "nhà trường", "hiệu trưởng", "cô giáo", "thầy giáo"),
    *(
        "trường học",
        "phụ huynh",
        "báo chí",
        "nhà đài",
        "VTV",
        "VnExpress",
        "Tuổi Trẻ",
        "phóng viên",
        "ca sĩ",
        "diễn viên",
    ),
    *(
        "đội tuyển",
        "huấn luyện viên",
        "trọng tài",
        "câu lạc bộ",
        "liên đoàn bóng đá",
        "nhà chùa",
        "nhà thờ",
        "hội thánh",
    ),
    *("ban quản lý chung cư", "chủ đầu tư", "chủ trọ", "hàng xóm", "ông chủ", "sếp", "shipper", "tài xế", "bảo vệ"),
    *("người bán", "quán ăn", "siêu thị", "chợ", "cửa hàng", "dân mạng", "sinh viên", "ban giám đốc", "công đoàn"),
    *(
        "ông Tư",
        "bà Năm",
        "anh Hùng",
        "chị Lan",
        "hợp tác xã",
        "ban tổ chức",
        "nhà sản xuất",
        "hội khuyến học",
    ),
)
TARGETS = (*PUBLIC, *OTHERS)
# Further targets that only the slots are filled with.
PUBLIC_OF_SLOTS = (
    *PUBLIC,
    *("Bộ Tài chính", "Bộ Công Thương", "Bộ Nội vụ", "Thanh tra tỉnh", "Mặt trận Tổ quốc", "Hội Phụ nữ xã"),
    *("Đoàn Thanh niên", "kho bạc", "bảo hiểm xã hội", "sở giao thông", "ban tuyên giáo", "chi cục thuế"),
    *("tổng thống Mỹ", "chính phủ Hàn Quốc", "Ấn Độ", "Liên minh châu Âu", "WHO", "UNICEF", "ASEAN"),
)
OTHERS_OF_SLOTS = (
    *OTHERS,
    *("ACB", "Sacombank", "Facebook", "Google", "TikTok", "bưu điện", "hãng taxi", "nhà xe", "tiệm thuốc", "nha khoa"),
    *("FIFA", "đội bóng phường", "trung tâm tiếng Anh", "nhóm từ thiện", "ban nhạc", "nhà văn", "thầy trụ trì"),
)
# Words that may be put in but are not taken out, since they have other meanings; groups of people are in neither list,
# since the same insult may be hate when it is about them.
AMBIGUOUS = {
    *("Nga", "Tuổi Trẻ", "bảo vệ", "chợ", "đảng", "sếp", "trường học", "ông chủ"),
    *("anh Hùng", "bà Năm", "chị Lan", "ông Tư"),
}
_FOUND = sorted(set(TARGETS) - AMBIGUOUS, key=lambda name: (-len(name), name))
_TARGET = re.compile(rf"(?<!\w)({'|'.join(map(re.escape, _FOUND))})(?!\w| tư\b)", re.IGNORECASE)


def main() -> None:
    """Write the file."""
    generator = random.Random(SEED)
    rows = []
    seen = set()
    for name in SOURCES:
        for line in (HERE / name).read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            found = _TARGET.findall(row["text"])
            if row["kind"] != "opinion" or len(found) != 1:
                continue
            if row["claim"] or row["unverified"] or row["topics"] or row["local"]:
                continue
            seen.add(row["text"])
            for target in generator.sample(TARGETS, COPIES):
                text = swapped(row["text"], target)
                if text in seen:
                    continue
                seen.add(text)
                political = int(target in PUBLIC)
                rows.append({**row, "text": text, "political": political, "places": [], "swap_of": row["id"]})
    generator.shuffle(rows)
    rows = [*rows[:MOST], *group_rows(generator), *slot_rows(generator)]
    kept = [{**row, "id": f"swap-{number:04d}"} for number, row in enumerate(rows, start=1)]
    content = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in kept)
    (HERE / "authored_swaps.jsonl").write_text(content, encoding="utf-8")
    print(f"{len(kept)} posts written")


def group_rows(generator: random.Random) -> list[dict[str, object]]:
    """Fill calm sentences with words for groups of people, every kind in every sentence.

    :param generator: source of chance.
    :return: labelled posts.
    """
    kinds = list(yaml.safe_load((HERE / "group_words.yaml").read_text(encoding="utf-8")).values())
    rows = []
    for number, sentence in enumerate(sentences("group_sentences.txt"), start=1):
        for copy in range(GROUP_COPIES):
            word = generator.choice(kinds[copy % len(kinds)])
            rows.append(calm_row(f"sw-people-{number:02d}", sentence, word, kind="personal"))
    return rows


def slot_rows(generator: random.Random) -> list[dict[str, object]]:
    """Fill sentences about nobody in particular with targets, half of them public bodies.

    :param generator: source of chance.
    :return: labelled posts.
    """
    rows = []
    half = SLOT_COPIES // 2
    for number, sentence in enumerate(sentences("target_sentences.txt"), start=1):
        words = (*generator.sample(PUBLIC_OF_SLOTS, half), *generator.sample(OTHERS_OF_SLOTS, half))
        rows += [calm_row(f"sw-slot-{number:03d}", sentence, word, kind="opinion") for word in words]
    return rows


def sentences(name: str) -> list[str]:
    """Read the sentences of a file.

    :param name: name of the file.
    :return: its lines, without those that begin with ``#``.
    """
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


def calm_row(group: str, sentence: str, word: str, *, kind: str) -> dict[str, object]:
    """Fill a sentence.

    :param group: name of the sentence.
    :param sentence: a sentence that holds ``{t}``.
    :param word: what it is about.
    :param kind: kind of text.
    :return: a labelled post that claims nothing.
    """
    text = sentence.replace("{t}", word)
    if sentence.startswith("{t}"):
        text = text[0].upper() + text[1:]
    labels = {"claim": 0, "unverified": 0, "cues": [], "topics": [], "local": 0, "places": []}
    political = int(word in PUBLIC_OF_SLOTS)
    return {"id": "", "group": group, "text": text, **labels, "political": political, "kind": kind, "swap_of": group}


def swapped(text: str, target: str) -> str:
    """Put another target in the place of the one that is there.

    :param text: a post that names one target.
    :param target: the other target.
    :return: the post about it; capitals as before.
    """

    def instead(match: re.Match[str]) -> str:
        before = match.group()
        if before.isupper() and len(before) > 3:
            return target.upper()
        return target[0].upper() + target[1:] if before[0].isupper() and match.start() == 0 else target

    return _TARGET.sub(instead, text)


if __name__ == "__main__":
    main()
