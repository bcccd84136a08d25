"""Facts for counting, straight from the lines of a sample file: no vault, no sync.

The people of the lines are told apart by their normalised code, as the derived ids of a team would.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from broker_desktop.records import record_type
from broker_desktop.records.answer import Payload
from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.contract_json import parse_line
from broker_desktop.records.measure import FirstMet, is_met, met_codes
from broker_desktop.store.bodies import body_text
from sync.ids import normalise_code

SAMPLES = Path(__file__).parents[1] / "samples"


def sample_lines(*names: str) -> Iterator[Payload]:
    """Give the records of sample files, a line handed in twice word for word only once."""
    for name in names:
        seen = set()
        for line in (SAMPLES / name).read_bytes().splitlines():
            if line not in seen:
                seen.add(line)
                yield parse_line(line)


def _told(row: Payload) -> Payload:
    """Give what the record itself says, without what counting keeps beside it."""
    return {name: value for name, value in row.items() if not name.startswith("_")}


def _without_way(line: Payload) -> tuple[Payload, Payload]:
    """Part a line from when it was written down and reached the server, which a vault keeps beside the record."""
    beside = {"_recorded": line.get("recorded_at"), "_synced": line.get("synced_on")}
    return {name: value for name, value in line.items() if name not in ("recorded_at", "synced_on")}, beside


def _person(row: Payload) -> str | None:
    """Give the person of a row; somebody anonymous, or one that nobody would name, is none."""
    person = row.get("person")
    return person.get("id") if isinstance(person, dict) else None


@dataclass
class LineFacts:
    """The rows of sample lines, as `measure.Facts`."""

    codes: CodeLists
    by_type: dict[str, list[Payload]] = field(default_factory=dict)

    @classmethod
    def of(cls, lines: Iterable[Payload], codes: CodeLists) -> LineFacts:
        """Read lines into rows with their day and their person resolved."""
        facts = cls(codes)
        for told in lines:
            line, beside = _without_way(told)
            kind = record_type(line["type"])
            row = kind.resolved(line, person=normalise_code, external=lambda _, external_id: external_id)
            name = normalise_code(line["code"]) if kind.name == "person" else line.get("external_id", "")
            facts.by_type.setdefault(kind.name, []).append(
                {**row, "_day": kind.day(line), "_id": name, "_type": kind.name, **beside}
            )
        return facts

    def rows(
        self, type_name: str, first_day: str | None, last_day: str | None, naming: Collection[str] = ()
    ) -> Iterator[Payload]:
        """Give the rows of a type by day; with `naming` only those that hold one of the texts, as the database does."""
        for row in self.by_type.get(type_name, ()):
            if naming and not any(text in body_text(_told(row)) for text in naming):
                continue
            if (first_day is None and last_day is None) or (
                row["_day"] is not None and str(first_day) <= row["_day"] <= str(last_day)
            ):
                yield row

    def merged(self) -> int:
        """Give none: lines say nothing of merges."""
        return 0

    def people(self, ids: Collection[str]) -> Iterator[Payload]:
        """Give the rows of these people, the first line of each."""
        rows = {row["_id"]: row for row in reversed(self.by_type.get("person", []))}
        return (row for person, row in rows.items() if person in ids)

    def last_seen_before(self, day: str) -> dict[str, str]:
        """Give the last days, found the slow and plain way."""
        met = met_codes(self.codes)
        last: dict[str, str] = {}
        for type_name in ("contact", "nx_visit"):
            for row in self.rows(type_name, None, None):
                who = _person(row)
                if who and row["_day"] and row["_day"] < day and (type_name == "nx_visit" or is_met(row, met)):
                    last[who] = max(last.get(who, ""), row["_day"])
        return last

    def first_met(self) -> Iterator[FirstMet]:
        """Give the first days, found the slow and plain way."""
        met = met_codes(self.codes)
        firsts: dict[tuple[str, str, Any], str] = {}
        for type_name in ("contact", "nx_visit"):
            for row in self.rows(type_name, None, None):
                who, team = _person(row), row.get("team")
                if who and row["_day"] and (type_name == "nx_visit" or is_met(row, met)):
                    key = (who, type_name, team if type_name == "contact" and isinstance(team, str) else None)
                    firsts[key] = min(firsts.get(key, row["_day"]), row["_day"])
        return (FirstMet(*key, day) for key, day in firsts.items())
