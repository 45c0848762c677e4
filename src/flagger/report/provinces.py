"""The 34 provinces since 1 July 2025 as tiles: a grid made by hand that keeps neighbours together and north on top."""

from __future__ import annotations

from typing import Final, NamedTuple


class Tile(NamedTuple):
    """A province in the grid.

    :param name: short name, as in ``Place.province``.
    :param code: a few letters that fit into the tile.
    :param row: row from the north, from 0.
    :param column: column from the west, from 0.
    """

    name: str
    code: str
    row: int
    column: int


TILES: Final = (
    Tile("Lai Châu", "LCh", 0, 0),
    Tile("Lào Cai", "LCa", 0, 1),
    Tile("Tuyên Quang", "TQ", 0, 2),
    Tile("Cao Bằng", "CB", 0, 3),
    Tile("Điện Biên", "ĐB", 1, 0),
    Tile("Sơn La", "SL", 1, 1),
    Tile("Phú Thọ", "PT", 1, 2),
    Tile("Thái Nguyên", "TN", 1, 3),
    Tile("Lạng Sơn", "LS", 1, 4),
    Tile("Hà Nội", "HN", 2, 2),
    Tile("Bắc Ninh", "BN", 2, 3),
    Tile("Quảng Ninh", "QNi", 2, 4),
    Tile("Ninh Bình", "NB", 3, 2),
    Tile("Hưng Yên", "HY", 3, 3),
    Tile("Hải Phòng", "HP", 3, 4),
    Tile("Thanh Hóa", "TH", 4, 2),
    Tile("Nghệ An", "NA", 5, 2),
    Tile("Hà Tĩnh", "HT", 5, 3),
    Tile("Quảng Trị", "QT", 6, 3),
    Tile("Huế", "Huế", 6, 4),
    Tile("Đà Nẵng", "ĐN", 7, 4),
    Tile("Quảng Ngãi", "QNg", 7, 5),
    Tile("Gia Lai", "GL", 8, 5),
    Tile("Đắk Lắk", "ĐL", 9, 5),
    Tile("Tây Ninh", "TNi", 10, 2),
    Tile("Đồng Nai", "ĐNa", 10, 3),
    Tile("Lâm Đồng", "LĐ", 10, 4),
    Tile("Khánh Hòa", "KH", 10, 5),
    Tile("An Giang", "AG", 11, 1),
    Tile("Đồng Tháp", "ĐT", 11, 2),
    Tile("TP. Hồ Chí Minh", "HCM", 11, 3),
    Tile("Cần Thơ", "CT", 12, 1),
    Tile("Vĩnh Long", "VL", 12, 2),
    Tile("Cà Mau", "CM", 13, 1),
)
PROVINCES: Final = tuple(tile.name for tile in TILES)
