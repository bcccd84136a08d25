"""Referrals that are still open to a service that closes, sent elsewhere together: a lead's work, with a reason.

Every referral keeps a correction with the place that stood there; its steps, its day and what the person agreed to stay
(requirements.md PORT12-84). Whether somebody wants to go elsewhere people ask them; nothing is sent to another team.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from broker_desktop.errors import BadInput, NotFound
from broker_desktop.records.directory_entry import DIRECTORY_ENTRY, is_open
from broker_desktop.records.referral import REFERRAL
from broker_desktop.records.referral_steps import ENDS, Reached
from broker_desktop.session.changes import write_changes
from broker_desktop.session.context import Context
from broker_desktop.session.events import RecordsChanged
from broker_desktop.session.queries import row_bytes, rows
from broker_desktop.session.views import RecordRow
from broker_desktop.store.database import told_as_app_errors
from broker_desktop.store.records import Query

_WHAT: Final = "Sending referrals elsewhere"
_ENDED: Final = Reached(ENDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenReferral:
    """A referral that has not ended, for a list: whose, by code, and the words for its day and what it is for."""

    id: str
    who: str
    made_on: str
    destination: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What is still open to one directory entry, and where else it could go: id and name, by name."""

    referrals: tuple[OpenReferral, ...]
    elsewhere: tuple[tuple[str, str], ...]


class ReroutingDesk:
    """What a lead does with referrals to a service that closes."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def waiting(self, entry_id: str) -> Waiting:
        """Give the open referrals to a directory entry, the newest first, and the other entries that are open today.

        Raises NotPermitted for anybody but a lead.
        """
        context = self._context
        context.only_leads(_WHAT)
        elsewhere = sorted((one.cells["name"], one.id) for one in _taking(context) if one.id != entry_id)
        return Waiting(
            referrals=tuple(_listed(context, _open_to(context, entry_id))),
            elsewhere=tuple((row, name) for name, row in elsewhere),
        )

    def send_elsewhere(self, entry_id: str, to: str, reason: str) -> int:
        """Name another directory entry in all referrals that are open to one; all or none. Give how many.

        Raises:
            NotPermitted: not a lead. BadInput: no reason, the same entry, or none that is open today. NotFound: nothing
            is open to it.
        """
        context = self._context
        context.only_leads(_WHAT)
        context.check_may_change()
        if not reason.strip():
            raise BadInput("Sending referrals elsewhere needs a reason in a word or two.")
        if entry_id == to:
            raise BadInput("They go there already. Choose another entry of the directory.")
        if to not in {one.id for one in _taking(context)}:
            raise BadInput("There is no such entry, or it is closed, too. Choose one that is open today.")
        found = _open_to(context, entry_id)
        if not found:
            raise NotFound("No open referral goes there.")
        agency = REFERRAL.to_wire({"agency": {"id": to}})["agency"]
        with told_as_app_errors(), context.vault.replica.transaction() as tx:
            for one in found:
                write_changes(context, tx, REFERRAL, row_bytes(one.id), {"agency": agency}, reason.strip())
            context.audit("send_elsewhere", REFERRAL.name, many=len(found), tx=tx)
        changed = frozenset(one.id for one in found)
        context.publish(RecordsChanged(frozenset({REFERRAL.name}), changed, "local"))
        return len(found)


def _open_to(context: Context, entry_id: str) -> list[RecordRow]:
    """Give what went out to an entry and has not ended."""
    asked = Query(type=REFERRAL.name, where=(("agency.id", entry_id), ("direction", "out")))
    return [one for one in rows(context, asked) if not _ENDED.holds(one.payload)]


def _listed(context: Context, found: Sequence[RecordRow]) -> Iterator[OpenReferral]:
    """Name people by their codes, never otherwise: a directory is read at the counter."""
    refs = ((one.id, one.payload.get("person")) for one in found)
    people = {row: ref["id"] for row, ref in refs if isinstance(ref, dict) and "id" in ref}
    asked = Query(type="person", ids=tuple(map(row_bytes, people.values())))
    codes = {one.id: one.cells["code"] for one in rows(context, asked)}
    for one in found:
        who = codes.get(people.get(one.id, "")) or one.cells["person"]
        yield OpenReferral(
            id=one.id, who=who, made_on=one.cells["made_on"], destination=one.cells["destination"]
        )  # fmt: skip


def _taking(context: Context) -> list[RecordRow]:
    """Give the directory entries that are open today."""
    today = date.fromisoformat(context.environment.today())
    return [one for one in rows(context, Query(type=DIRECTORY_ENTRY.name)) if is_open(one.payload, today)]
