"""Sentences of our own that show an encoder's range: what exports are smoothed with and what the parity gate runs."""

from __future__ import annotations

from typing import Final

PROBE_TEXTS: Final = (
    "Nghe nói ở Thanh Oai có vụ bắt cóc trẻ em, mọi người chia sẻ gấp cho người thân biết nhé!",
    "Bộ Y tế công bố thêm 12 ca mắc mới tại Hà Nội và Bắc Giang trong sáng nay.",
    "Sáng nay trời mát, cả nhà đi chợ mua bó rau với con cá về nấu canh chua.",
    "Uống nước chanh nóng với gừng mỗi sáng là tan hết u bướu, bệnh viện giấu không cho dân biết đâu.",
    "Lãnh đạo xã làm ăn kiểu này thì dân còn biết kêu ai, hẹn năm lần bảy lượt vẫn chưa xong con đường.",
    "Công an tỉnh Quảng Nam khuyến cáo người dân cảnh giác với cuộc gọi giả danh ngân hàng.",
    "ai co thong tin ve be gai mac ao do di lac o cho Ben Thanh khong a, gia dinh dang tim",
    "Tin nhắn trúng thưởng xe máy, bấm vào liên kết rồi nhập mã OTP để nhận quà trong hôm nay.",
    "Mưa lớn từ đêm qua, nước lên tới mái nhà ở Lệ Thủy, bà con cần thuyền cứu gấp, có người già và trẻ nhỏ.",
    "Chuyên gia nói ăn nhiều rau xanh tốt cho tim mạch, nhưng phải rửa thật sạch.",
    "Đính chính: thông tin vỡ đập thủy điện lan truyền hôm qua là không đúng, bà con yên tâm.",
    "Xe khách đâm xe tải trên quốc lộ 1A đoạn qua Phú Yên cũ, nhiều người bị thương được đưa đi cấp cứu.",
    "Có ai biết chuyện ngân hàng sắp phá sản không, nghe mấy chị ngoài chợ bảo đi rút tiền hết rồi.",
    "Phim này hay cực kỳ, coi mà cười đau cả bụng, mai rủ nhỏ bạn coi lại lần nữa.",
    "Nhà máy xả khói đen kịt cả tuần nay, ở khu Long Bình ai cũng ho, gọi điện phản ánh mà chưa thấy ai xuống.",
    "Ngộ độc sau bữa tiệc cưới ở Sơn La, hơn 40 người nhập viện, cơ quan chức năng đã lấy mẫu thức ăn đi kiểm nghiệm.",
)
