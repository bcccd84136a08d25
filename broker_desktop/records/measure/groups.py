"""Groups, workshops and events: how many, how many came, where, led by whom, what was given (MS-17).

Only what has been held counts. Headcounts are not people: nobody knows who came twice.
"""

from __future__ import annotations

from typing import Final

from broker_desktop.records.answer import Payload
from broker_desktop.records.group_session import GROUP_SESSION
from broker_desktop.records.measure.line import Asked, Definition, Of, all_of
from broker_desktop.records.measure.reading import code_of, number_of, says_yes
from broker_desktop.records.measure.tally import Count, People, Total, by_code

_NOT_HELD: Final = frozenset({"planned", "cancelled"})


def was_held(row: Payload, asked: Asked) -> bool:
    """Tell whether a session has been; without an answer it has."""
    return code_of(row, "status") not in _NOT_HELD


def _came(field: str) -> Total:
    return Total(_HELD, lambda row, asked: ((code_of(row, field), number_of(row, "headcount") or 0),), by=field)


def _incentives(row: Payload, asked: Asked) -> tuple[tuple[None, int]]:
    return ((None, number_of(row, "incentives_given") or 0),)


_HELD: Final = (Of(GROUP_SESSION, was_held),)
_HEADS: Final = "Heads, not people: nobody knows who came twice."

LINES: Final = (
    Definition(
        id="MS-17",
        title="Groups and workshops held, by topic",
        unit="sessions",
        rule=Count(_HELD, by=(by_code("topic"),)),
        counts_people_or_events=False,
    ),
    Definition(
        id="MS-17.leader_role",
        title="Groups and workshops held, by who led",
        unit="sessions",
        rule=Count(_HELD, by=(by_code("leader_role"),)),
        counts_people_or_events=False,
    ),
    Definition(
        id="MS-17.attendances", title="Attendances, by topic", unit="attendances", rule=_came("topic"), notes=(_HEADS,)
    ),
    Definition(
        id="MS-17.attendances_by_leader",
        title="Attendances, by who led",
        unit="attendances",
        rule=_came("leader_role"),
        notes=(_HEADS,),
    ),
    Definition(
        id="MS-17.venues",
        title="Places reached with groups and workshops",
        unit="places",
        rule=People(_HELD, who=lambda row: code_of(row, "venue")),
        counts_people_or_events=False,
    ),
    Definition(
        id="MS-17.with_incentives",
        title="Groups and workshops with something given for coming",
        unit="sessions",
        rule=Count((Of(GROUP_SESSION, all_of(was_held, lambda row, asked: says_yes(row, "incentives"))),)),
        out_of=Count(_HELD),
        counts_people_or_events=False,
    ),
    Definition(
        id="MS-17.incentives",
        title="Vouchers, food or travel given",
        unit="given",
        rule=Total(_HELD, _incentives),
    ),
)
