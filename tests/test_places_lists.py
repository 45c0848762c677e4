"""Lists in which the unit word stands once."""

import pytest
from place_finding import places_of, texts


def found(post):
    return [(place.text, place.level.value, place.province) for place in places_of(post)]


@pytest.mark.parametrize(
    ("post", "expected"),
    [
        ("Lũ cô lập các xã Trà Leng, Trà Tập và Trà Vân", ["xã Trà Leng", "Trà Tập", "Trà Vân"]),
        ("Ngập ở xã Hòa Thịnh, Hòa Mỹ và Sơn Thành", ["xã Hòa Thịnh", "Hòa Mỹ", "Sơn Thành"]),
        ("ngap o xa Hoa Thinh, Hoa My va Son Thanh", ["xa Hoa Thinh", "Hoa My", "Son Thanh"]),
        ("Cúp nước hai phường Sài Gòn và Bến Thành", ["phường Sài Gòn", "Bến Thành"]),
        ("Mất điện ở quận 1, 3 và 5", ["quận 1", "3", "5"]),
        ("Mất điện ở Q.7, 8, Nhà Bè", ["Q.7", "8", "Nhà Bè"]),
        ("Mất nước phường 12, 13 quận Tân Bình", ["phường 12", "13", "quận Tân Bình"]),
    ],
)
def test_each_name_of_a_list_is_found(post, expected):
    assert texts(post) == expected


@pytest.mark.parametrize(
    "post",
    [
        "Tông xe ở quận 1, 3 người bị thương",
        "Đuối nước ở phường 5, 3 cháu nhỏ được cứu",
        "Rào đường quận 1, 2/9 mới xong",
        "Quận 1, 3,5 tỷ một căn",
    ],
)
def test_an_amount_is_no_further_number(post):
    assert len(texts(post)) == 1


def test_the_unit_word_decides_between_units_of_one_name():
    assert found("Mưa đá ở quận Tân Bình, Tân Phú và Bình Tân") == [
        ("quận Tân Bình", "district", "TP. Hồ Chí Minh"),
        ("Tân Phú", "district", "TP. Hồ Chí Minh"),
        ("Bình Tân", "district", "TP. Hồ Chí Minh"),
    ]
    assert found("Các phường Hải Châu, Thanh Khê cúp nước")[1] == ("Thanh Khê", "commune", "Đà Nẵng")


def test_the_district_behind_a_commune_is_no_further_commune():
    assert found("Sạt lở ở xã Trà Leng, Nam Trà My")[1] == ("Nam Trà My", "district", "Đà Nẵng")


def test_words_and_names_from_elsewhere_are_no_part_of_a_list():
    assert texts("Dân xã Hòa Thịnh, an ninh và trật tự được giữ") == ["xã Hòa Thịnh"]
    assert texts("Công an phường Cầu Ông Lãnh, Minh Tân khai nhận") == ["phường Cầu Ông Lãnh"]
