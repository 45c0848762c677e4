"""Faults that a sample of real posts showed; the sentences are ours."""

import pytest
from place_finding import found


@pytest.mark.parametrize("region", ["núi", "biển"])
def test_a_kind_of_region_is_no_part_of_a_name(region):
    post = f"Mưa đá ở huyện miền {region} Sơn Hòa (tỉnh Phú Yên)"
    assert ("Sơn Hòa", "Đắk Lắk") in found(post)


def test_a_mountain_is_still_one_place():
    assert found("Cháy rừng trên núi Bà Đen, Tây Ninh")[0][0] == "núi Bà Đen"


def test_a_judge_is_no_district():
    assert found("Tôi nói bác Bình phó giám đốc chứ không phải Bình Chánh án") == []
    assert found("Cháy xưởng gỗ Bình Chánh, án mạng gần đó")[0][0] == "Bình Chánh"


@pytest.mark.parametrize(
    "post",
    [
        "CLB Hà Nội thắng hai không",
        "Hà Nội FC thua trận thứ hai",
        "Hà Nội T&T mời anh ký hợp đồng",
        "U19 Nghệ An vô địch",
    ],
)
def test_a_football_club_is_no_place(post):
    assert found(post) == []


def test_where_a_club_plays_is_a_place():
    assert found("CLB Hà Nội đá ở Nghệ An tối nay") == [("Nghệ An", "Nghệ An")]
    assert found("Câu lạc bộ ở Hải Phòng bị cháy") == [("Hải Phòng", "Hải Phòng")]
    assert found("Sân bóng đá Phú Yên bị tốc mái") == [("Phú Yên", "Đắk Lắk")]


def test_a_building_named_after_a_province_lies_where_its_bracket_says():
    places = found("Cháy ở chung cư Hòa Bình (quận 10, TP.HCM) tối qua")
    assert places[0] == ("chung cư Hòa Bình", "TP. Hồ Chí Minh")
    assert places[1] == ("quận 10", "TP. Hồ Chí Minh")
    assert found("Cháy ở chợ Hòa Bình (phường Phương Lâm, tỉnh Hòa Bình)")[0] == ("chợ Hòa Bình", "Phú Thọ")
