"""Everyday sentences in which a name of a place is a word or a person."""

import csv

import pytest

from flagger.places import PlaceFinder
from flagger.text import prepare

MOST_FALSE = 0.03


@pytest.fixture(scope="module")
def sentences(project):
    with (project / "tests" / "data" / "place_homonyms.csv").open(encoding="utf-8", newline="") as stream:
        return [row["text"] for row in csv.DictReader(stream)]


def texts(post):
    return [place.text for place in PlaceFinder.default().find(prepare(post))]


def test_there_are_300_different_sentences_with_and_without_diacritics(sentences):
    assert len(set(sentences)) == len(sentences) >= 300
    assert sum(sentence.isascii() for sentence in sentences) >= 60


def test_everyday_sentences_give_no_places(sentences):
    false = {sentence: found for sentence in sentences if (found := texts(sentence))}
    assert len(false) <= MOST_FALSE * len(sentences), false


@pytest.mark.parametrize(
    ("homonym", "place"),
    [
        ("Hà tĩnh lặng nhìn ra cửa sổ", "Hà tĩnh mưa lớn, nhiều xã ngập"),
        ("Khánh hòa giải hai bên xong thì đi ăn", "Khánh hòa mất điện diện rộng"),
        ("quang binh tinh lai di ong", "quang binh ngap nang roi ba con oi"),
        ("Công nghệ an toàn thông tin", "nghệ an lũ lên nhanh quá"),
        ("Hội an ninh mạng tổ chức cuộc thi", "Hội an ngập sâu một mét"),
        ("Chị Thanh Thủy mở lớp dạy làm bánh", "Cháy rừng ở Thanh Thủy"),
        ("Bác Tuyên Quang kể hồi xưa đi bộ đội", "Tuyên Quang sạt lở nhiều nơi"),
        ("Hà Giang ơi, ra lấy bưu phẩm nè em", "Hà Giang có lũ quét đêm qua"),
        ("Báo cáo Q1 với Q2 nộp trước thứ sáu", "Cháy nhà ở Q1 với Q5"),
        ("đi chợ lách qua mấy sạp cá", "Mất điện ở chợ lách, bến tre"),
        ("Nguyễn Đức Trọng hát hay", "Mưa đá ở Đức Trọng, Lâm Đồng"),
    ],
)
def test_context_tells_a_word_from_a_place(homonym, place):
    assert texts(homonym) == []
    assert texts(place) != []


@pytest.mark.parametrize(
    ("post", "expected"),
    [
        ("Cháy ở xã Tân Hưng Tây Ninh", ["xã Tân Hưng", "Tây Ninh"]),
        ("chay o xa Bac Xa Lang Son", ["xa Bac Xa", "Lang Son"]),
        ("Ngập ở huyện Tân Phú Đồng Nai", ["huyện Tân Phú", "Đồng Nai"]),
        ("cháy ở phường láng, hà nội", ["phường láng", "hà nội"]),
        ("mat dien o xa Xy, Quang Tri", ["xa Xy", "Quang Tri"]),
    ],
)
def test_addresses_without_commas_and_short_names(post, expected):
    assert texts(post) == expected


def test_a_name_is_read_as_it_is_spelled():
    place = PlaceFinder.default().find(prepare("Lũ ở xã Tân Thạnh"))[0]
    assert {candidate.name.split(" ", 1)[1] for candidate in place.candidates if candidate.code_before} == {"Tân Thạnh"}
    assert len(place.candidates) > 2


def test_the_city_stands_before_its_own_province():
    city, province = PlaceFinder.default().find(prepare("Cháy chợ ở Trà Vinh, Trà Vinh"))
    assert (city.level.value, province.level.value) == ("district", "province")
    assert province.province == "Vĩnh Long"


def test_a_bare_old_city_also_means_the_ward_that_has_its_name_now():
    place = PlaceFinder.default().find(prepare("Ngập nặng ở Vĩnh Yên, Phú Thọ"))[0]
    assert place.level.value == "district"
    assert {candidate.level.value for candidate in place.candidates} == {"district", "commune"}
    assert place.province == "Phú Thọ"
    assert any(candidate.code_now for candidate in place.candidates)
