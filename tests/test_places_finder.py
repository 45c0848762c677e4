"""Recognition, case, homonyms, neighbours, candidates and offsets."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flagger.places import PlaceFinder, PlaceSummary, locality
from flagger.places.resolution import MAXIMUM_CANDIDATES
from flagger.text import prepare


@pytest.fixture(scope="module")
def finder():
    return PlaceFinder.default()


def texts(finder, post):
    return [place.text for place in finder.find(prepare(post))]


@pytest.mark.parametrize(
    ("post", "expected"),
    [
        ("Ngập sâu ở TP.HCM sáng nay", "TP.HCM"),
        ("kẹt xe tphcm quá trời", "tphcm"),
        ("Em đang ở HCM nha mọi người", "HCM"),
        ("Sài Gòn mưa lớn", "Sài Gòn"),
        ("mới từ SG về", "SG"),
        ("HN hôm nay lạnh", "HN"),
        ("o ha noi mua to lam", "ha noi"),
        ("bao vao da nang roi", "da nang"),
        ("bão vào Đ.Nẵng rồi", "Đ.Nẵng"),
        ("Cháy chợ ở BMT", "BMT"),
        ("cháy nhà quận Nhất", "quận Nhất"),
        ("Mất điện ở Q9", "Q9"),
        ("Mất điện ở Q.9", "Q.9"),
        ("Hà Tây ngày xưa hay ngập", "Hà Tây"),
        ("Lũ lên nhanh ở Phú Yên cũ", "Phú Yên"),
        ("Sạt lở gần Sa Pa", "Sa Pa"),
        ("tai nạn trên đèo Hải Vân", "đèo Hải Vân"),
        ("nước sông La Ngà dâng cao", "sông La Ngà"),
        ("khói đen ở Vũng Áng", "Vũng Áng"),
        ("kẹt ở sân bay Tân Sơn Nhất", "sân bay Tân Sơn Nhất"),
        ("tàu cá gặp nạn gần quần đảo Trường Sa", "quần đảo Trường Sa"),
        ("Cháy lớn ở ĐàNẵng", "ĐàNẵng"),
        ("T.P Đà Lạt có dông", "T.P Đà Lạt"),
        ("TX Sông Cầu bị cô lập", "TX Sông Cầu"),
        ("Cháy ở chợ Hoa Mai", "chợ Hoa Mai"),
        ("Tông xe trên đường Nguyễn Trãi", "đường Nguyễn Trãi"),
        ("rơi thang máy ở chung cư Sao Mai", "chung cư Sao Mai"),
        ("ngộ độc tại trường THPT Trần Phú", "trường THPT Trần Phú"),
        ("nổ lò hơi ở KCN Sông Mây", "KCN Sông Mây"),
        ("sập nhà ở thôn Đông Hạ", "thôn Đông Hạ"),
        ("lật xe trên quốc lộ 1A", "quốc lộ 1A"),
    ],
)
def test_forms_are_found(finder, post, expected):
    assert texts(finder, post) == [expected]


@pytest.mark.parametrize(
    "post",
    [
        "Cả nhà sống trong hòa bình và yêu thương",
        "Chúc mọi người thái bình an vui",
        "Nguyễn Hà Nam vừa ra bài hát mới",
        "anh Bình Dương gọi điện cho mình hoài",
        "ông Thái Bình kể chuyện ngày xưa",
        "bé Hà Giang học giỏi lắm",
        "Tàu đi qua Thái Bình Dương mất hai tuần",
        "nước này quyết tâm công nghiệp hóa, hiện đại hóa",
        "ban hoa binh thi moi chuyen se on",
        "quá trình thanh hóa chất béo",
        "Diễn biến mới của vụ việc ra sao?",
        "dien bien moi nhat cua tran dau",
        "Việt Nam vô địch rồi",
        "Vũ Hán ở Trung Quốc đóng cửa chợ",
        "Tokyo và Seoul cùng có động đất",
        "Xã hội bây giờ phức tạp quá",
        "Gia đình em đi chơi vui lắm",
        "bà Trần Long An bán bánh mì",
        "cô Phú Yên dạy văn rất hay",
        "mua hai phong bì mừng cưới",
        "Bình minh trên biển đẹp quá",
        "tuổi thanh xuân của chúng ta",
        "con đường phía trước còn dài",
        "cầu trời cho mọi sự bình an",
        "Hồ Ngọc Lan hát hay thật",
        "nghe an tâm hẳn ra",
        "phường chèo diễn ba đêm liền",
        "Q1 doanh thu tăng, Q3 giảm nhẹ",
        "Long an ủi bạn suốt buổi",
        "Hồ Quỳnh Chi trở lại sân khấu",
        "giá vàng cao bằng năm ngoái",
        "điện biến áp nổ rồi",
        "đường phèn nấu chè",
        "đại học Harvard nghiên cứu",
        "tỉnh Quảng Đông bên Trung Quốc ngập nặng",
    ],
)
def test_homonyms_persons_and_foreign_places_are_no_places(finder, post):
    assert texts(finder, post) == []


def test_a_chain_gives_each_mention_and_its_parents(finder):
    places = finder.find(prepare("Sạt lở ở xã Trà Leng, huyện Nam Trà My, Quảng Nam"))
    assert [place.text for place in places] == ["xã Trà Leng", "huyện Nam Trà My", "Quảng Nam"]
    commune = places[0].candidates[0]
    assert commune.parents == ("Huyện Nam Trà My", "Tỉnh Quảng Nam")
    assert {place.province for place in places} == {"Đà Nẵng"}
    assert {place.province_before for place in places} == {"Quảng Nam"}


def test_a_parent_in_lower_case_brings_in_the_bare_commune(finder):
    assert texts(finder, "hoà thịnh, tây hoà, phú yên ngập hết rồi") == ["hoà thịnh", "tây hoà", "phú yên"]
    assert "hoà thịnh" not in texts(finder, "chúc cả nhà hoà thịnh vượng")


@pytest.mark.parametrize(
    ("post", "province_before"),
    [
        ("Châu Thành, Tiền Giang", "Tiền Giang"),
        ("huyện Châu Thành, tỉnh Kiên Giang", "Kiên Giang"),
        ("huyện Châu Thành (Hậu Giang)", "Hậu Giang"),
    ],
)
def test_the_parent_decides_between_units_of_one_name(finder, post, province_before):
    assert finder.find(prepare(post))[0].province_before == province_before


def test_an_open_name_keeps_candidates_and_no_province(finder):
    place = finder.find(prepare("Tai nạn ở huyện Châu Thành"))[0]
    assert 2 <= len(place.candidates) <= MAXIMUM_CANDIDATES
    assert place.is_ambiguous
    assert place.province is None


def test_a_city_of_a_province_is_told_from_the_province(finder):
    city, province = finder.find(prepare("TP Thanh Hóa, tỉnh Thanh Hóa"))
    assert (city.level.value, province.level.value) == ("district", "province")


def test_old_commune_with_several_successors_gives_each(finder):
    gazetteer = finder.gazetteer
    split = [
        unit
        for unit in range(gazetteer.first_commune, gazetteer.first_province_now)
        if len(gazetteer.successors(unit)) > 1
    ]
    # The table has 442 codes with several successors; two of them are typing errors that give one code to two communes.
    assert len(split) == 440
    unit = next(
        unit for unit in split if gazetteer.names[unit] not in {gazetteer.names[s] for s in gazetteer.successors(unit)}
    )
    chain = [gazetteer.full_name(unit)]
    while gazetteer.parents[unit] >= 0:
        unit = gazetteer.parents[unit]
        chain.append(gazetteer.full_name(unit))
    place = finder.find(prepare(", ".join(chain)))[0]
    assert len({candidate.code_now for candidate in place.candidates}) > 1
    assert len({candidate.code_before for candidate in place.candidates}) == 1


def test_new_province_of_an_old_district(finder):
    place = finder.find(prepare("TP Quy Nhơn"))[0]
    assert (place.province_before, place.province) == ("Bình Định", "Gia Lai")


def test_dong_nai_is_a_city(finder):
    assert finder.find(prepare("thành phố Đồng Nai"))[0].candidates[0].code_now == "75"


def test_hospital_takes_in_the_place_inside_its_name(finder):
    place = finder.find(prepare("Đưa vào Bệnh viện Đa khoa Đồng Nai rồi"))[0]
    assert place.text == "Bệnh viện Đa khoa Đồng Nai"
    assert place.level.value == "other"
    assert place.province_before == "Đồng Nai"


def test_summary_counts():
    assert locality([]) == PlaceSummary()
    places = PlaceFinder.default().find(prepare("thôn Đông Hạ, huyện Thanh Oai, Hà Nội"))
    summary = locality(places)
    assert (summary.mentions, summary.provinces, summary.fineness, summary.units) == (3, 1, 4, 2)
    assert summary.resolved_share == pytest.approx(2 / 3)


PIECES = st.sampled_from(
    [
        "Hà Nội",
        "tphcm",
        "xã ",
        "Q.9",
        ", ",
        "\n",
        "😀",
        "e\u0301",
        "hòa",
        "Hoa\u0300 Bi\u0300nh",
        "đường ",
        "Nguyễn ",
        "P",
        "9",
        "Ｈà",
        "\u200b",
        "BV ",
        "ĐàNẵng",
        "phu yen",
        " - ",
        "ﬁ",
        "İ",
        "ß",
        "Bà Rịa – Vũng Tàu",
    ]
)


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.text(max_size=80), st.lists(PIECES, max_size=25).map("".join), st.lists(PIECES, max_size=15).map(" ".join)
    )
)
def test_offsets_are_true_ordered_and_disjoint(post):
    end = 0
    for place in PlaceFinder.default().find(prepare(post)):
        assert post[place.start : place.end] == place.text
        assert place.start >= end
        assert place.end > place.start
        end = place.end


def test_the_same_post_gives_the_same_places_again(finder):
    post = prepare("Cháy ở Hòa An, Cao Bằng và ở P.12, Q.5, TP.HCM")
    assert finder.find(post) == finder.find(post)


def test_long_lists_are_read_to_the_end(finder):
    post = ", ".join(["huyện Châu Thành", "Hòa Bình", "chợ Sao Mai", "Tân Phú", "Q.9"] * 400)
    places = finder.find(prepare(post))
    assert len(places) >= 1_200
    assert places[-1].end == len(post)
