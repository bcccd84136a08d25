"""References from one record to another: to a person, or to a session, contact and the like.

In a payload a reference is `{"id": uuid}`; a form or an import may say `{"code": ...}` or `{"external_id": ...}`
until the session has found the row. References may dangle: nothing here looks anything up.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.field import NOTHING_WRONG, UNREADABLE, Field, person_code_issues, wrong
from broker_desktop.records.rules import CheckContext, Issue
from sync.ids import uuid_bytes, uuid_text

_UUID = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}", re.ASCII | re.IGNORECASE)


def is_uuid(value: object) -> bool:
    """Tell whether a value is a UUID in its usual writing."""
    return type(value) is str and _UUID.fullmatch(value) is not None


@dataclass(frozen=True, kw_only=True)
class Reference(Field):
    """What both kinds of reference share: on the wire they are the 16 bytes of the row."""

    wire_types: ClassVar[tuple[type, ...]] = (bytes,)

    @property
    def plain(self) -> bool:
        """Needs turning."""
        return False

    def to_wire(self, value: Any) -> Any:
        """Give the 16 bytes of the row; ValueError for a reference that is not resolved to an id yet."""
        if type(value) is dict:
            row = value.get("id")
            if type(row) is str:
                return uuid_bytes(row)
            if "answer" not in value:
                raise ValueError(f"{self.name} is not resolved to an id")
        return value

    def from_wire(self, value: Any) -> Any:
        """Give `{"id": ...}` back."""
        if type(value) is bytes:
            if len(value) != 16:
                raise ValueError(self.name)
            return {"id": uuid_text(value)}
        return super().from_wire(value)

    def _shown_types(self) -> tuple[type, ...]:
        return (dict,)


@dataclass(frozen=True, kw_only=True)
class PersonRef(Reference):
    """A person: `{"id"}`, `{"code"}`, or null for somebody who stays anonymous."""

    def check_value(self, value: Any, context: CheckContext) -> Sequence[Issue]:
        """Refuse what names no person; null is an answer of its own."""
        if value is None:
            return NOTHING_WRONG
        if type(value) is not dict or len(value) != 1:
            return wrong('A person is {"id": ...}, {"code": ...} or null for anonymous.')
        if "code" in value:
            return [issue.under("code") for issue in person_code_issues(value["code"])]
        if "id" in value:
            return NOTHING_WRONG if is_uuid(value["id"]) else (Issue("id", "This is not an id of a record."),)
        return wrong('A person is {"id": ...}, {"code": ...} or null for anonymous.')

    def from_wire(self, value: Any) -> Any:
        """Give `{"id": ...}` back, or None for anonymous."""
        return None if value is None else super().from_wire(value)

    def value_text(self, value: Any, codes: CodeLists) -> str:
        """Say only that there is a person: the session knows the code, this module must not."""
        return "A known person" if "id" in value or "code" in value else UNREADABLE


@dataclass(frozen=True, kw_only=True)
class RecordRef(Reference):
    """Another record: `{"id"}` or `{"external_id"}` of one of the named types."""

    types: tuple[str, ...]

    def check_value(self, value: Any, context: CheckContext) -> Sequence[Issue]:
        """Refuse what names no record."""
        if type(value) is dict and len(value) == 1:
            if "external_id" in value:
                return external_id_issues(value["external_id"], "external_id")
            if "id" in value:
                return NOTHING_WRONG if is_uuid(value["id"]) else (Issue("id", "This is not an id of a record."),)
        return wrong('A reference is {"id": ...} or {"external_id": ...}.')

    def value_text(self, value: Any, codes: CodeLists) -> str:
        """Say only that there is one."""
        return "Linked" if "id" in value or "external_id" in value else UNREADABLE


def external_id_issues(value: object, path: str) -> Sequence[Issue]:
    """Give what is wrong with another program's id for a record."""
    if type(value) is str and 1 <= len(value) <= 200 and value.isprintable():
        return NOTHING_WRONG
    return (Issue(path, "An external_id is text of 1 to 200 characters."),)
