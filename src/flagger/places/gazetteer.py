"""Both systems of administrative units, their names, aliases and links, read from one compact file."""

from __future__ import annotations

import gzip
import json
import re
from functools import cached_property, lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

import ahocorasick

from flagger.errors import ModelFolderError
from flagger.places.entries import Entry, both_tone_styles
from flagger.places.facility_words import FACILITY_WORDS
from flagger.places.words import COMMUNE, DISTRICT, PROVINCE

FORMAT: Final = 1
DATA_FILE: Final = "places.json.gz"


class Gazetteer:
    """Units, names and links; immutable after loading and safe to share between threads.

    Unit indices run over five blocks: provinces, districts and communes before 1 July 2025, then provinces and
    communes since.

    :param content: the decoded place file.
    """

    def __init__(self, content: dict[str, Any]) -> None:
        if content.get("format") != FORMAT:
            raise ModelFolderError(
                f"the place file has format {content.get('format')!r}, expected {FORMAT}; "
                "regenerate it with data/places/build_gazetteer.py"
            )
        self._content = content
        self.names: list[str] = content["names"].split("\n")
        self.codes: list[str] = content["codes"].split("\n")
        self.parents: list[int] = content["parents"]
        self.words: str = content["words"]
        self._unit_words: list[str] = content["unit_words"]
        provinces, districts, communes, provinces_now, _ = content["counts"]
        self.first_district: int = provinces
        self.first_commune: int = provinces + districts
        self.first_province_now: int = self.first_commune + communes
        self.first_commune_now: int = self.first_province_now + provinces_now
        self._entries: dict[str, Entry] = {}
        self._known_ancestors: dict[int, frozenset[int]] = {}
        self._special: dict[str, list[tuple[str, Any]]] = {}
        for kind in ("aliases", "localities", "blocked"):
            for row in content[kind]:
                self._special.setdefault(row[0], []).append((kind, row))

    @classmethod
    def load(cls, path: str | Path | None = None) -> Gazetteer:
        """Read a place file.

        :param path: a file made by ``data/places/build_gazetteer.py``; by default the one in the package.
        :return: the gazetteer.
        :raises ModelFolderError: when the file is missing, damaged or of another format.
        """
        source = Path(path) if path is not None else resources.files("flagger.places") / "data" / DATA_FILE
        try:
            content = json.loads(gzip.decompress(source.read_bytes()))
        except (OSError, EOFError, ValueError) as error:
            raise ModelFolderError(
                f"the place file {DATA_FILE} cannot be read ({type(error).__name__}); "
                "reinstall flagger or regenerate it with data/places/build_gazetteer.py"
            ) from error
        return cls(content)

    @cached_property
    def automaton(self) -> ahocorasick.Automaton:
        """Every key in one automaton; the value of a match is the key."""
        automaton = ahocorasick.Automaton()
        for key in self._keys:
            automaton.add_word(key, key)
        for keys in (self._special, self._content["numbered"], self._content["joined"], FACILITY_WORDS):
            for key in keys:
                automaton.add_word(key, key)
        automaton.make_automaton()
        return automaton

    @cached_property
    def _keys(self) -> dict[str, list[int]]:
        return dict(zip(self._content["keys"].split("\n"), self._content["key_units"], strict=True))

    def entry(self, key: str) -> Entry:
        """Give what a key means; built on first use.

        :param key: a key of the automaton.
        :return: its meanings; the same object in every call.
        """
        entry = self._entries.get(key)
        if entry is None:
            entry = self._entries[key] = self._build_entry(key)
        return entry

    def _build_entry(self, key: str) -> Entry:
        entry = Entry(key, facility=FACILITY_WORDS.get(key), numbered=tuple(self._content["numbered"].get(key, ())))
        name_key = self._content["joined"].get(key)
        entry.joined = name_key is not None and key not in self._keys
        name_key = key if key in self._keys else name_key
        if name_key is not None:
            entry.units = tuple(self._keys[name_key])
            if entry.joined:
                entry.units = tuple(unit for unit in entry.units if self.level(unit) < COMMUNE)
            written = self._content["spellings"].get(name_key) or [self.names[entry.units[0]]]
            spellings = {spelling for name in written for spelling in both_tone_styles(name)}
            if entry.joined:
                spellings = {re.sub(r"\W", "", spelling) for spelling in spellings}
            entry.spellings = frozenset(spellings)
            if not entry.joined:
                entry.by_spelling = self._units_by_spelling(entry.units)
        rows: dict[str, list[tuple[frozenset[str], str, tuple[int, ...]]]] = {"aliases": [], "localities": []}
        for kind, row in self._special.get(key, ()):
            if kind == "blocked":
                entry.blocked |= both_tone_styles(row[1])
            else:
                rows[kind].append((both_tone_styles(row[1]), row[2], tuple(row[3])))
        entry.aliases, entry.localities = tuple(rows["aliases"]), tuple(rows["localities"])
        return entry

    def _units_by_spelling(self, units: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
        found: dict[str, list[int]] = {}
        for unit in units:
            for spelling in both_tone_styles(self.names[unit]):
                found.setdefault(spelling, []).append(unit)
        return {spelling: tuple(own) for spelling, own in found.items()}

    def level(self, unit: int) -> int:
        """Give the level of a unit.

        :param unit: index of the unit.
        :return: 0 province, 1 district, 2 commune.
        """
        if unit < self.first_district or self.first_province_now <= unit < self.first_commune_now:
            return PROVINCE
        return DISTRICT if unit < self.first_commune else COMMUNE

    def is_now(self, unit: int) -> bool:
        """Say whether a unit belongs to the system since 1 July 2025."""
        return unit >= self.first_province_now

    def word(self, unit: int) -> int:
        """Give the index of the unit word of a unit, such as 0 for "Tỉnh" and 1 for "Thành phố"."""
        return int(self.words[unit])

    def full_name(self, unit: int) -> str:
        """Give the name with its unit word, such as ``Huyện Thanh Oai``."""
        return f"{self._unit_words[int(self.words[unit])]} {self.names[unit]}"

    def province_name(self, province: int) -> str:
        """Give the short name of a province, such as ``Hà Nội`` and ``TP. Hồ Chí Minh``."""
        name = self.names[province]
        return "TP. Hồ Chí Minh" if name == "Hồ Chí Minh" else name

    def province_before(self, unit: int) -> int | None:
        """Give the province of the 63 that a unit lies in, or ``None`` when it was made from parts of several."""
        if unit < self.first_province_now:
            while self.parents[unit] >= 0:
                unit = self.parents[unit]
            return unit
        provinces = self.provinces_before(unit)
        return next(iter(provinces)) if len(provinces) == 1 else None

    def provinces_before(self, unit: int) -> frozenset[int]:
        """Give every province of the 63 that a unit reaches into."""
        if unit < self.first_province_now:
            province = self.province_before(unit)
            return frozenset() if province is None else frozenset({province})
        if unit < self.first_commune_now:
            return frozenset(old for old, now in enumerate(self._content["province_now"]) if now == unit)
        return frozenset(
            province for old in self.predecessors(unit) if (province := self.province_before(old)) is not None
        )

    def province_now(self, unit: int) -> int:
        """Give the province of the 34 that a unit lies in."""
        if unit >= self.first_commune_now:
            return self.parents[unit]
        if unit >= self.first_province_now:
            return unit
        province = self.province_before(unit)
        return int(self._content["province_now"][province])

    def successors(self, unit: int) -> list[int]:
        """Give the communes since 1 July 2025 that took the area of an old commune, the whole before parts."""
        if self.first_commune <= unit < self.first_province_now:
            successors: list[int] = self._content["successors"][unit - self.first_commune]
            return successors
        return list(self._content["island_successors"].get(str(unit), ()))

    @cached_property
    def _predecessors(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for offset, successors in enumerate(self._content["successors"]):
            for now in successors:
                found.setdefault(now, []).append(self.first_commune + offset)
        for old, successors in self._content["island_successors"].items():
            for now in successors:
                found.setdefault(now, []).append(int(old))
        return found

    def predecessors(self, unit: int) -> list[int]:
        """Give the old communes (for islands the old district) that a commune of today was made from."""
        return self._predecessors.get(unit, [])

    @cached_property
    def namesake_districts(self) -> dict[int, int]:
        """Districts by province, of those that have the name of their province: the city of Trà Vinh in Trà Vinh."""
        return {
            self.parents[unit]: unit
            for unit in range(self.first_district, self.first_commune)
            if self.names[unit] == self.names[self.parents[unit]]
        }

    def units_named(self, name: str) -> list[int]:
        """Give every unit of one name, of all levels and both systems."""
        return self._by_name.get(name, [])

    @cached_property
    def _by_name(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for unit, name in enumerate(self.names):
            found.setdefault(name, []).append(unit)
        return found

    @cached_property
    def heirs(self) -> dict[int, tuple[int, ...]]:
        """Communes of today that carry the name of the old district whose area they lie in, by district."""
        found: dict[int, list[int]] = {}
        for offset, successors in enumerate(self._content["successors"]):
            district = self.parents[self.first_commune + offset]
            for now in successors:
                if self.names[now] == self.names[district] and now not in found.setdefault(district, []):
                    found[district].append(now)
        return {district: tuple(communes) for district, communes in found.items() if communes}

    def ancestors(self, unit: int) -> frozenset[int]:
        """Give every unit, of both systems, that holds all or part of a unit.

        :param unit: index of the unit.
        :return: indices of the others; never the unit itself.
        """
        known = self._known_ancestors.get(unit)
        if known is None:
            known = self._known_ancestors[unit] = frozenset(self._find_ancestors(unit) - {unit, -1})
        return known

    def _find_ancestors(self, unit: int) -> set[int]:
        if self.first_province_now <= unit < self.first_commune_now:
            return set()
        if unit < self.first_district:
            return {self.province_now(unit)}
        found = {self.province_now(unit), *self.provinces_before(unit)}
        if unit >= self.first_commune_now:
            found.update(self.parents[old] for old in self.predecessors(unit))
        elif unit >= self.first_commune:
            found.update((self.parents[unit], *self.successors(unit)))
        return found


@lru_cache(maxsize=1)
def default_gazetteer() -> Gazetteer:
    """Give the gazetteer inside the package, loaded once."""
    return Gazetteer.load()
