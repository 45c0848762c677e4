"""Build the one compact place file of flagger from the public tables of Viet Nam's administrative units.

Run ``python data/places/build_gazetteer.py`` from the project root; it writes
``src/flagger/places/data/places.json.gz``, the same bytes for the same sources. ``--source`` names the folder with the
three source tables.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).resolve().parent
DEFAULT_SOURCE = HERE.parents[2] / "shared" / "data" / "places"
DEFAULT_OUTPUT = HERE.parents[1] / "src" / "flagger" / "places" / "data" / "places.json.gz"
BEFORE_FILE = "thanglequoc_v2.4.1_63_provinces.json"
NOW_FILE = "thanglequoc_v4.2_34_provinces.json"
MAPPING_FILE = "nso_conversion_old_new.csv"
FORMAT = 1
UNIT_WORDS = ("Tỉnh", "Thành phố", "Quận", "Huyện", "Thị xã", "Thị trấn", "Xã", "Phường", "Đặc khu")
# One written form for both systems: the sources mix "Hòa" and "Hoà".
TONE_PAIRS = dict(
    zip(
        ["oà", "oá", "oả", "oã", "oạ", "oè", "oé", "oẻ", "oẽ", "oẹ", "uỳ", "uý", "uỷ", "uỹ", "uỵ"],
        ["òa", "óa", "ỏa", "õa", "ọa", "òe", "óe", "ỏe", "õe", "ọe", "ùy", "úy", "ủy", "ũy", "ụy"],
        strict=True,
    )
)
TONE = re.compile(r"(?<![qQ])(" + "|".join(TONE_PAIRS) + r")(?!\w)")
COMMUNE_WORD = re.compile(r"^(?:xã|phường|th[ịi] trấn)\s+", re.IGNORECASE)
JOINED_LENGTH = 6


def clean(name: str) -> str:
    """Give a name in NFC with single spaces and the tone mark on the first vowel of oa, oe, uy."""
    name = " ".join(unicodedata.normalize("NFC", name).split())
    return TONE.sub(lambda match: TONE_PAIRS[match.group()], name)


def plain(name: str) -> str:
    """Give the key of a name: lower case without diacritics."""
    decomposed = unicodedata.normalize("NFD", name.lower().replace("đ", "d").replace("–", "-"))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def split_unit_word(full_name: str) -> tuple[int, str]:
    """Split a full name into the index of its unit word and the bare name."""
    full_name = clean(full_name)
    for index, word in enumerate(UNIT_WORDS):
        if full_name.lower().startswith(word.lower() + " "):
            bare = full_name[len(word) + 1 :]
            return index, bare[0].upper() + bare[1:]
    raise SystemExit(f"{full_name!r} begins with no known unit word; expected one of {UNIT_WORDS}")


def numbered_keys(word: str, number: int) -> list[str]:
    """Give the ways of writing ``Quận 9`` or ``Phường 12``."""
    long, short = plain(word), plain(word)[0]
    forms = [f"{long} {number}", f"{long}{number}", f"{long}. {number}", f"{short}{number}", f"{short}.{number}"]
    forms += [
        f"{short}. {number}",
        f"{short} {number}",
        f"{short}.{number:02d}",
        f"{short}{number:02d}",
        f"{long} {number:02d}",
    ]
    return list(dict.fromkeys(forms))


@dataclass
class Units:
    """Every unit of both systems, in columns."""

    names: list[str] = field(default_factory=list)
    words: list[int] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)

    def add(self, full_name: str, *, code: str, parent: int) -> int:
        """Append a unit and give its index."""
        word, bare = split_unit_word(full_name)
        self.names.append(bare)
        self.words.append(word)
        self.codes.append(code)
        self.parents.append(parent)
        return len(self.names) - 1


def read_units(source: Path) -> tuple[Units, list[int], dict[str, dict[str, int]]]:
    """Read both systems.

    :param source: folder of the source tables.
    :return: the units; how many there are of each block (provinces, districts, communes before; provinces, communes
        now); and for each block the index by code.
    """
    before = json.loads((source / BEFORE_FILE).read_text(encoding="utf-8"))
    now = json.loads((source / NOW_FILE).read_text(encoding="utf-8"))
    units = Units()
    index: dict[str, dict[str, int]] = {name: {} for name in ("P", "D", "C", "NP", "NC")}
    for province in before:
        index["P"][province["Code"]] = units.add(province["FullName"], code=province["Code"], parent=-1)
    for province in before:
        for district in province["District"]:
            parent = index["P"][province["Code"]]
            index["D"][district["Code"]] = units.add(district["FullName"], code=district["Code"], parent=parent)
    for province in before:
        for district in province["District"]:
            for commune in district["Ward"] or []:
                parent = index["D"][district["Code"]]
                index["C"][commune["Code"]] = units.add(commune["FullName"], code=commune["Code"], parent=parent)
    for province in now:
        index["NP"][province["Code"]] = units.add(province["FullName"], code=province["Code"], parent=-1)
    for province in now:
        for commune in province["Wards"]:
            parent = index["NP"][province["Code"]]
            index["NC"][commune["Code"]] = units.add(commune["FullName"], code=commune["Code"], parent=parent)
    return units, [len(index[name]) for name in ("P", "D", "C", "NP", "NC")], index


def read_mapping(source: Path) -> list[dict[str, str]]:
    """Read the conversion table; its first two rows are merged headers and each province begins with a title row."""
    columns = (
        "province_now",
        "name_now",
        "code_now",
        "name_before",
        "code_before",
        "note",
        "district",
        "province_before",
    )
    with (source / MAPPING_FILE).open(encoding="utf-8-sig", newline="") as stream:
        rows = [dict(zip(columns, (clean(cell) for cell in row), strict=False)) for row in csv.reader(stream)]
    return [row for row in rows[2:] if row["code_now"]]


def code_in_brackets(cell: str) -> str:
    """Give ``049`` of ``Huyện Quảng Hòa (049)``."""
    return cell.rsplit("(", 1)[-1].rstrip(")")


class Mapping:
    """Links between old and new units, with every disagreement of the sources noted."""

    def __init__(self, units: Units, index: dict[str, dict[str, int]]) -> None:
        self.units = units
        self.index = index
        self.successors: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self.provinces: dict[int, int] = {}
        self.spellings: dict[int, set[str]] = defaultdict(set)
        self.notes: list[str] = []
        self.now_by_name = {
            (units.names[unit], units.codes[units.parents[unit]]): unit for unit in index["NC"].values()
        }
        self.before_by_name = {
            (units.names[unit], units.codes[units.parents[unit]]): unit for unit in index["C"].values()
        }

    def read(self, rows: list[dict[str, str]]) -> None:
        """Take in the rows of the conversion table."""
        for row in rows:
            now = self.find_now(row)
            self.provinces[self.index["P"][code_in_brackets(row["province_before"])]] = self.units.parents[now]
            self.note_province(row, self.units.parents[now])
            before = self.find_before(row)
            if before is not None:
                self.successors[before].append((0 if "toàn bộ" in row["note"] or "nguyên" in row["note"] else 1, now))

    def note_province(self, row: dict[str, str], province: int) -> None:
        """Note a province whose unit word differs between the sources."""
        word, name = UNIT_WORDS[self.units.words[province]], self.units.names[province]
        cell = row["province_now"].rsplit(" (", 1)[0]
        if cell != f"{word} {name}":
            self.note(f"{MAPPING_FILE} calls {word} {name} {cell!r}; kept {word}")

    def note(self, text: str) -> None:
        """Keep a note once."""
        if text not in self.notes:
            self.notes.append(text)

    def find_now(self, row: dict[str, str]) -> int:
        """Find the new commune of a row, by code or else by name."""
        unit = self.index["NC"].get(row["code_now"])
        if unit is None:
            _, name = split_unit_word(row["name_now"])
            unit = self.now_by_name[name, code_in_brackets(row["province_now"])]
            written = f"{row['name_now']} code {row['code_now']}"
            self.note(f"{MAPPING_FILE} gives {written}, {NOW_FILE} {self.units.codes[unit]}; kept the latter")
        return unit

    def find_before(self, row: dict[str, str]) -> int | None:
        """Find the old commune of a row; name and code must agree, or the name decides; islands have districts only."""
        district = code_in_brackets(row["district"])
        if not row["name_before"]:
            return self.index["D"][district]
        # The table has typing errors in unit words ("Thi trấn") and leaves some out.
        name = COMMUNE_WORD.sub("", row["name_before"])
        unit = self.index["C"].get(row["code_before"])
        if unit is not None and plain(self.units.names[unit]) == plain(name):
            pass
        elif (name, district) in self.before_by_name:
            named = self.before_by_name[name, district]
            written = f"{row['name_before']} ({row['district']}) code {row['code_before']}"
            self.note(f"{MAPPING_FILE} gives {written}, {BEFORE_FILE} {self.units.codes[named]}; kept the latter")
            unit = named
        elif unit is None:
            self.note(
                f"{MAPPING_FILE} names {row['name_before']} ({row['district']}), unknown to {BEFORE_FILE}; left out"
            )
            return None
        if self.units.names[unit] != name:
            self.spellings[unit].add(name)
        return unit


def unit_reference(reference: str, index: dict[str, dict[str, int]]) -> int:
    """Turn ``P:54`` (block and code) of the alias file into a unit index."""
    block, _, code = reference.partition(":")
    if block not in index or code not in index[block]:
        raise SystemExit(f"aliases.yaml: {reference!r} is no unit; expected P:, D:, C:, NP: or NC: and a known code")
    return index[block][code]


def read_aliases(aliases: dict[str, Any], index: dict[str, dict[str, int]]) -> tuple[list[Any], list[Any]]:
    """Turn the alias file into rows of key, written form, condition and units."""
    alias_rows = []
    for entry in aliases["units"]:
        targets = [unit_reference(reference, index) for reference in entry["means"]]
        alias_rows += [[plain(written), written, entry.get("when", "always"), targets] for written in entry["written"]]
    locality_rows = []
    for entry in aliases["localities"]:
        province = unit_reference(entry["province"], index)
        locality_rows += [
            [plain(written), written, entry.get("when", "capital"), [province]] for written in entry["names"]
        ]
    return alias_rows, locality_rows


def build(source: Path) -> tuple[dict[str, Any], list[str]]:
    """Build the content of the place file and the list of disagreements."""
    units, counts, index = read_units(source)
    mapping = Mapping(units, index)
    mapping.read(read_mapping(source))
    first_now = sum(counts[:3])
    keys: dict[str, set[int]] = defaultdict(set)
    spellings: dict[str, set[str]] = defaultdict(set)
    for unit, name in enumerate(units.names):
        for spelling in {name, *mapping.spellings[unit]}:
            if not spelling.isdigit():
                keys[plain(spelling)].add(unit)
                spellings[plain(spelling)].add(spelling)
    numbered: dict[str, list[int]] = defaultdict(list)
    for unit, name in enumerate(units.names):
        if name.isdigit():
            for key in numbered_keys(UNIT_WORDS[units.words[unit]], int(name)):
                numbered[key].append(unit)
    joined = {}
    for unit, name in enumerate(units.names):
        is_large = unit < counts[0] + counts[1] or first_now <= unit < first_now + counts[3]
        key = re.sub(r"\W", "", plain(name))
        if is_large and " " in name and len(key) >= JOINED_LENGTH:
            joined[key] = plain(name)
    aliases = yaml.safe_load((HERE / "aliases.yaml").read_text(encoding="utf-8"))
    alias_rows, locality_rows = read_aliases(aliases, index)
    successors: list[list[int]] = []
    for unit in range(counts[0] + counts[1], first_now):
        ordered = sorted(set(mapping.successors[unit]))
        successors.append(list(dict.fromkeys(now for _, now in ordered)))
        if not ordered:
            full_name = f"{UNIT_WORDS[units.words[unit]]} {units.names[unit]} ({units.codes[unit]})"
            mapping.note(f"{full_name} has no row in {MAPPING_FILE}")
    island_successors = {
        str(unit): [now for _, now in pairs]
        for unit, pairs in sorted(mapping.successors.items())
        if unit < counts[0] + counts[1]
    }
    ordered_keys = sorted(keys)
    content = {
        "format": FORMAT,
        "unit_words": list(UNIT_WORDS),
        "counts": counts,
        "names": "\n".join(units.names),
        "words": "".join(map(str, units.words)),
        "codes": "\n".join(units.codes),
        "parents": units.parents,
        "province_now": [mapping.provinces[unit] for unit in range(counts[0])],
        "successors": successors,
        "island_successors": island_successors,
        "keys": "\n".join(ordered_keys),
        "key_units": [sorted(keys[key]) for key in ordered_keys],
        "spellings": {key: sorted(spellings[key]) for key in ordered_keys if len(spellings[key]) > 1},
        "numbered": dict(sorted(numbered.items())),
        "joined": dict(sorted(joined.items())),
        "aliases": sorted(alias_rows, key=lambda row: (row[0], row[1])),
        "localities": sorted(locality_rows, key=lambda row: (row[0], row[1])),
        "blocked": sorted((plain(written), written) for written in aliases["not_places"]),
    }
    return content, mapping.notes


def main() -> None:
    """Read the arguments, build and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", type=Path, default=DEFAULT_SOURCE, help="folder with the three source tables")
    parser.add_argument("--output", type=Path, default=DEFAULT_OUTPUT)
    arguments = parser.parse_args()
    content, notes = build(arguments.source)
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    # No time stamp and no file name in the header: the same sources give the same bytes.
    arguments.output.write_bytes(gzip.compress(text.encode("utf-8"), compresslevel=9, mtime=0))
    print(f"wrote {arguments.output} ({arguments.output.stat().st_size:,} bytes); counts {content['counts']}")
    for note in notes:
        print("sources disagree:", note)


if __name__ == "__main__":
    main()
