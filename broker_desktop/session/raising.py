"""Records of which their author keeps nothing: sealed when they are saved (protocol.md 2.4, Drop).

No draft, no row, no word of it in the vault: what is left is a ciphertext that this seat cannot open. A person named by
a code is not made here; the code travels inside the record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from broker_desktop.records.access import Role
from broker_desktop.records.record_type import RecordType
from broker_desktop.session.context import Context
from broker_desktop.session.references import References
from broker_desktop.session.seats import other_leads
from broker_desktop.session.views import Saved
from broker_desktop.store import drafts
from broker_desktop.store.database import told_as_app_errors
from sync.ids import normalise_code, uuid_text

SEAL: Final = "seal"
"""The action in the audit trail: that something was raised, not what and not under which id."""

CODE: Final = "person_code"
"""The field of such a record that holds the code of somebody whom it names by one."""


@dataclass(frozen=True, slots=True)
class WhomToCall:
    """What is shown once a concern was raised: the pack's number, or None, and the other leads of the team.

    `is_lead`: whoever raised it leads the team and is the one to see to it.
    """

    phone: str | None
    leads: tuple[str, ...]
    is_lead: bool = False

    def words(self) -> str:
        """Give it as one line for a terminal."""
        if self.phone is not None:
            return f"Call {self.phone} now. In danger: 999 first."
        if self.is_lead:
            return "You lead this team: see to it today. The area pack has no number to call yet. In danger: 999 first."
        names = " or ".join(self.leads) or "your team lead"
        return f"The area pack has no number to call yet. Call {names} now. In danger: 999 first."


def whom_to_call(context: Context) -> WhomToCall:
    """Give the number of the area pack and the names of the team's leads."""
    phone = context.pack.safeguarding_phone if context.pack else None
    return WhomToCall(phone=phone, leads=other_leads(context), is_lead=context.role == Role.LEAD)


def save_shut(context: Context, kind: RecordType, payload: Mapping[str, Any], draft: str | None) -> Saved:
    """Seal a checked record into its compartment and keep nothing else of it; returns an id nothing stands under here.

    Raises:
        NotPermitted: this laptop was not let into the team yet.
    """
    comp = kind.compartment_of(payload, context.codes)
    with told_as_app_errors(), context.vault.replica.transaction() as tx:
        references = References(context, tx)
        resolved = kind.resolved(payload, person=references.named, external=references.external)
        named = payload.get(kind.person_field) if kind.person_field else None
        if isinstance(named, dict) and "code" in named and CODE in kind.by_name:
            resolved[CODE] = normalise_code(named["code"])
        row = references.own_id(kind, payload) or context.environment.new_id()
        tx.create_shut(kind.name, row, comp, {**kind.to_wire(resolved), "_made": context.made()})
        context.audit(SEAL, tx=tx)
        if draft is not None:
            drafts.drop(tx.connection, draft)
    context.wake()
    return Saved(type=kind.name, id=uuid_text(row), created=True, issues=(), before=None)
