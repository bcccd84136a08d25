"""Code lists: which codes a question takes, how they read, and what their group says.

The text of `refdata/codes.csv` is handed in; nothing is opened here. The column `group` means something else in each
list (tests/samples/README.md): met or attempt for outcomes, 1 for items that count as syringes, the quantity for the
contents of a pack, the state number, the compartment of a destination, the area pack of teams, services and places.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType
from typing import Final

from broker_desktop.records.pack import NamedCode, Pack

PACK_LISTS: Final = ("team", "service", "place", "locality")
"""Lists whose rows belong to one area pack each, named in `group`."""


@dataclass(frozen=True, slots=True)
class CodeEntry:
    """One code: how it reads, where it stands in its list, how far it is confirmed, and its group."""

    code: str
    label: str
    sort: int
    status: str
    group: str


def nearest(text: str, names: Iterable[str], cutoff: float = 0.0) -> str | None:
    """Give the name most like the text; None when there is no name at all, or none as like it as `cutoff`."""
    found = get_close_matches(text[:80], list(names), n=1, cutoff=cutoff)
    return found[0] if found else None


class CodeLists:
    """All code lists that hold for a team with one area pack."""

    def __init__(self, lists: Mapping[str, Mapping[str, CodeEntry]]) -> None:
        self._lists = lists
        self._contents = _open_packs(lists.get("equipment_pack_item", {}))

    @classmethod
    def load(cls, csv_text: str, pack: Pack | None = None) -> CodeLists:
        """Read the lists, with the rows of one area pack (none of them without a pack).

        What the pack file itself names and codes.csv does not list is added at the end of its list.
        """
        lists: dict[str, dict[str, CodeEntry]] = {name: {} for name in PACK_LISTS}
        for row in csv.DictReader(io.StringIO(csv_text)):
            if row["list_id"] in PACK_LISTS and (pack is None or row["group"] != pack.id):
                continue
            entry = CodeEntry(row["code"], row["label"], int(row["sort"]), row["status"], row["group"])
            lists.setdefault(row["list_id"], {})[entry.code] = entry
        lists = {name: _sorted(entries) for name, entries in lists.items()}
        if pack is not None:
            for list_id, named in (("team", pack.teams), ("service", pack.services), ("place", pack.places)):
                if not lists[list_id]:
                    lists[list_id] = _entries_of(named, pack.id)
        return cls({name: MappingProxyType(entries) for name, entries in lists.items()})

    def __contains__(self, list_id: str) -> bool:
        return list_id in self._lists

    def known(self, list_id: str) -> Mapping[str, CodeEntry]:
        """Give the codes of a list with their entries, in the order of the list; KeyError for an unknown list."""
        return self._lists[list_id]

    def entries(self, list_id: str) -> tuple[CodeEntry, ...]:
        """Give the entries of a list in their order."""
        return tuple(self._lists[list_id].values())

    def label(self, list_id: str, code: str) -> str:
        """Give the words for a code; a code that this build does not know reads as itself."""
        entry = self._lists[list_id].get(code)
        return code if entry is None else entry.label

    def group(self, list_id: str, code: str) -> str:
        """Give the group of a code, empty for an unknown one."""
        entry = self._lists[list_id].get(code)
        return "" if entry is None else entry.group

    def in_group(self, list_id: str, group: str) -> frozenset[str]:
        """Give the codes of a list that share a group."""
        return frozenset(code for code, entry in self._lists[list_id].items() if entry.group == group)

    def nearest(self, list_id: str, text: str) -> str | None:
        """Give the code of a list most like the text."""
        return nearest(text, self._lists[list_id])

    def contents(self, equipment_pack: str) -> Mapping[str, int]:
        """Give what one equipment pack holds, item code to quantity; empty for pick and mix."""
        return self._contents.get(equipment_pack, {})


def _sorted(entries: Mapping[str, CodeEntry]) -> dict[str, CodeEntry]:
    """Order a list by `sort`, wherever a row of it stands: a list may go on in another file."""
    return {one.code: one for one in sorted(entries.values(), key=lambda one: one.sort)}


def _entries_of(named: Iterable[NamedCode], pack_id: str) -> dict[str, CodeEntry]:
    return {one.code: CodeEntry(one.code, one.label, 10 * n, "local", pack_id) for n, one in enumerate(named, start=1)}


def _open_packs(rows: Mapping[str, CodeEntry]) -> dict[str, dict[str, int]]:
    contents: dict[str, dict[str, int]] = {}
    for entry in rows.values():
        equipment_pack, _, item = entry.code.partition(".")
        contents.setdefault(equipment_pack, {})[item] = int(entry.group)
    return contents
