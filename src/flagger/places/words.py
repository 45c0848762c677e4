"""Closed lists that recognition reads: unit words, words before names, names that are also other things.

Every word is given twice: how it reads without diacritics (what the automaton sees) and how it must read with them.
"""

from __future__ import annotations

import unicodedata
from typing import Final


def word_set(text: str) -> frozenset[str]:
    """Give the words of a text.

    :param text: words with white space between them.
    :return: the words.
    """
    return frozenset(text.split())


def phrase_set(text: str) -> frozenset[str]:
    """Give the phrases of a text.

    :param text: phrases with ``|`` between them.
    :return: the phrases.
    """
    return frozenset(text.split("|"))


def without_diacritics(text: str) -> str:
    """Give lower-case text without diacritics.

    :param text: lower-case text.
    :return: the text with đ as d and without any marks.
    """
    decomposed = unicodedata.normalize("NFD", text.replace("đ", "d"))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


# Levels as small numbers: comparing them is on the hot path.
PROVINCE: Final = 0
DISTRICT: Final = 1
COMMUNE: Final = 2
OTHER: Final = 3

# Index of the unit word in the gazetteer file -> level; a "Thành phố" is a province or a district by its block.
UNIT_LEVELS: Final = {
    0: PROVINCE,
    2: DISTRICT,
    3: DISTRICT,
    4: DISTRICT,
    5: COMMUNE,
    6: COMMUNE,
    7: COMMUNE,
    8: COMMUNE,
}

# plain word -> (spellings with diacritics, unit words that it stands for, by index)
UNIT_WORDS: Final[dict[str, tuple[frozenset[str], tuple[int, ...]]]] = {
    "tinh": (frozenset({"tỉnh"}), (0, 1)),
    "t": (frozenset({"t"}), (0,)),
    "thanh pho": (frozenset({"thành phố", "thành phô", "thanh phố", "thành phồ"}), (1,)),
    "tp": (frozenset({"tp"}), (1,)),
    "t.p": (frozenset({"t.p"}), (1,)),
    "thu do": (frozenset({"thủ đô"}), (1,)),
    "quan": (frozenset({"quận"}), (2,)),
    "q": (frozenset({"q"}), (2,)),
    "huyen": (frozenset({"huyện", "huyên", "huyễn"}), (3,)),
    "huyen dao": (frozenset({"huyện đảo"}), (3,)),
    "h": (frozenset({"h"}), (3,)),
    "thi xa": (frozenset({"thị xã"}), (4,)),
    "tx": (frozenset({"tx"}), (4,)),
    "t.x": (frozenset({"t.x"}), (4,)),
    "thi tran": (frozenset({"thị trấn", "thị trân"}), (5,)),
    "tt": (frozenset({"tt"}), (5,)),
    "xa": (frozenset({"xã"}), (6,)),
    "x": (frozenset({"x"}), (6,)),
    "phuong": (frozenset({"phường", "phuờng", "phừơng"}), (7,)),
    "p": (frozenset({"p"}), (7,)),
    "f": (frozenset({"f"}), (7,)),
    "dac khu": (frozenset({"đặc khu"}), (8,)),
}
LONGEST_UNIT_WORD: Final = len("phuong")
# These single letters stand for many things: only a dot or a name of their own level makes them unit words.
BARE_LETTERS: Final = frozenset({"t", "h", "x", "f"})

# Words after which a name stands for a place.
LOCATIVE: Final = word_set(
    "ở tại về đến tới vào ra từ qua lên xuống khắp gần quê dân người miền cdc ubnd ca sở vùng trong quanh "
    "phía thuộc tỉnh sang ngoài trên hướng đi bão lũ lụt đoàn báo đài ngập cách thăm o tai den toi vao tu "
    "khap gan que dan nguoi mien vung thuoc"
)
# The few after which even a name that is a word in lower case stands for a place.
STRICT_LOCATIVE: Final = word_set("ở tại quê tỉnh gần o tai que tinh gan")
# Locative words that stand before other nouns as often.
MOTION: Final = word_set("đi ra vào lên xuống qua về trên trong ngoài")
# "nói về", "biết tới", "nhắc đến" stand before persons as well.
MENTIONING: Final = word_set("về tới đến ve toi den")
# Words that no name of a person or a place goes on with, however they are capitalised.
NEVER_IN_NAMES: Final = word_set(
    "có là đã đang sẽ bị được thì và với cho không hết rồi cũng vừa hôm nay ngày đêm tối qua ngập nước mưa "
    "giờ ơi nè nha"
)
LOCATIVE_PAIRS: Final = frozenset(
    {"công an", "cong an", "khu vực", "địa bàn", "khu vuc", "dia ban", "người dân", "bà con"}
) | phrase_set(
    "lũ quét|cháy lớn|sạt lở|vỡ đê|động đất|mưa lớn|mưa đá|mất điện|cúp điện|cúp nước|ngập nặng|ngập lụt|lu quet|"
    "sat lo|vo de|dong dat|mat dien|cup dien|cup nuoc|ngap nang|ngap lut"
)

TITLES: Final = word_set(
    "ông bà anh chị em cô chú bác cháu bé thầy cậu mợ dì thím ca diễn bạn tên sĩ nghệ mc thiếu đồng sếp "
    "cụ mẹ thằng nhỏ vợ chồng chúa dâu rể ong chi co chu bac thay"
) - frozenset({"ca", "nghệ", "thiếu", "đồng"})
# Before a title: several people, who may come from the place.
PLURALS: Final = word_set("các mấy những nhiều bà chị anh em cac may nhung nhieu")
# Words beside a province that make it a football club; clubs play all over the country.
CLUBS: Final = word_set("clb fc u15 u17 u19 u21 u22 u23 shb flc becamex xskt sanna qnk")
CLUB_PAIRS: Final = frozenset({"lạc bộ", "lac bo", "sông lam", "song lam"})
# Before the name of a company, which is as often a word or a person's.
COMPANIES: Final = word_set("tnhh ctcp")
COMPANY_PAIRS: Final = phrase_set("công ty|tập đoàn|cổ phần|xây dựng|cong ty|tap doan|co phan|xay dung")
# Two words for people before the place that they come from: "quê em Nam Định", "anh em Bình Dương".
PEOPLE_PAIRS: Final = frozenset(
    f"{first} {second}"
    for first, seconds in {
        "quê": "em anh chị tôi mình bạn cháu cô chú bác",
        "nhà": "em anh chị cô chú bác",
        "anh": "em chị",
        "chị": "em",
        "cô": "bác chú",
        "que": "em anh chi toi minh ban chau co chu bac",
        "chi": "em",
        "co": "bac chu",
    }.items()
    for second in seconds.split()
)
CLUB_ENDINGS: Final = frozenset({"fc"})
# What only a person does.
PERSON_VERBS: Final = word_set(
    "ơi nói bảo kể cười khóc hỏi nhắn hát ngủ mặc nhảy cưới oi noi cuoi khoc hoi nhan hat ngu"
)
SURNAMES: Final = word_set(
    "nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ hồ ngô dương lý đinh trịnh mai đào cao lương "
    "tô hà lâm tạ quách đoàn trương phùng tăng thái châu triệu tống văn thị hữu đức minh quang thanh ngọc "
    "nguyen tran le pham hoang huynh vu vo dang bui do ho ngo duong ly dinh trinh dao luong to ha lam ta"
)

# Provinces whose names are given names too; all districts are treated so.
PERSON_LIKE: Final = phrase_set(
    "hà nam|thái bình|bình dương|hòa bình|hà giang|sơn la|an giang|thái nguyên|hải dương|"
    "bình định|long an|thanh hóa|hà tĩnh|tuyên quang|khánh hòa|ninh bình|bình minh|phú yên|nam định|vĩnh phúc|"
    "bình thuận|hưng yên|kiên giang|hậu giang|tiền giang|trà vinh|vĩnh long|lâm đồng|gia lai|"
    "lai châu|phú thọ|bình phước|hà tây|huế"
)
# Names of provinces that a hashtag means otherwise.
WORDS_IN_TAGS: Final = word_set("hoabinh hòabình hoàbình binhduong thaibinh")
# Names of provinces that are words in a headline in capitals, too.
WORDS_IN_CAPITALS: Final = phrase_set("hòa bình|thái bình|yên bình|bình dương|hải dương|cửu long|hòa an|vinh|huế")
# Names that lower-case writing makes words: with diacritics, and without.
WORD_LIKE: Final = phrase_set(
    "hòa bình|thái bình|bình dương|cao bằng|bình định|thanh hóa|hải dương|nam định|long an|"
    "hậu giang|điện biên|sơn la|huế|vinh|gia lai|hà nam|phú thọ|hưng yên|tiền giang|hòa an|"
    "yên bình|cửu long|thừa thiên|vĩnh phúc"
)
WORD_LIKE_PLAIN: Final = phrase_set(
    "nghe an|hai phong|hai duong|ca mau|can tho|son la|lao cai|ha nam|hoa binh|thai binh|"
    "binh duong|cao bang|nam dinh|thanh hoa|long an|an giang|hau giang|phu tho|gia lai|lai chau|"
    "tay ninh|dong thap|bac lieu|dien bien|ben tre|hue|vinh|hoi an|da lat|hung yen|binh dinh|"
    "thai nguyen|ninh binh|ha tinh|ha giang|tien giang|vung tau|binh phuoc|ha tay|lam dong|"
    "phu quoc|nha trang|di an|vinh long|tra vinh|binh thuan"
)
# Districts and localities whose capitalised names are persons, companies or phrases as often as places.
GUARDED: Final = phrase_set(
    "ngô quyền|hai bà trưng|hoàng mai|thanh xuân|lê chân|hồng bàng|an dương|quang bình|thanh hà|"
    "hải hà|hải an|đông anh|minh hóa|bình minh|thanh bình|bảo lâm|hồng dân|yên bình|tân phú|"
    "tân bình|đông hải|đại từ|bình gia|văn quan|mai sơn|cao phong|định hóa|phú bình|vĩnh lộc|"
    "yên định|kim sơn|thọ xuân|xuân trường|lý nhân|thống nhất|trần văn thời|dương minh châu|"
    "ngọc hiển|trần đề|hòa bình|hòa an|an minh|kim thành|mỹ đức|phong điền|chợ mới|châu thành|"
    "bắc hà|bảo yên|anh sơn|tương dương|bình sơn|tây sơn|minh long|sơn dương|sơn hà|sơn tây|"
    "lâm hà|lâm thao|vân hồ|lam sơn|đức hòa|bình long|phước long|phú mỹ|thái hòa|tam giang|"
    "cửu long|non nước|tân thanh|bạch mã|cao lộc|hưng hà|chi lăng|bắc sơn|hải vân|tân an|"
    "long hồ|mỹ sơn|yên lạc|ngã bảy|ngã năm|hữu lũng|phú xuân|vĩnh thuận|long phú|trường sa lớn|"
    "tân biên|tân châu|tân hiệp|tân hưng|tân hồng|tân kỳ|tân lạc|tân phước|tân sơn|tân thạnh|"
    "tân trụ|tân uyên|tân yên|thanh thủy|hương thủy|hương trà|gia bình|xuân lộc|thanh sơn|hương sơn|"
    "văn lâm|đức trọng|đức thọ|đức linh|phú lộc|khánh sơn|khánh vĩnh|thanh liêm|vĩnh hưng|nga sơn|gia lộc|"
    "nguyên bình|ngân sơn|lâm bình|phúc thọ|châu phú|mường thanh|thái thụy|phú quý|quan sơn|đại từ"
)
GUARDED_PLAIN: Final = frozenset(map(without_diacritics, GUARDED | PERSON_LIKE))
# Cities and places known everywhere: their exact name is enough in any case.
FAMOUS: Final = phrase_set(
    "nha trang|quy nhơn|đà lạt|vũng tàu|biên hòa|thủ đức|buôn ma thuột|phú quốc|hạ long|hội an|"
    "cam ranh|phan thiết|tuy hòa|pleiku|bảo lộc|dĩ an|thủ dầu một|mỹ tho|rạch giá|long xuyên|"
    "châu đốc|cần giờ|củ chi|hóc môn|bình chánh|gò vấp|nhà bè|phú nhuận|bình thạnh|bình tân|"
    "cầu giấy|đống đa|hoàn kiếm|ba đình|long biên|hà đông|gia lâm|sóc sơn|mê linh|thanh trì|"
    "đông hà|đồng hới|sa pa|tam đảo|móng cái|cẩm phả|uông bí|việt trì|vĩnh yên|phủ lý|sầm sơn|"
    "tam kỳ|phan rang|sa đéc|cao lãnh|côn đảo|lý sơn|tuy an|tuy phước|diên khánh|ninh hòa|"
    "dầu tiếng|trảng bom|nhơn trạch|long thành"
)
FAMOUS_PLAIN: Final = frozenset(map(without_diacritics, FAMOUS))
# Communes whose names are words unless each syllable has its capital: "Hà Nội liên quan", "Trung tâm Yên Bái".
COMMUNE_WORDS: Final = phrase_set(
    "liên quan|an toàn|an ninh|chỉ đạo|thành công|thiết kế|trung tâm|hợp đồng|biên giới|đồng ý|chiến thắng|hạnh phúc|"
    "tự do|thống nhất|duy nhất|văn hóa|tự nhiên|bảo an|thuận lợi|trung bình|chế tạo|độc lập|quyết tâm|thứ ba|hợp lý|"
    "công bằng|cổ đông|đạo đức|liên minh|song phương|định cư|hữu nghị|đoàn kết|tiên tiến|dân chủ|nhân đạo|tiến bộ|"
    "đồng thuận|trung thành|yên tâm|thể dục|hợp nhất|khánh thành|văn minh|thắng lợi|nhân quyền|thịnh vượng|ban công|"
    "phong phú|phong thủy|quảng trường|vĩnh viễn|đường hoa|tiên phong|công lý|bình phục|kháng chiến|bình dân|vũ công|"
    "biển động|liên hợp|danh thắng|vinh quang|yên tĩnh|phúc lợi|pháo đài|an sinh|hợp kim|bảo toàn|quốc khánh|"
    "sinh tồn|tinh nhuệ|văn chương|tự lập|trung lập|trường thi|phố là|kiến thiết|phong thái|lương tâm|liêm chính|"
    "đại thắng|công chính|quyết chiến|trung thu|nam chính|toàn thắng|nguyên lý|cấp tiến|mỏ vàng|đạo lý|đồng ruộng|"
    "cộng hòa|khởi nghĩa|thân thuộc|nông trường|bao la|nghĩa hiệp|lương thiện|đại hiệp|tiến hóa|"
    "quyết thắng|tự cường|cao thượng|chính nghĩa|bảo hiệu|chân lý|bằng hữu|bàn cờ|đồng bằng|đông bắc|đông nam|tây nam|"
    "trung đông|nam thanh"
)
COMMUNE_WORDS_PLAIN: Final = frozenset(map(without_diacritics, COMMUNE_WORDS))
# Behind the name of an old district: a commune of today, "Tuy An Bắc". Without capitals "đông" is "crowded".
DIRECTIONS: Final = word_set("bắc nam đông tây bac dong tay")
CROWDED: Final = word_set("đông dong")
SIDES: Final = word_set("phía hướng miền cửa")
