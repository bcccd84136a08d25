"""Random but plausible months of a service: lines in the form of contract.md, the same for the same seed.

Everything is made from the declarations of the record types, so a new type or question is in it by itself. Lines are
inputs, never expectations: no figure is worked out here. People come back under other spellings of their code, stay
anonymous, refuse; days crowd around the ends of months, the two nights on which clocks change, and 29 February.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from broker_desktop import assets
from broker_desktop.records import CATALOGUE, record_type
from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.contract_json import parse_line
from broker_desktop.records.field import (
    Amount,
    Code,
    Codes,
    Day,
    Field,
    Moment,
    Number,
    PersonCode,
    Text,
    Texts,
    Year,
    YesNo,
)
from broker_desktop.records.month import Month
from broker_desktop.records.pack import Pack
from broker_desktop.records.record_type import RecordType
from broker_desktop.records.reference import PersonRef, RecordRef
from broker_desktop.records.rules import CheckContext, Severity
from broker_desktop.records.structure import Group, Keyed, Offers, Quantities, Rows
from tests.common.dice import Dice

Line = dict[str, Any]

NOW: Final = datetime(2026, 12, 2, 9, 0, tzinfo=UTC)
"""The clock under which every line may be imported."""

PACK: Final = "hampshire-homer-2010"
"""Several teams, areas in zones, and sheets that are expected."""

MONTHS: Final = ("2024-02", "2025-10", "2025-12", "2026-03", "2026-05", "2026-08", "2026-10", "2026-11")
"""A leap day, clocks that change in both ways, a year's end, months whose referrals have run their course."""

LONDON: Final = ZoneInfo("Europe/London")
_OFFSETS: Final = ("+00:00", "Z", "+01:00", "-05:00", "+05:30")
_OFTEN: Final = {
    "contact": 24, "nx_visit": 18, "referral": 12, "bbv_test": 7, "bbv_vaccination": 4, "broker_contact": 6,
    "group_session": 5, "naloxone_supply": 4, "naloxone_reversal": 2, "nx_tally": 5, "top_marker": 5, "site_report": 5,
    "safeguarding_concern": 3, "home_assessment": 3, "support_intervention": 6, "feedback": 4, "session": 5,
    "sharps_calibration": 1,
}  # fmt: skip
"""How often a type is drawn; the others once."""
_DRAWN: Final = [kind for kind in CATALOGUE if kind.name != "person" for _ in range(_OFTEN.get(kind.name, 1))]
_WHOLE: Final = {"outcome", "referral_event", "bbv_state", "tally_status", "collecting_for", "substance"}
"""Lists of which every code is drawn; of the others a few, so that they meet again."""
_SPECIAL: Final = {
    "advice": ("overdose",), "activity": ("brief_intervention",), "contact_kind": ("drop_in",),
    "bbv_action": ("refer",), "contact_subject": ("service_user",),
    "drug_injected": ("heroin_and_crack", "steroids_ipeds"),
    "equipment_item": ("SYR_FX_1_29", "CONDOM"), "equipment_pack": ("PK_1ML_20",), "need": ("housing", "employment"),
    "place": ("pharmacy_daat_01", "pharmacy_devolved_02", "totton"), "locality": ("new_forest",),
    "referral_destination": ("supporting_people", "sexual_health", "mash"), "referral_source": ("self", "pharmacy"),
    "route": ("inject",), "support_domain": ("housing", "employment"), "support_outcome": ("housed", "employment"),
    "support_type": ("supported_housing",), "treatment_ring": ("never",), "return_method": ("bins", "none"),
}  # fmt: skip
"""Codes that a figure asks for by name: every service uses them."""
_WAYS: Final = {"referral_event": ("triaged", "attended_first", "unplanned_exit", "unplanned_exit", "closed") * 3}
"""Steps that most referrals take."""
_REASONS: Final = ("declined", "not_asked", "unknown", "not_applicable")
_ALWAYS: Final = {"person", "outcome", "substances", "items", "events", "returns", "offers", "advice", "results"}
"""Questions that are seldom left out."""


@cache
def codes_of(pack: str = PACK) -> CodeLists:
    """Give the code lists of a pack."""
    return CodeLists.load(assets.codes_csv(), Pack.parse(assets.pack_text(pack)))


def month_of(seed: int) -> tuple[str, str]:
    """Give the first and the last day of the month that the lines of a seed are about."""
    first = date.fromisoformat(f"{MONTHS[seed % len(MONTHS)]}-01")
    return first.isoformat(), ((first + timedelta(days=32)).replace(day=1) - timedelta(days=1)).isoformat()


def random_lines(seed: int, size: int, pack: str = PACK) -> list[Line]:
    """Give `size` records of every type, and the people some of them name, as JSON would hold them."""
    first, last = map(date.fromisoformat, month_of(seed))
    dice = Dice(f"service {seed}")
    scene = _Scene(dice, codes_of(pack), first, last, _codes_of_people(dice, size))
    lines = [_sound(scene, dice.one(_DRAWN)) for _ in range(size)]
    lines += _followed(scene)
    lines += [_person(scene, code) for code in scene.people if dice.chance(70)]
    return dice.some(lines, len(lines))


def as_read(lines: list[Line]) -> list[Line]:
    """Give lines as the program reads them from a file: decimals, not floats."""
    return [parse_line(line) for line in as_file(lines).splitlines()]


def on_their_way(lines: list[Line], seed: int) -> list[Line]:
    """Give lines with the moment each was written down, and the day the server had it where that is told.

    Clocks run ahead now and then, so a record may have been there before it was written.
    """
    dice = Dice(f"way {seed}")
    return [_on_its_way(line, dice, month_of(seed)[0]) for line in lines]


def _on_its_way(line: Line, dice: Dice, first: str) -> Line:
    written = date.fromisoformat(first) + timedelta(days=dice.between(0, 40))
    at = f"{written}T{dice.between(0, 23):02}:{dice.between(0, 59):02}:00{dice.one(_OFFSETS)}"
    there = (written + timedelta(days=dice.between(-1, 12))).isoformat()
    return {**line, "recorded_at": at, "synced_on": there if dice.chance(80) else None}


def as_file(lines: list[Line]) -> bytes:
    """Give lines as a file that `record import mixed` takes."""
    return b"".join(json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in lines)


def _codes_of_people(dice: Dice, size: int) -> list[str]:
    names = [f"{first}{second}" for first in "ABCDEFGH" for second in ("NNE", "LEX", "RIN", "OSK", "ULA")]
    return [f"{name}{dice.between(60, 99)}{dice.one('MFX')}" for name in dice.some(names, 3 + size // 8)]


@dataclass
class _Scene:
    """What the records of one data set have in common."""

    dice: Dice
    codes: CodeLists
    first: date
    last: date
    people: list[str]
    """Their codes."""
    made: dict[str, list[str]] = field(default_factory=dict)
    """Other programs' ids of records, by type."""
    palettes: dict[str, list[str]] = field(default_factory=dict)
    day: date = date.min
    """The day that the record in hand is about."""

    def palette(self, list_id: str) -> list[str]:
        """Give the codes of a list that this service uses."""
        if list_id not in self.palettes:
            known = list(self.codes.known(list_id))
            few = known if list_id in _WHOLE else self.dice.some(known, self.dice.between(2, 6))
            self.palettes[list_id] = [*dict.fromkeys([*_SPECIAL.get(list_id, ()), *few]), *_WAYS.get(list_id, ())]
        return self.palettes[list_id]

    def some_day(self) -> date:
        """Give a day: mostly of the month, often at its ends, sometimes long before or just after."""
        dice, chance = self.dice, self.dice.below(100)
        if chance < 20:
            day = dice.one([self.first, self.last, self.first - timedelta(days=1), self.last + timedelta(days=1)])
        elif chance < 28:
            day = max(day for day in _changes(self.first.year) if day <= self.last or day.month == 3)
        elif chance < 65:
            day = self.first + timedelta(days=dice.below((self.last - self.first).days))
        elif chance < 95:
            day = self.first - timedelta(days=dice.between(1, 220))
        else:
            day = self.last + timedelta(days=dice.between(1, 40))
        return min(day, NOW.date())

    def moment(self, day: date, *, future: bool = False) -> str:
        """Write a moment of a London day with some offset, or the day alone."""
        dice = self.dice
        if dice.chance(10):
            return day.isoformat()
        hour, minute = dice.one([(0, 15), (0, 59), (1, 30), (23, 30), (23, 59), (dice.between(0, 23), 5)])
        local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=LONDON, fold=dice.between(0, 1))
        moment = local.astimezone(UTC)
        moment = moment if future else min(moment, NOW)
        offset = dice.one(_OFFSETS)
        hours = datetime.fromisoformat(f"2000-01-01T00:00:00{offset}").tzinfo
        return moment.astimezone(hours).strftime("%Y-%m-%dT%H:%M:%S") + offset

    def later_day(self, *, future: bool) -> str:
        """Write a day at or after that of the record."""
        day = self.day + timedelta(days=self.dice.one([0, 0, 1, 2, 5, 13, 14, 15, 30, 80, 83, 84, 85, 120, 190]))
        return (day if future else min(day, max(NOW.date(), self.day))).isoformat()

    def spelled(self, code: str) -> str:
        """Write a person's code in one of its spellings."""
        wide = "".join(chr(ord(one) + 0xFEE0) for one in code)
        return self.dice.one([code, code, code, code.lower(), f"{code[:4]} {code[4:]}", f"{code[:4]}-{code[4:]}", wide])


def _changes(year: int) -> list[date]:
    """The days on which clocks change: the last Sundays of March and October."""
    ends = (date(year, 3, 31), date(year, 10, 31))
    return [day - timedelta(days=(day.weekday() + 1) % 7) for day in ends]


def _person(scene: _Scene, code: str) -> Line:
    """One line for one person, so that no file gives somebody two."""
    kind = record_type("person")
    for _ in range(20):
        line = _record(scene, kind)
        line.pop("external_id")
        told = {**line, "identity_level": "code", "code": scene.spelled(code)}
        if _mended(kind, told, scene):
            return told
    return {"type": kind.name, "identity_level": "code", "code": code}


def _sound(scene: _Scene, kind: RecordType) -> Line:
    """Draw until the declaration has nothing to refuse."""
    for _ in range(50):
        line = _record(scene, kind)
        if _mended(kind, line, scene):
            if "external_id" in line:  # a plan of a broker holds none
                scene.made.setdefault(kind.name, []).append(line["external_id"])
            return line
    raise AssertionError(f"no sound {kind.name} can be drawn")


def _followed(scene: _Scene) -> list[Line]:
    """Draw a test whose result was given and a referral to who treats it: of chance alone they hardly ever meet."""
    test, referral = (_sound(scene, record_type(name)) for name in ("bbv_test", "referral"))
    scene.day = scene.some_day()
    who = {"person": {"code": scene.spelled(scene.dice.one(scene.people))}}
    result = {"HCV_RNA": {"result": "detected", "reported_on": scene.later_day(future=False)}}
    told = {**test, **who, "state": "delivered", "taken_at": scene.moment(scene.day), "analytes": ["HCV_RNA"]}
    told |= {"results": result, "result_given_on": scene.later_day(future=False), "actions": ["refer"]}
    sent = {**referral, **who, "direction": "out", "made_on": scene.later_day(future=False)}
    sent |= {"destination": scene.dice.one(["hospital_liver", "sexual_health", "gp", "housing"])}
    drawn = ((told, test), (sent, referral))
    return [one if _mended(record_type(one["type"]), one, scene) else other for one, other in drawn]


def _mended(kind: RecordType, line: Line, scene: _Scene) -> bool:
    """Take out what the declaration refuses; tell whether the rest stands."""
    context = CheckContext(scene.codes, NOW, importing=True)
    payload = {name: value for name, value in line.items() if name != "type"}
    for _ in range(4):
        [read] = as_read([payload])
        issues = [one for one in kind.check(read, context) if one.severity is Severity.REFUSE]
        if not issues:
            line.clear()
            line.update({"type": kind.name, **payload})
            return True
        for name in {one.path.partition(".")[0] for one in issues}:
            payload.pop(name, None)
    return False


def _record(scene: _Scene, kind: RecordType) -> Line:
    scene.day = scene.some_day()
    number = scene.dice.below(2**64)
    line: Line = {"type": kind.name, "external_id": f"{kind.name}-{number:016x}"}
    for one in kind.fields:
        if one.when is not None and not one.when.holds(line) and scene.dice.chance(95):
            continue
        if one.name == kind.event_field:
            line[one.name] = _event(scene, one)
            continue
        seldom = 0 if one.required else 10 if one.name in _ALWAYS else 45
        if scene.dice.chance(seldom):
            continue
        if one.refusable and scene.dice.chance(7):
            line[one.name] = {"answer": scene.dice.one(_REASONS)}
            continue
        line[one.name] = _value(scene, one)
    return line


def _event(scene: _Scene, one: Field) -> str:
    if isinstance(one, Month):
        return scene.day.isoformat()[:7]
    return scene.moment(scene.day) if isinstance(one, Moment) else scene.day.isoformat()


def _value(scene: _Scene, one: Field) -> Any:
    return next(make for kind, make in _MAKERS.items() if isinstance(one, kind))(scene, one)


def _number(scene: _Scene, one: Number) -> int:
    return scene.dice.one(one.one_of) if one.one_of else max(one.least, scene.dice.one([0, 1, 1, 2, 3, 5, 9, 40]))


def _codes(scene: _Scene, one: Codes) -> list[str]:
    few = scene.palette(one.list_id)
    return scene.dice.some(few, min(len(few), scene.dice.one([0, 1, 1, 2, 3])))


def _person_ref(scene: _Scene, one: PersonRef) -> Line | None:
    if scene.dice.chance(20):
        return None
    return {"code": scene.spelled(scene.dice.one(scene.people))}


def _record_ref(scene: _Scene, one: RecordRef) -> Line:
    known = scene.made.get(one.types[0], [])
    return {"external_id": scene.dice.one(known) if known else f"{one.types[0]}-elsewhere"}


def _group(scene: _Scene, one: Group) -> Line:
    row: Line = {}
    for part in one.fields:
        if part.required or scene.dice.chance(70):
            refused = part.refusable and scene.dice.chance(5)
            row[part.name] = {"answer": "declined"} if refused else _value(scene, part)
    return row


def _of_a_list(scene: _Scene, list_id: str, most: int) -> list[str]:
    few = scene.palette(list_id)
    return scene.dice.some(few, min(len(few), scene.dice.between(0, most)))


_MAKERS: Final[Mapping[type[Field], Callable[[_Scene, Any], Any]]] = {
    Texts: lambda scene, one: [scene.dice.one(["by the bridge", "wants tea", "Kit"])],
    PersonCode: lambda scene, one: scene.spelled(scene.dice.one(scene.people)),
    Text: lambda scene, one: scene.dice.one(["by the bridge", "wants tea", "Kit"]),
    Code: lambda scene, one: scene.dice.one(scene.palette(one.list_id) or [None]),
    Codes: _codes,
    Year: lambda scene, one: scene.dice.between(1950, 2008),
    Number: _number,
    Amount: lambda scene, one: scene.dice.one([0.5, 1.5, 2, 7.5]),
    YesNo: lambda scene, one: scene.dice.one(["yes", "no"]),
    Day: lambda scene, one: scene.later_day(future=one.future),
    Moment: lambda scene, one: scene.moment(date.fromisoformat(scene.later_day(future=one.future)), future=one.future),
    Month: lambda scene, one: scene.day.isoformat()[:7],
    PersonRef: _person_ref,
    RecordRef: _record_ref,
    Quantities: lambda scene, one: {
        code: scene.dice.one([0, 1, 10, 30]) for code in _of_a_list(scene, one.list_id, 3)
    },
    Offers: lambda scene, one: {
        kind: scene.dice.one([*scene.codes.known(one.answers_list), {"answer": "unknown"}])
        for kind in scene.dice.some(list(scene.codes.known(one.kinds_list)), 2)
    },
    Keyed: lambda scene, one: {code: _group(scene, one) for code in _of_a_list(scene, one.list_id, 3)},
    Rows: lambda scene, one: [_group(scene, one) for _ in range(scene.dice.between(0, 3))],
    Group: _group,
}  # fmt: skip
"""The maker for each kind of question; a kind that is made of another one stands before it."""
