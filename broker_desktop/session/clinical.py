"""What nurses ask of the records: cards not sent yet, how far a course of vaccine is, who signed the rules off.

Use cases over the pure rules of `records`; a seat without clinical records gets nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

from broker_desktop.records.bbv_cards import Cards, count_cards
from broker_desktop.records.clinical_rules import in_force
from broker_desktop.records.hepatitis_b import Course, course
from broker_desktop.records.record_type import CLINICAL
from broker_desktop.session import queries
from broker_desktop.session.context import Context
from broker_desktop.session.views import Finding, TodoItem

_LOOK_BACK: Final = timedelta(days=90)
"""A card older than this has long been chased or given up."""

_RULED: Final = ("bbv_test", "bbv_vaccination", "hcv_cascade")


class ClinicalDesk:
    """The clinical questions of one open vault."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def cards_out(self, *, day: date | None = None, session: str | None = None) -> Cards:
        """Count the blood-spot cards of a day or a session, and how many of them were sent.

        Raises:
            NotPermitted: this seat holds no clinical records.
        """
        return count_cards(_tests(self._context), day=day, session=session)

    def hepatitis_b(self, person_id: str) -> Course:
        """Give how far a person's course of hepatitis B doses is. Raises NotPermitted, NotFound."""
        kind = self._context.kind("bbv_vaccination")
        found = queries.rows(self._context, queries.query_for(self._context, kind, [("person", person_id)]))
        return course([one.payload for one in found if not one.voided])

    def unsigned(self) -> tuple[str, ...]:
        """Name the files of clinical rules that no clinical lead has signed off."""
        return in_force().unsigned

    def todo(self) -> list[TodoItem]:
        """Give the cards that were taken and not sent, for the Today page."""
        if CLINICAL not in self._context.compartments:
            return []
        here = count_cards(_tests(self._context)).here
        return [TodoItem(kind="cards", text="Blood-spot cards to pack and send", count=here)] if here else []


def findings(context: Context) -> Iterator[Finding]:
    """Say that nobody has signed the clinical rules off, once records rest on them."""
    if CLINICAL not in context.compartments or not in_force().unsigned:
        return
    if any(queries.count(context, queries.query_for(context, context.kind(name))) for name in _RULED):
        yield Finding(
            code="clinical_unsigned",
            text="Days and timers for tests and vaccines are not signed off by your clinical lead.",
        )


def _tests(context: Context) -> list[dict[str, Any]]:
    kind = context.kind("bbv_test")
    since = (date.fromisoformat(context.environment.today()) - _LOOK_BACK).isoformat()
    query = queries.query_for(context, kind, [("method", "dried_blood_spot")], since=since)
    return [one.payload for one in queries.rows(context, query) if not one.voided]
