"""What a window or a command asks about people beside their records: what to know, which course, a sheet of many."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from broker_desktop.session import notices, people_rules, sign_in
from broker_desktop.session.context import Context
from broker_desktop.session.notices import Notice


class PeopleDesk:
    """The use cases about people of an open vault."""

    def __init__(self, context: Context) -> None:
        """Take an opened vault."""
        self._context = context

    def notices(self, person_id: str) -> tuple[Notice, ...]:
        """Give what staff have to know of a person before they knock or ring; never for the counter."""
        return notices.notices(self._context, person_id)

    def not_trained(self, type_name: str) -> str:
        """Give the sentence that says which course a new form needs and who has it; empty where it opens."""
        return people_rules.not_trained(self._context, self._context.kind(type_name, making=True))

    def save_sheet(self, shared: Mapping[str, Any], who: str, *, draft: str | None = None) -> int:
        """Store the contacts of one sign-in sheet, all or none; its draft goes. Raises Refused with the line."""
        return sign_in.save_sheet(self._context, shared, who, draft=draft)
