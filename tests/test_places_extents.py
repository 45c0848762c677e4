"""Where a name ends, and what a name does not say about where something lies; the sentences are ours."""

import pytest
from place_finding import found, texts


@pytest.mark.parametrize(
    ("post", "expected"),
    [
        ("Tông xe ở đường Võ Thị Sáu, quận 3", ["đường Võ Thị Sáu", "quận 3"]),
        ("Ngập đường Nguyễn Thị Định Quận 2", ["đường Nguyễn Thị Định", "Quận 2"]),
        ("Kẹt xe trên cao tốc Long Thành Dầu Giây", ["cao tốc Long Thành Dầu Giây"]),
        ("Sập trần ở trường Lê Lợi Thị xã Sơn Tây", ["trường Lê Lợi", "Thị xã Sơn Tây"]),
    ],
)
def test_the_middle_of_a_name_is_no_unit_word(post, expected):
    assert texts(post) == expected


@pytest.mark.parametrize(
    ("post", "expected"),
    [
        ("Nằm ở Bệnh viện TP. Thủ Đức", ["Bệnh viện TP. Thủ Đức"]),
        ("Mẫu gửi Viện Pasteur TP. Hồ Chí Minh", ["Viện Pasteur TP. Hồ Chí Minh"]),
        ("Mổ ở Bệnh viện Chợ Rẫy TP. HCM", ["Bệnh viện Chợ Rẫy", "TP. HCM"]),
        ("Đưa vào Bệnh viện Nhi đồng Thành phố", ["Bệnh viện Nhi đồng Thành phố"]),
        ("Đưa vào Bệnh viện Nhiệt đới TP, nghe nói nặng", ["Bệnh viện Nhiệt đới"]),
    ],
)
def test_the_city_in_the_name_of_a_hospital(post, expected):
    assert texts(post) == expected


@pytest.mark.parametrize(
    "name",
    [
        "Bệnh viện Bệnh nhiệt đới trung ương",
        "Bệnh viện Truyền máu huyết học",
        "Bệnh viện Phụ sản và Nhi Đà Nẵng",
        "Trường ĐH Sư phạm kỹ thuật TP.HCM",
        "Đại học Kinh tế quốc dân",
        "Bảo tàng Lịch sử quốc gia",
    ],
)
def test_institutions_with_lower_case_words_are_found_whole(name):
    assert texts(f"Sáng nay cháy ở {name}, chưa rõ ai bị thương") == [name]


def test_two_objects_joined_by_and_are_two():
    assert found("Bệnh viện Bạch Mai và Việt Đức quá tải") == [
        ("Bệnh viện Bạch Mai", "Hà Nội"),
        ("Việt Đức", "Hà Nội"),
    ]


@pytest.mark.parametrize(
    ("post", "expected"),
    [
        ("Anh nằm ở Bệnh viện Việt Đức Liên quan vụ này công an đã vào", ["Bệnh viện Việt Đức"]),
        ("Cháy thuyền trên sông Sài Gòn Chiều 12/6 nhiều người thấy", ["sông Sài Gòn"]),
        ("Thôn Đông Hạ - Xã hoà thịnh", ["Thôn Đông Hạ", "Xã hoà thịnh"]),
    ],
)
def test_a_new_sentence_and_the_next_part_end_a_name(post, expected):
    assert texts(post) == expected


@pytest.mark.parametrize(
    "post",
    [
        "Xã nhà đạt chuẩn nông thôn mới, ai cũng vui",
        "Các thôn trong xã đều có điện",
        "Trải nhựa con đường 1,9 km",
        "Ngồi trong hội trường Thống Nhất nghe nhạc",
        "Phim giang hồ Ngũ Hành hay lắm",
        "Mơ về thiên đường Bảo Ngọc hoài",
        "Được trao Quả cầu Vàng năm ngoái",
        "Bầu hiệu trưởng trường ĐH mới",
        "ĐẬP PHÁ NHÀ DÂN",
    ],
)
def test_halves_of_words_and_unnamed_schools_are_no_places(post):
    assert texts(post) == []


@pytest.mark.parametrize(
    "street", ["đường Trường Sa", "đường Điện Biên Phủ", "phố Huế", "xa lộ Hà Nội", "đường Biên Hòa"]
)
def test_a_street_does_not_lie_in_the_place_that_it_is_called_after(street):
    assert found(f"Kẹt xe ở {street}, Q3") == [(street, None), ("Q3", "TP. Hồ Chí Minh")]


def test_a_motorway_and_a_bridge_lie_where_their_names_say():
    assert found("Tông xe trên cao tốc Hà Nội - Lào Cai") == [("cao tốc Hà Nội - Lào Cai", "Lào Cai")]
    assert found("Kẹt xe ở cầu Sài Gòn") == [("cầu Sài Gòn", "TP. Hồ Chí Minh")]
    assert found("Đường phố Hà Nội vắng tanh") == [("Hà Nội", "Hà Nội")]


@pytest.mark.parametrize(
    ("post", "expected"),
    [
        ("Tuy An Bắc (Phú Yên cũ) cần mì gói", ("Tuy An Bắc", "Đắk Lắk")),
        ("nhà em ở quy nhơn bắc nước tới cổ", ("quy nhơn bắc", "Gia Lai")),
        ("Bắc Nha Trang mất điện", ("Bắc Nha Trang", "Khánh Hòa")),
        ("phía Bắc Nha Trang mất điện", ("Nha Trang", "Khánh Hòa")),
        ("Hội An đông nghẹt khách", ("Hội An", "Đà Nẵng")),
        ("Cháy rẫy ở phường Lâm Viên, Đà Lạt", ("phường Lâm Viên", "Lâm Đồng")),
        ("Mưa đá ở phường Xuân Hương Đà Lạt", ("phường Xuân Hương Đà Lạt", "Lâm Đồng")),
        ("P.12, Q.Tân Bình, T.P H.C.M", ("T.P H.C.M", "TP. Hồ Chí Minh")),
    ],
)
def test_new_wards_called_after_old_districts(post, expected):
    assert expected in found(post)


@pytest.mark.parametrize(
    ("post", "expected"),
    [
        ("Cháy ở Hà Nội liên quan vụ chập điện", ["Hà Nội"]),
        ("Máy do sinh viên Hà Nội chế tạo", ["Hà Nội"]),
        ("Trung tâm Yên Bái ngập nặng", ["Yên Bái"]),
        ("Nam thanh niên ở Sài Gòn rơi lầu", ["Sài Gòn"]),
        ("Đất nước hòa bình, thống nhất", []),
        ("Lấy con dao ra chặt củi, Vũng Tàu mưa to", ["Vũng Tàu"]),
        ("ko ai quan tam het", []),
        ("Khoác áo cờ đỏ sao vàng", []),
        ("Bà xã Lâm Minh mới sinh", []),
        ("Tập đoàn Mường Thanh bán nhà", []),
        ("Cổ phiếu Quốc Cường Gia Lai giảm", []),
        ("Ông Trần Gia Thái Bình phát biểu", []),
        ("Trận SHB Đà Nẵng hay ghê", []),
    ],
)
def test_words_persons_and_companies_are_no_places(post, expected):
    assert texts(post) == expected
