"""The data dictionary: of each line what it counts, out of what, and what it is cut by, in words for its readers.

Made from the definitions that count; the words of a rule stand here, one for each kind (a test holds them together).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from broker_desktop.records.measure import DEFINITIONS, HEADINGS, LINES, Definition, heading_of
from broker_desktop.records.measure.cuts import cut_names
from broker_desktop.session.disclosure import ShownLine
from broker_desktop.session.summary import Summary

COLUMNS: Final = ("line", "title", "unit", "heading", "what it counts", "out of", "cut by", "notes", "small numbers")
RULES: Final[Mapping[str, str]] = {
    "Count": "Each one recorded counts once",
    "People": "Different people, places or the like; each counts once in the period",
    "PeopleByAnswer": "By an answer that stands with the person",
    "PeopleByGroup": "Different people, each in one part by all that was said in the period",
    "PeopleByService": "Different people, each in one part by the services they came to",
    "NewPeople": "People whose first contact or visit of all falls in the period",
    "MetAndHome": "Each contact counts once, by its area and the area the person lives in",
    "Total": "The amounts recorded, added up",
    "Reporting": "A site and month for which a final sheet came, or did not come; out of those that were to send one",
    "Litres": "The litres in the bins, as far as size and fill were said",
    "Estimated": "An estimate from what was said of each return; a share is out of the syringes given out",
    "Middle": "The middle or the longest of the numbers recorded",
    "Longest": "The longest of the numbers recorded, with its place",
    "DaysToFirstBroker": "The median of days from the first contact with anybody to the first with a broker",
    "ShareByAnswer": "Of the people asked about, the share who are in the group, in all and by part",
    "AnswersByTeam": "Answers given of those that a form had to ask for, in all and by team",
    "ReEngaged": "People seen again after a long time without being seen",
    "RePresented": "People met again soon after treatment ended as planned",
    "Attended": "Tests after which the person was referred and came, by a referral made within half a year",
    "Answers": "Answers that a form had to ask for: all, those given, or those missing",
    "NineteenOfTwenty": "The number within which 95 of 100 of the numbers recorded stay",
    "Merged": "Records of people found to be somebody else's, all in all",
}
_OWN_RULE: Final = "Counted by a rule of its own"
_LATER: Final = "Counted by other definitions than this program has now."


def dictionary(summary: Summary) -> list[tuple[str, ...]]:
    """Give a row of COLUMNS for each line of a summary."""
    known = {one.id: one for one in LINES} if summary.definitions == DEFINITIONS else {}
    return [_row(line, known.get(line.id)) for line in summary.lines]


def _row(line: ShownLine, definition: Definition | None) -> tuple[str, ...]:
    heading = HEADINGS[heading_of(line.id)]
    cuts = ", ".join(dict.fromkeys(name.replace("_", " ") for cell in line.cells for name in cell.by))
    notes = " ".join(line.notes)
    if definition is None:
        return (line.id, line.title, line.unit, heading, _LATER, "", cuts, notes, "")
    hidden = "hidden outside the team" if definition.counts_people_or_events else "never hidden: these are no people"
    counted = f"{_counted(definition.rule)}. Rests on: {_kinds(definition.rule)}."
    return (
        line.id, line.title, line.unit, heading, counted, _out_of(definition),
        ", ".join(name.replace("_", " ") for name in cut_names(definition) or ()) or cuts, notes, hidden,
    )  # fmt: skip


def _out_of(definition: Definition) -> str:
    if definition.out_of is None:
        return ""
    same = next((one for one in LINES if one.rule is definition.out_of), None)
    if same is not None:
        return f"{same.id} {same.title}"
    return f"{_counted(definition.out_of)}: {_kinds(definition.out_of)}"


def _counted(rule: Any) -> str:
    """Say how a rule counts; one that cuts what another one counted says both."""
    words, base = RULES.get(type(rule).__name__, _OWN_RULE), getattr(rule, "base", None)
    return words if base is None or words != RULES["PeopleByAnswer"] else f"{_counted(base)}. {words}"


def _kinds(rule: Any) -> str:
    """Name the record types a rule looks at, what it rests on included."""
    under = [one for one in (getattr(rule, "base", None), rule) if one is not None]
    kinds = dict.fromkeys(part.type.plural for one in under for part in one.parts)
    return ", ".join(kinds) or "all records held"
