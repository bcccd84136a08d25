"""Record type `top_marker`: that a TOP form was due, and that it was done. No answer of a form, ever.

Start, review and exit are three records (requirements.md PORT09-103, PORT09-139). When each is due stands in `top.py`.
"""

from __future__ import annotations

from typing import Final

from broker_desktop.records.field import Code, Day, Text
from broker_desktop.records.record_type import GENERAL, RecordType
from broker_desktop.records.reference import PersonRef
from broker_desktop.records.top import exit_due, review_due, start_due
from broker_desktop.records.worklist import WaitsForPerson

_WHICH: Final = "Which form"
_DONE: Final = "Done"
_ACTION: Final = "new:top_marker"

TOP_MARKER: Final = RecordType(
    name="top_marker",
    version=1,
    title="TOP form",
    plural="TOP forms",
    icon="clock",
    help="That a TOP form is due or done. Its answers stay with the treatment service.",
    compartment=GENERAL,
    event_field="counts_from",
    waits=(
        WaitsForPerson(
            worklist="W6", key="start", reason="TOP at the start", next_day=start_due, red_after=28, action=_ACTION
        ),
        WaitsForPerson(
            worklist="W6", key="review", reason="TOP review", next_day=review_due, red_after=147, action=_ACTION
        ),
        WaitsForPerson(
            worklist="W6", key="exit", reason="TOP at the end", next_day=exit_due, red_after=28, action=_ACTION
        ),
    ),
    fields=(
        PersonRef(name="person", label="Who", section=_WHICH, required=True, column=True),
        Code(name="stage", label="Which one", section=_WHICH, list_id="top_stage", required=True, column=True),
        Day(
            name="counts_from",
            label="Counts from",
            section=_WHICH,
            required=True,
            column=True,
            help="Start: the first day of treatment. Review: the day of the form before. Exit: the day they left.",
        ),
        Day(
            name="done_on",
            label="Done on",
            section=_DONE,
            column=True,
            help="Leave it empty while it is due. Start and exit: within 14 days. Review: after 5 to 26 weeks.",
        ),
        Text(name="note", label="Note", section=_DONE, longest=200, lines=True, identifying=True),
    ),
)
