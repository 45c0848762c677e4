"""Objects that are called after a place: where they lie, and when that stays open."""

import pytest
from place_finding import places_of


def found(post):
    return {place.text: place.province for place in places_of(post)}


@pytest.mark.parametrize(
    ("post", "text", "province"),
    [
        ("Khói bốc lên từ chợ Đồng Xuân, Hà Nội", "chợ Đồng Xuân", "Hà Nội"),
        ("Thang máy rơi ở khách sạn Sài Gòn ở Đà Nẵng", "khách sạn Sài Gòn", "Đà Nẵng"),
        ("Nghe đồn quán phở Nam Định ở Cầu Giấy bị phạt", "quán phở Nam Định", "Hà Nội"),
        ("Sập mái tiệm vàng Hà Giang tại Cần Thơ", "tiệm vàng Hà Giang", "Cần Thơ"),
        ("Mất nước chung cư Bình Dương (quận 10)", "chung cư Bình Dương", "TP. Hồ Chí Minh"),
        ("Ngập thôn Phú Thọ, xã Tam Hiệp, huyện Núi Thành, Quảng Nam", "thôn Phú Thọ", "Đà Nẵng"),
        ("Cháy chợ Thái Bình, đường Nguyễn Du, TP Cần Thơ", "chợ Thái Bình", "Cần Thơ"),
        ("Xe kẹt trước bến xe Sài Gòn ở Đà Lạt", "bến xe Sài Gòn", "Lâm Đồng"),
    ],
)
def test_a_place_that_follows_decides_where_an_object_lies(post, text, province):
    assert found(post)[text] == province


@pytest.mark.parametrize(
    "text",
    [
        "chợ Hòa Bình",
        "chợ Vĩnh Tân",
        "chung cư Hòa Bình",
        "khách sạn Cao Bằng",
        "nhà hàng Phú Yên",
        "ngã tư Vũng Tàu",
        "khu phố Thái Bình",
        "quán cơm Kiên Giang",
        "cửa hàng Lạng Sơn",
    ],
)
def test_the_inner_name_of_a_market_or_a_house_alone_leaves_its_province_open(text):
    assert found(f"Tối qua có cháy ở {text} đó bà con") == {text: None}


def test_a_new_sentence_is_no_parent():
    assert found("Tối qua cháy ở chợ Đồng Xuân. Đà Nẵng mưa to")["chợ Đồng Xuân"] is None


@pytest.mark.parametrize(
    "post",
    [
        "Cháy ở chợ Hòa Bình, thành phố Hòa Bình",
        "Dân Hòa Bình hoang mang vì tối qua cháy ở chợ Hòa Bình",
        "Sập mái chợ Hòa Bình ở huyện Lương Sơn",
    ],
)
def test_an_inner_name_with_which_the_others_agree_counts(post):
    assert found(post)["chợ Hòa Bình"] == "Phú Thọ"


def test_an_inner_name_counts_for_nothing_among_places_of_two_provinces():
    assert found("Em ở Hòa Bình xuống Hà Nội rồi, nghe cháy ở chợ Hòa Bình mà lo")["chợ Hòa Bình"] is None


@pytest.mark.parametrize(
    ("text", "province"),
    [
        ("bệnh viện tỉnh Phú Yên", "Đắk Lắk"),
        ("bệnh viện đa khoa huyện Thanh Oai", "Hà Nội"),
        ("chợ huyện Thanh Oai", "Hà Nội"),
        ("bệnh viện Phú Yên", "Đắk Lắk"),
        ("trường THPT Gia Viễn", "Ninh Bình"),
        ("bến xe Gia Lâm", "Hà Nội"),
        ("sân bay Phú Quốc", "An Giang"),
        ("khu công nghiệp Nhơn Trạch", "Đồng Nai"),
        ("cầu Long Biên", "Hà Nội"),
        ("sông Đồng Nai", "Đồng Nai"),
        ("siêu thị Tân Phát Thanh Hóa", "Thanh Hóa"),
        ("chợ Bến Thành", "TP. Hồ Chí Minh"),
    ],
)
def test_public_bodies_stations_and_names_with_a_unit_keep_their_province(text, province):
    assert found(f"Nghe nói đông nghẹt người ở {text} luôn") == {text: province}


def test_the_home_of_a_person_and_several_shops_are_no_object_called_after_a_place():
    assert found("Nạn nhân quê quán Nam Định, chưa rõ tuổi")["Nam Định"] == "Ninh Bình"
    assert found("Nghe nói các quán Hà Nội phải đóng cửa")["Hà Nội"] == "Hà Nội"


@pytest.mark.parametrize(
    ("post", "text"),
    [
        ("Đường Nguyễn Hữu Cảnh cứ mưa là ngập", "Đường Nguyễn Hữu Cảnh"),
        ("Trời ơi. Đường Kha Vạn Cân lại lụt", "Đường Kha Vạn Cân"),
        ("Chợ Hòa Bình bốc khói", "Chợ Hòa Bình"),
    ],
)
def test_a_street_at_the_beginning_of_a_sentence_is_found_with_its_capital(post, text):
    assert found(post) == {text: None}


@pytest.mark.parametrize("post", ["Đường Tăng đi lấy kinh", "Đường Sắt Việt Nam bán vé Tết", "Trường Giang hát hay"])
def test_other_names_that_begin_like_a_street_are_none(post):
    assert found(post) == {}


def test_a_unit_that_begins_like_a_bridge_stays_a_unit():
    assert found("Cầu Giấy Hà Nội kẹt cứng") == {"Cầu Giấy": "Hà Nội", "Hà Nội": "Hà Nội"}
