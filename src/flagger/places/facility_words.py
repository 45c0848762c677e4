"""Words that introduce named objects which are no units: hamlets, streets, schools, hospitals, markets, rivers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flagger.places.words import phrase_set, word_set


@dataclass(frozen=True, slots=True)
class FacilityWord:
    """A word that introduces a named place.

    :param spellings: how it reads with diacritics.
    :param kind: ``hamlet``, ``street``, ``number`` (house, alley), ``team`` (a number only), ``site`` (building,
        institution) or ``nature``.
    :param takes_number: whether a number alone names it, as in ``thôn 8`` or ``quốc lộ 1A``.
    :param lower_only: whether the word itself must be written in lower case or shouted, because as a capitalised word
        it is a surname or part of a name.
    """

    spellings: frozenset[str]
    kind: str
    takes_number: bool = False
    lower_only: bool = False


def _plain(word: str) -> str:
    # Local import: the tables of Unicode are not needed after start.
    import unicodedata

    decomposed = unicodedata.normalize("NFD", word.replace("đ", "d"))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def _table() -> dict[str, FacilityWord]:
    rows = (
        ("hamlet", True, False, "thôn|ấp|xóm|khu phố|khối phố|kp|tổ dân phố|tdp|khóm|khu vực|kv"),
        ("hamlet", False, True, "bản|buôn|làng|phum|sóc"),
        ("team", True, False, "đội|tổ"),
        ("number", True, False, "hẻm|ngõ|ngách|kiệt|số nhà"),
        ("street", True, False, "quốc lộ|ql|tỉnh lộ|cao tốc|đường|hương lộ|xa lộ|đại lộ"),
        (
            "street",
            False,
            False,
            "phố|ngã tư|ngã ba|ngã 3|ngã 4|ngã năm|vòng xoay|giao lộ|cầu vượt|hầm chui|đường số|nút giao",
        ),
        ("street", False, True, "cầu|đèo|dốc"),
        (
            "site",
            False,
            False,
            "bệnh viện|bv|bvđk|trung tâm y tế|ttyt|trạm y tế|phòng khám|viện pasteur|viện nhi|"
            "trường|trường thpt|trường thcs|"
            "trường tiểu học|trường mầm non|trường mẫu giáo|trường đại học|trường cao đẳng|trường đh|đại học|"
            "học viện|chợ|chợ đầu mối|siêu thị|chung cư|tòa nhà|toà nhà|khu đô thị|kđt|khu dân cư|kdc|"
            "khu công nghiệp|kcn|cụm công nghiệp|ccn|khu chế xuất|kcx|nhà thờ|chùa|bến xe|sân bay|cảng hàng không|"
            "cảng|cửa khẩu|công viên|khách sạn|nhà máy|thủy điện|thuỷ điện|nhiệt điện|trạm thu phí|bưu điện|bưu cục|"
            "cây xăng|nhà văn hóa|nhà văn hoá|sân vận động|nhà tang lễ|nghĩa trang|trường bắn|mỏ than|vườn quốc gia|"
            "khu bảo tồn|cdc|nhà hàng|khu tập thể|bảo tàng|nhà hát|ký túc xá|ktx|bến phà|bến đò|khu du lịch|kdl",
        ),
        ("site", False, True, "ga|đình|đền|miếu|tháp|tòa|toà|chợ phiên"),
        (
            "nature",
            False,
            True,
            "sông|hồ|núi|đảo|biển|bãi biển|vịnh|đầm|kênh|suối|thác|cù lao|bán đảo|quần đảo|hòn|đập|gành|ghềnh|"
            "cồn|rạch|"
            "hồ chứa|hồ thủy điện|cửa biển|mũi",
        ),
    )
    table: dict[str, FacilityWord] = {}
    for kind, takes_number, lower_only, words in rows:
        for word in words.split("|"):
            key = _plain(word)
            spellings = frozenset({word}) | (table[key].spellings if key in table else frozenset())
            table[key] = FacilityWord(spellings, kind, takes_number, lower_only)
    return table


FACILITY_WORDS: Final = _table()
# First words of what follows a facility word but names nothing.
NO_NAMES: Final = word_set(
    "việt trời chúa phật covid facebook internet tổ quốc đảng nhà nước thế giới trung mỹ nga nhật hàn anh "
    "pháp đức châu phi âu á úc bắc nam caspi baltic địa đỏ chết chủ công ngày tết tàu thời qh ubnd sinh tin chất "
    "cứu chức triều đông phá"
)
# First words of names that go on with another capital ("Trung Kính", "Nam Du"), but for these second words.
FOREIGN_PAIRS: Final = {
    first: word_set(seconds)
    for first, seconds in {
        "trung": "quốc hoa đông á âu cộng mỹ phi",
        "nhật": "bản",
        "hàn": "quốc",
        "việt": "nam",
        "châu": "á âu phi mỹ úc",
        "nam": "phi cực mỹ hàn á tư",
        "bắc": "kinh cực mỹ hàn âu triều băng phi á bộ nam",
        "triều": "tiên",
        "đông": "âu nam á đức phi",
        "anh": "quốc",
        "phi": "châu",
        "pháp": "quốc",
        "đức": "quốc phật",
        "mỹ": "latinh",
    }.items()
}
# Capitals that begin a new sentence and no further word of a name.
NEVER_GO_ON: Final = word_set(
    "mọi có là đã đang sẽ bị được thì với cho không hết rồi cũng vừa hôm nay tối qua giờ ơi nè nha nghe ai tôi "
    "mình lúc khi theo"
)
# Words after a number that make it an amount: "đảo Lý Sơn 40 hải lý".
MEASURES: Final = word_set(
    "hải ca giờ tạ tấn người km m mét cây tỷ triệu nghìn ngàn ngày tháng năm lần con chiếc phút hôm tuổi trẻ học vụ độ "
    "phần h tiếng nạn đứa bệnh căn hộ"
)
# Streets are called after places that they do not lie in: "đường Trường Sa" is in Hồ Chí Minh City.
CALLED_AFTER: Final = tuple(
    f"{spelling} "
    for word in "đường|phố|đại lộ|xa lộ|hẻm|ngõ|ngách|kiệt|số nhà".split("|")
    for spelling in (word, _plain(word))
)
# Public bodies are called after their unit.
LIES_IN_ITS_NAME: Final = phrase_set(
    "bệnh viện|bv|bvđk|trung tâm y tế|ttyt|trạm y tế|cdc|viện pasteur|viện nhi|trường|trường thpt|trường thcs|"
    "trường tiểu học|trường mầm non|trường mẫu giáo|trường đại học|trường cao đẳng|trường đh|đại học|học viện|"
    "bưu điện|bưu cục|bảo tàng|nhà văn hóa|nhà văn hoá|nhà tang lễ|nghĩa trang|trường bắn|sân vận động"
)
# Stations, harbours, bridges, works, roads and nature of a place usually lie there.
NEAR_ITS_NAME: Final = phrase_set(
    "bến xe|ga|sân bay|cảng hàng không|cảng|cửa khẩu|bến phà|bến đò|khu công nghiệp|kcn|cụm công nghiệp|ccn|"
    "khu chế xuất|kcx|nhà máy|thủy điện|thuỷ điện|nhiệt điện|trạm thu phí|mỏ than|vườn quốc gia|khu bảo tồn|"
    "khu du lịch|kdl|cầu|cầu vượt|hầm chui|nút giao|đèo|dốc|quốc lộ|ql|tỉnh lộ|hương lộ|cao tốc|khu vực|kv|"
    "sông|hồ|núi|đảo|biển|bãi biển|vịnh|đầm|kênh|suối|thác|cù lao|bán đảo|quần đảo|hòn|đập|gành|ghềnh|cồn|rạch|"
    "hồ chứa|hồ thủy điện|cửa biển|mũi"
)
# Objects that everybody knows by their name alone.
WELL_KNOWN: Final = phrase_set("chợ bến thành|chùa bái đính|chùa hương|chùa một cột|nhà hát lớn hà nội")
# Words that are loose with a capital, but not at the beginning of a sentence: "Đường Nguyễn Hữu Cảnh ngập".
SURE_AT_THE_BEGINNING: Final = word_set("đường phố chợ cầu")
# Words that make another word or the name of a unit with them: "Đường sắt", "Cầu Giấy", "Chợ Mới".
PARTS_OF_OTHERS: Final = word_set("sắt bộ thủy thuỷ dây cao tăng giấy ngang kè diễn mới đồn lách gạo lớn rã đêm tết")
# Words of two syllables in the names of institutions, whose second half is often written in lower case.
WORDS_OF_INSTITUTIONS: Final = phrase_set(
    "sư phạm|kinh tế|quốc dân|công nghệ|công nghiệp|kỹ thuật|xã hội|nhân văn|tự nhiên|khoa học|nông nghiệp|lâm nghiệp|"
    "bách khoa|ngoại thương|thương mại|ngân hàng|tài chính|kế toán|truyền máu|huyết học|nhiệt đới|trung ương|ung bướu|"
    "văn hóa|mỹ thuật|hàng hải|giao thông|vận tải|kiến trúc|xây dựng|tổng hợp|lịch sử|mỹ nghệ|điện lực|ngoại ngữ|y học|"
    "cổ truyền|phục hồi|chức năng|chấn thương|chỉnh hình|điện máy|quốc gia"
)
# What a school is called when it is not named.
SCHOOL_LEVELS: Final = word_set("đh cđ thcs thpt th mn đại học tiểu mầm non cao đẳng mẫu giáo")
# Facility words that are second halves of other words, and the first halves; without diacritics, but for those that
# would be other words ("qua cầu").
COMPOUNDS: Final = {
    "cau": frozenset({"yeu", "nhu", "toan", "co", "thinh", "hoan", "quả", "địa", "khẩn"}),
    "dinh": frozenset({"gia", "an", "quyet", "khang", "on"}),
    "truong": frozenset("thi hien moi lap chu nong cong quang hau bi hoi chien kich sung ngu đấu vũ phi".split()),
    "pho": frozenset({"thanh", "ung", "duong", "he"}),
    "duong": frozenset({"binh", "hai", "tieu", "tinh", "thien"}),
    "dao": frozenset({"chi", "lanh", "dao", "giang", "doc"}),
    "ho": frozenset({"dong", "ung", "giang"}),
    "thon": frozenset({"nong"}),
    "toa": frozenset({"phong", "lan"}),
    "nui": frozenset({"mien"}),
    "bien": frozenset({"mien"}),
}
# Words after which a name in lower case counts, when punctuation ends it.
TAKE_PLAIN_NAMES: Final = phrase_set("thôn|ấp|xóm|khóm|khu phố|tổ dân phố|chợ|nhà thờ|cây xăng")
# Words that are much else besides: what they introduce counts only beside another place.
LOOSE: Final = word_set("bản buôn làng tòa toà ga đình kv tháp sóc cồn hòn mũi rạch") | {"khu vực"}
LOOSE_CAPITALISED: Final = word_set("trường cầu đường chợ phố cảng chùa viện")
# Abbreviations that a number follows without a space.
NUMBER_WORDS: Final = frozenset({"kp", "ql", "kv", "tdp"})
