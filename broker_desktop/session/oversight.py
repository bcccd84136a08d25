"""The oversight desk: erasing, who is who, retention, what is closed to whom, the audit trail. One line a method.

Reached as `Session.oversight`; everything but `alias`, `unalias` and `listed` is a lead's.
"""

from __future__ import annotations

from pathlib import Path

from broker_desktop.records.access import Role
from broker_desktop.session import audit_trail, closed, erasing, erasures, retention, same_person
from broker_desktop.session.context import Context
from broker_desktop.session.oversight_views import (
    AuditHeadLine,
    AuditLine,
    ClosedView,
    Erasing,
    ErasureView,
    RetentionView,
    Unconfirmed,
)
from broker_desktop.store.scrubbing import scrub


class OversightDesk:
    """What leads see and do beyond their own records."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def erase(self, type_name: str, record_id: str, reason: str) -> Erasing:
        """Erase for ever. Raises NotPermitted, NotFound, UsageError."""
        return erasing.erase(self._context, self._context.kind(type_name), record_id, reason)

    def settle_late(self) -> Erasing:
        """Make anonymous for good what came later about somebody erased. Raises NotPermitted."""
        return erasing.settle_late(self._context)

    def late_count(self) -> int:
        """Count what came later about somebody erased. Raises NotPermitted."""
        return erasures.late_count(self._context)

    def erasures(self) -> list[ErasureView]:
        """List the erasures, the newest first. Raises NotPermitted."""
        return erasures.erasures(self._context)

    def unconfirmed(self) -> list[Unconfirmed]:
        """List the laptops that have not confirmed every erasure. Raises NotPermitted."""
        return erasures.unconfirmed(self._context)

    def alias(self, person_id: str, into_id: str, reason: str) -> None:
        """Say that a person is another one. Raises NotPermitted, NotFound, BadInput."""
        same_person.alias(self._context, person_id, into_id, reason)

    def unalias(self, person_id: str) -> None:
        """Take that back. Raises NotPermitted, NotFound, BadInput."""
        same_person.unalias(self._context, person_id)

    def retention(self) -> RetentionView:
        """List the people whose records are due. Raises NotPermitted."""
        return retention.retention(self._context)

    def hold(self, person_id: str, reason: str) -> None:
        """Keep a person's records whatever their age; an empty reason ends that. Raises NotPermitted, NotFound."""
        retention.hold(self._context, person_id, reason)

    def propose(self, person_id: str) -> str:
        """Propose to erase a person who is due. Raises NotPermitted, NotFound, BadInput."""
        return retention.propose(self._context, person_id)

    def confirm(self, proposal_id: str) -> Erasing:
        """Confirm another lead's proposal. Raises NotPermitted, NotFound, BadInput."""
        return retention.confirm(self._context, proposal_id)

    def closed(self) -> list[ClosedView]:
        """List which people are closed to whom. Raises NotPermitted."""
        return closed.closed(self._context)

    def close_to(self, person_id: str, seat: str) -> str:
        """Close a person to whoever works on a laptop. Raises NotPermitted, NotFound, BadInput."""
        return closed.close_to(self._context, person_id, seat)

    def open_to(self, interest_id: str) -> None:
        """Open a person again. Raises NotPermitted, NotFound."""
        closed.open_to(self._context, interest_id)

    def audit(self, after: int = 0) -> list[AuditLine]:
        """List this laptop's audit trail. Raises NotPermitted."""
        return audit_trail.trail(self._context, after)

    def audit_heads(self) -> list[AuditHeadLine]:
        """List how long the other laptops' trails are. Raises NotPermitted."""
        return audit_trail.heads(self._context)

    def export_audit(self, path: Path) -> int:
        """Write this laptop's trail as CSV; returns how many entries. Raises NotPermitted, StorageProblem."""
        return audit_trail.export(self._context, path)

    def listed(self, type_name: str, many: int) -> None:
        """Note that records were handed out as a list, in full."""
        self._context.audit("list", type_name, many=many)


def after_sync(context: Context) -> None:
    """What oversight has to do when colleagues' work has come in: no rows are made but a lead's marks."""
    scrub(context.vault)
    context.vault.replica.drop_overdue()
    if context.role is Role.LEAD:
        closed.mark_new_laptops(context)
