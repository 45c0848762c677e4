"""Words that a syllable of a place name makes with the syllable beside it: "Hà tĩnh lặng" is Hà, who is silent.

Only names that are not written as names, with a capital for each syllable, are read so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flagger.places.view import EVERY, View
from flagger.places.words import without_diacritics

# The last syllable of a name, and what may follow it in one word.
_AFTER: Final = """
an: toàn ninh ủi tâm nhàn lành phận cư dưỡng táng bài hưởng khang vị nguy ổn sinh tọa thần nghỉ giấc
bàn: ghế bạc tay giao cãi luận
biên: soạn tập chế kịch đạo bản nhận lai
bình: tĩnh thường luận chọn minh phẩm đẳng quân dân phục an ổn quyền nguyên thản dị tâm loạn xịt bầu tán yên
cai: nghiện thuốc sữa quản rượu
cầu: trời mong xin nguyện cứu kỳ giấy toàn thủ
căn: hộ phòng bệnh cứ cước bản nguyên dặn bếp
châu: á âu phi mỹ úc báu lục
dương: cầm vật tính liễu lịch gian bản xỉ học
đảo: lộn ngược chính điên
định: nói cư mệnh hướng nghĩa kỳ lượng tội vị hình giá đoạt ước lý danh dạng luật liệu thần
đình: chỉ đám công trệ
đồng: ý nghiệp thời bọn hành tình cảm hồ hương đội phục chí thuận bào chất dao
đông: đúc đảo người
đức: hạnh tính độ
giang: hồ tay thang mai cảnh bài dạy giải viên
giấy: tờ báo khen
hòa: giải nhập nhã thuận hợp đồng mình tan âm giọng vốn khí ái hoãn tấu nhạc quyện lẫn
hóa: đơn học chất trang ra giải thân thạch phẩm vàng trị liệu đá nghiệm qua
kỳ: niệm lạ diệu tích thú vọng
lạt: léo
lắc: đầu lư tay vai
lai: tạo giống căng vãng rai láng
long: lanh não trọng bào mạch đong
mai: mối mốt
mau: lên chóng lẹ mắn
nam: tính nữ nhi giới khoa châm mô thần ca trung
ninh: nồi xương nhừ kê
nguyên: vẹn nhân liệu tắc chất bản tố tử cáo soái đơn sinh tác âm con cả
nội: trợ quy dung tâm thất tạng tiết soi ngoại địa trú
phúc: lợi đức lộc hậu khảo tra
quang: đãng cảnh hợp minh phổ
quốc: tịch gia tế hội khánh phòng ca kỳ hồn dân sách ngữ huy
sơn: móng lại tường cửa lót màu
tàu: bay thuyền điện
thọ: giáo nạn mệnh giới tang hình
thơ: tình ca dại ngây mộng ấu từ văn thẩn hồ
thuận: tay lợi tiện ý theo buồm
tĩnh: lặng tâm mạch tại dưỡng vật ý
trang: trí trọng điểm phục sức trải
tre: nứa làng trúc em con
tri: ân thức kỷ âm giác
trị: giá sự liệu bệnh tội
vinh: dự quang hạnh danh hiển
yên: tâm ổn bình lành vui ả tĩnh vị nghỉ lòng thân ắng ấm lặng
"""
# The first syllable of a name, and what may stand before it in one word.
_BEFORE: Final = """
an: công bình bất
ba: có
bạc: đánh cờ tiền
biên: diễn điện
bình: hòa thanh trung
cầu: yêu nhu toàn
đồng: cánh hội cộng hợp thửa hình
gia: tham quốc chuyên
hà: nhà
hải: hàng
hội: xã
lào: thuốc
long: hài
nghệ: công tay
nha: sơn
thanh: âm
thủy: tàu
tiền: đưa
"""
# Bonds that hold even when each syllable has its capital: "Lai Châu Á", "ông Bình Chánh án".
_ALWAYS: Final = {"châu": frozenset({"á", "âu", "phi"}), "chánh": frozenset({"án"})}


def _table(rows: str) -> dict[str, frozenset[str]]:
    pairs = (line.split(":") for line in rows.strip().splitlines())
    return {syllable: frozenset(others.split()) for syllable, others in pairs}


def _without_diacritics(table: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for syllable, others in table.items():
        key = without_diacritics(syllable)
        found[key] = found.get(key, frozenset()) | {without_diacritics(other) for other in others}
    return found


_AFTER_WRITTEN: Final = _table(_AFTER)
_BEFORE_WRITTEN: Final = _table(_BEFORE)
_AFTER_PLAIN: Final = _without_diacritics(_AFTER_WRITTEN)
_BEFORE_PLAIN: Final = _without_diacritics(_BEFORE_WRITTEN)


def is_bonded(view: View, start: int, end: int) -> bool:
    """Say whether a syllable of a name belongs to a word that goes on outside of it.

    :param view: the post.
    :param start: first character of the name in the normal view.
    :param end: just after its last character.
    :return: whether the first or the last one does.
    """
    name = view.normal[start:end].split()
    following = view.word_after(end)
    if following in _ALWAYS.get(name[-1], ()):
        return True
    if view.capitals(start, end) == EVERY:
        return False
    after, before = (_AFTER_WRITTEN, _BEFORE_WRITTEN) if view.has_diacritics else (_AFTER_PLAIN, _BEFORE_PLAIN)
    if following and following in after.get(name[-1], ()):
        return True
    first, last = view.word_before(start)
    return view.normal[first:last] in before.get(name[0], ())
