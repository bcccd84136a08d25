"""Code lists: which codes a question takes, how they read, and what their group says.

The text of the files in `resources/refdata` is handed in; nothing is opened here. The column `group` means something
else in each list (tests/samples/README.md): met or attempt for outcomes, 1 for items that count as syringes, the
quantity for the contents of a pack, the state number, the compartment of a destination, the area pack of teams,
services and places, the zone of an area. Where a team has two packs one after the other, the lists hold the codes of
both, each with the days on which it may be chosen: what was recorded goes on reading as it did.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from difflib import get_close_matches
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from broker_desktop.records.pack import NamedCode, Pack
from broker_desktop.records.pack.spells import Spell
from broker_desktop.records.pack.words import Wording

PACK_LISTS: Final = ("team", "service", "place", "locality")
"""Lists whose rows belong to one area pack each, named in `group`."""

_OF_A_SPELL: Final = ("team", "service")
"""Lists whose codes end with their pack; places and localities stay where they are."""

_STILL_OFFERED: Final = timedelta(days=92)
"""How long a form goes on offering a code that has ended: what happened before is entered later."""


@dataclass(frozen=True, slots=True)
class CodeEntry:
    """One code: how it reads, where it stands in its list, how far it is confirmed, and its group."""

    code: str
    label: str
    sort: int
    status: str
    group: str
    valid_from: date | None = None
    valid_to: date | None = None
    aliases: tuple[str, ...] = ()

    def holds_on(self, day: date) -> bool:
        """Tell whether a record of this day may hold the code."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


def nearest(text: str, names: Iterable[str], cutoff: float = 0.0) -> str | None:
    """Give the name most like the text; None when there is no name at all, or none as like it as `cutoff`."""
    found = get_close_matches(text[:80], list(names), n=1, cutoff=cutoff)
    return found[0] if found else None


@lru_cache(maxsize=2)
def _rows(csv_text: str) -> tuple[tuple[str, str, CodeEntry], ...]:
    """Read every row once, however many teams and days are asked for: list, area that it is of, and the code."""
    return tuple(
        (
            row["list_id"],
            _area(row["source"]),
            CodeEntry(
                row["code"],
                row["label"],
                int(row["sort"]),
                row["status"],
                row["group"],
                aliases=_aliases(row["source"]),
            ),
        )
        for row in csv.DictReader(io.StringIO(csv_text))
    )


class CodeLists:
    """All code lists that hold for a team with one area pack, or several one after the other."""

    def __init__(self, lists: Mapping[str, Mapping[str, CodeEntry]], *, offered_on: date | None = None) -> None:
        """`offered_on`: leave out of `entries` what nobody chooses on that day any more, or yet."""
        self._lists = lists
        self._offered_on = offered_on
        self._contents = _open_packs(lists.get("equipment_pack_item", {}))
        self.dated = any(
            one.valid_from is not None or one.valid_to is not None for known in lists.values() for one in known.values()
        )
        """Some code has days of its own."""

    @classmethod
    def load(cls, csv_text: str, pack: Pack | None = None, spells: Sequence[Spell] = ()) -> CodeLists:
        """Read the lists, with the rows of the team's area packs (none of them without a pack), in the words of `pack`.

        What a pack file itself names and the lists do not is added at the end of its list.
        """
        spells = spells or (() if pack is None else (Spell(pack, pack.first_day, pack.last_day),))
        lists: dict[str, dict[str, CodeEntry]] = {name: {} for name in PACK_LISTS}
        of_packs: dict[tuple[str, str], dict[str, CodeEntry]] = {}
        ids = {spell.pack.id for spell in spells}
        for list_id, area, entry in _rows(csv_text):
            if area not in {"", *ids}:
                continue
            if list_id in PACK_LISTS:
                of_packs.setdefault((list_id, entry.group), {})[entry.code] = entry
            else:
                lists.setdefault(list_id, {})[entry.code] = entry
        lists = {name: _sorted(entries) for name, entries in lists.items()}
        for spell in spells:
            for list_id in PACK_LISTS:
                known = of_packs.get((list_id, spell.pack.id), {})
                _put_in(lists[list_id], _of_pack(known, list_id, spell), spell if list_id in _OF_A_SPELL else None)
            for list_id, added in _added(spell.pack, lists):
                _put_in(lists.setdefault(list_id, {}), added, None)
        if pack is not None:
            _put_words(lists, Wording(pack.labels))
        return cls({name: MappingProxyType(entries) for name, entries in lists.items()})

    def offered_on(self, day: date) -> CodeLists:
        """Give the same lists as a form of that day offers them: what has long ended, or not begun, is not chosen."""
        return CodeLists(self._lists, offered_on=day) if self.dated else self

    def __contains__(self, list_id: str) -> bool:
        return list_id in self._lists

    def __iter__(self) -> Iterator[str]:
        return iter(self._lists)

    def known(self, list_id: str) -> Mapping[str, CodeEntry]:
        """Give the codes of a list with their entries, in the order of the list; KeyError for an unknown list."""
        return self._lists[list_id]

    def entries(self, list_id: str) -> tuple[CodeEntry, ...]:
        """Give the entries of a list in their order."""
        day = self._offered_on
        every = self._lists[list_id].values()
        if day is None or not self.dated:
            return tuple(every)
        return tuple(one for one in every if one.holds_on(day) or _ended_lately(one, day))

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
        return self.named(list_id, text) or nearest(text, self._lists[list_id])

    def named(self, list_id: str, words: str) -> str | None:
        """Give the code that these words stand for, by code, label or another name for it; None for none or several."""
        told = words.casefold().strip()
        found = {
            one.code
            for one in self._lists[list_id].values()
            if told in {one.code.casefold(), one.label.casefold(), *map(str.casefold, one.aliases)}
        }
        return found.pop() if len(found) == 1 else None

    def contents(self, equipment_pack: str) -> Mapping[str, int]:
        """Give what one equipment pack holds, item code to quantity; empty for pick and mix."""
        return self._contents.get(equipment_pack, {})


def _sorted(entries: Mapping[str, CodeEntry]) -> dict[str, CodeEntry]:
    """Order a list by `sort`, wherever a row of it stands: a list may go on in another file."""
    return {one.code: one for one in sorted(entries.values(), key=lambda one: one.sort)}


def _ended_lately(entry: CodeEntry, day: date) -> bool:
    return entry.valid_to is not None and entry.valid_to < day <= entry.valid_to + _STILL_OFFERED


def _aliases(source: str) -> tuple[str, ...]:
    """Read other names of a code out of its source: "..., alias meow, m-cat"."""
    found = re.search(r"\balias (.+)$", source)
    return tuple(one.strip() for one in found[1].split(",")) if found else ()


def _area(source: str) -> str:
    """Read out of a code's source which area pack alone it belongs to: "...; only some-pack"; empty for every team."""
    found = re.search(r"; only ([a-z0-9-]+)$", source)
    return found[1] if found else ""


def _of_pack(known: Mapping[str, CodeEntry], list_id: str, spell: Spell) -> Iterator[CodeEntry]:
    """Give a pack's codes of one list: those of the files first, in the pack's words where the file has an id only."""
    pack = spell.pack
    said = {"team": pack.teams, "service": pack.services, "place": pack.places, "locality": pack.localities}[list_id]
    by_code = {one.code: one for one in said}
    for entry in known.values():
        one = by_code.pop(entry.code, None)
        # The group of an area is its zone; of a team, service or place it is the pack.
        group = (one.group if one else None) or "" if list_id == "locality" else entry.group
        if one is None:
            yield replace(entry, group=group)
            continue
        only_id = entry.label == entry.code.replace("-", " ").capitalize()
        label = one.label if one.named and only_id else entry.label
        yield replace(entry, label=label, valid_from=one.valid_from, valid_to=one.valid_to, group=group)
    last = max((entry.sort for entry in known.values()), default=0)
    for number, one in enumerate(by_code.values(), start=1):
        group = one.group or "" if list_id == "locality" else pack.id
        yield CodeEntry(one.code, one.label, last + 10 * number, "local", group, one.valid_from, one.valid_to)


def _added(pack: Pack, lists: Mapping[str, Mapping[str, CodeEntry]]) -> Iterator[tuple[str, Iterator[CodeEntry]]]:
    """Give what a pack adds to common lists: destinations and sources that are new there, and `codes` in any case."""
    for list_id, found in (
        ("referral_destination", pack.destinations),
        ("referral_source", pack.agencies),
    ):
        known = lists.get(list_id, {})
        yield list_id, _entries([one for one in found if one.code not in known], known)
    for list_id, changed in pack.codes.items():
        yield list_id, _entries(changed, lists.get(list_id, {}))


def _entries(found: Sequence[NamedCode], known: Mapping[str, CodeEntry]) -> Iterator[CodeEntry]:
    last = max((entry.sort for entry in known.values()), default=0)
    for number, one in enumerate(found, start=1):
        before = known.get(one.code)
        fresh = CodeEntry(one.code, one.label, last + 10 * number, one.status, one.group or "")
        entry = fresh if before is None else replace(before, label=one.label if one.named else before.label)
        yield replace(
            entry,
            valid_from=one.valid_from,
            valid_to=one.valid_to,
            aliases=(*entry.aliases, *one.aliases),
            group=entry.group if one.group is None else one.group,
        )


def _put_in(target: dict[str, CodeEntry], entries: Iterable[CodeEntry], spell: Spell | None) -> None:
    """Put a pack's codes into a list; one that the pack before had too goes on, in the words of the later one."""
    for entry in list(entries):
        before = target.get(entry.code)
        first, last = entry.valid_from, entry.valid_to
        ended_before = last is not None and spell is not None and spell.first is not None and last < spell.first
        if ended_before and before is not None:
            continue
        if spell is not None and not ended_before:
            first = _later(first, spell.first)
            last = last if spell.last is None else min(last or spell.last, spell.last)
        if spell is not None and before is not None:
            first = before.valid_from
        target[entry.code] = replace(entry, valid_from=first, valid_to=last)


def _put_words(lists: Mapping[str, dict[str, CodeEntry]], wording: Wording) -> None:
    for entries in lists.values():
        for code, entry in entries.items():
            label = wording.words(entry.label)
            if label != entry.label:
                entries[code] = replace(entry, label=label)


def _later(first: date | None, second: date | None) -> date | None:
    return max(first, second) if first is not None and second is not None else first or second


def _open_packs(rows: Mapping[str, CodeEntry]) -> dict[str, dict[str, int]]:
    contents: dict[str, dict[str, int]] = {}
    for entry in rows.values():
        equipment_pack, _, item = entry.code.partition(".")
        contents.setdefault(equipment_pack, {})[item] = int(entry.group)
    return contents
