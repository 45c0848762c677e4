"""Every unit of both systems is found and resolved in running text, with and without diacritics."""

import random
import unicodedata

import pytest

from flagger.places import Gazetteer, PlaceFinder
from flagger.text import prepare

SHORT = {
    "Tỉnh": "tỉnh",
    "Thành phố": "TP.",
    "Quận": "Q.",
    "Huyện": "H.",
    "Thị xã": "TX.",
    "Thị trấn": "TT.",
    "Xã": "xã",
    "Phường": "P.",
}
# {full} with its unit word, {lower} the unit word in lower case, {short} abbreviated, {parent} the province.
PATTERNS = (
    "Mưa lớn từ đêm qua ở {lower}, {parent}, nhiều nhà bị ngập.",
    "{full}, {parent}: cháy một kho hàng lúc rạng sáng.",
    "Nghe nói tại {lower} ({parent}) có người lạ đi vào trường học",
    "Cần cứu gấp, nước lên nhanh quá! {lower} - {parent}",
    "Nhà em ở {lower}, {parent} mất điện hai ngày rồi",
    "Công an đang làm rõ vụ tai nạn tại {lower}, {parent}.",
    "Bà con {lower} {parent} chú ý lũ về",
    "Thông báo tạm dừng cấp nước: {full}, {parent}",
    "Hôm qua em đi qua {short} {name}, {parent} thấy đường sạt lở",
    "Một ca nghi nhiễm vừa được đưa về từ {lower}, {parent}",
)


def strip(text):
    decomposed = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


@pytest.fixture(scope="module")
def gazetteer():
    return Gazetteer.load()


@pytest.fixture(scope="module")
def finder():
    return PlaceFinder.default()


def units_of(gazetteer, level):
    first = {
        "province before": (0, gazetteer.first_district),
        "district": (gazetteer.first_district, gazetteer.first_commune),
        "province now": (gazetteer.first_province_now, gazetteer.first_commune_now),
        "commune before": (gazetteer.first_commune, gazetteer.first_province_now),
        "commune now": (gazetteer.first_commune_now, len(gazetteer.names)),
    }[level]
    return list(range(*first))


def sentence(gazetteer, unit, pattern):
    full = gazetteer.full_name(unit)
    name = gazetteer.names[unit]
    word = full[: -len(name) - 1]
    parent = gazetteer.parents[unit]
    while parent >= 0 and gazetteer.parents[parent] >= 0:
        parent = gazetteer.parents[parent]
    parent_name = "Việt Nam" if parent < 0 else gazetteer.names[parent]
    parent_name = "TP.HCM" if parent_name == "Hồ Chí Minh" else parent_name
    lower = f"{word.lower()} {name}"
    return pattern.format(full=full, lower=lower, short=SHORT.get(word, word), name=name, parent=parent_name)


def is_resolved(gazetteer, finder, unit, text):
    code = gazetteer.codes[unit]
    field = "code_now" if gazetteer.is_now(unit) else "code_before"
    level = ("province", "district", "commune")[gazetteer.level(unit)]
    return any(
        getattr(candidate, field) == code and candidate.level.value == level
        for place in finder.find(prepare(text))
        for candidate in place.candidates
    )


def misses(gazetteer, finder, units, change):
    return [
        (gazetteer.full_name(unit), gazetteer.codes[unit], number)
        for unit in units
        for number, pattern in enumerate(PATTERNS)
        if not is_resolved(gazetteer, finder, unit, change(sentence(gazetteer, unit, pattern)))
    ]


@pytest.mark.parametrize("level", ["province before", "province now", "district"])
def test_every_province_and_district_resolves_with_diacritics(gazetteer, finder, level):
    units = units_of(gazetteer, level)
    missed = misses(gazetteer, finder, units, str)
    assert len(missed) <= 0.001 * len(units) * len(PATTERNS), missed[:20]


@pytest.mark.parametrize("level", ["province before", "province now", "district"])
def test_most_provinces_and_districts_resolve_without_diacritics(gazetteer, finder, level):
    units = units_of(gazetteer, level)
    missed = misses(gazetteer, finder, units, strip)
    assert len(missed) <= 0.01 * len(units) * len(PATTERNS), missed[:20]


@pytest.mark.parametrize("level", ["commune before", "commune now"])
@pytest.mark.parametrize(("change", "share"), [(str, 0.01), (strip, 0.02)])
def test_random_communes_resolve(gazetteer, finder, level, change, share):
    units = random.Random(20250701).sample(units_of(gazetteer, level), 500)
    missed = misses(gazetteer, finder, units, change)
    assert len(missed) <= share * len(units) * len(PATTERNS), missed[:20]


@pytest.mark.parametrize("level", ["commune before", "commune now"])
@pytest.mark.parametrize("change", [str, strip])
def test_communes_without_a_parent_are_among_the_candidates(gazetteer, finder, level, change):
    units = random.Random(20250701).sample(units_of(gazetteer, level), 500)
    full = [(unit, f"Sáng nay nước lên nhanh ở {gazetteer.full_name(unit)}, ai cứu với") for unit in units]
    missed = [text for unit, text in full if not is_resolved(gazetteer, finder, unit, change(text))]
    assert len(missed) <= 0.02 * len(units), missed[:20]


@pytest.mark.parametrize(
    "name", ["Hà Nội", "Đà Nẵng", "Quảng Ninh", "Nghệ An", "Phú Yên", "Đồng Tháp", "Cà Mau", "Lâm Đồng"]
)
@pytest.mark.parametrize("change", [str, str.lower, str.upper])
def test_bare_provinces_need_no_capitals(finder, name, change):
    post = change(f"hôm nay {name} mưa to lắm")
    if change is str.lower:
        post = post.lower()
    assert [place.text for place in finder.find(prepare(post))] == [change(name)]
