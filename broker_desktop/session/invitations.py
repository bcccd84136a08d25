"""Whom the team's leads invited, and to what: rows of the leads' own compartment, so that any lead can let them in.

A row is written by the lead who invites, and other laptops apply it from leads alone (records/access.py): what somebody
may read never rests on their own word.
"""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select

from broker_desktop import assets
from broker_desktop.errors import BadInput, NotPermitted, UsageError
from broker_desktop.records.access import Role, default_compartments
from broker_desktop.records.record_type import ADMIN, COMMON
from broker_desktop.session.context import Context
from broker_desktop.session.seats import compartment_names, role_name
from broker_desktop.session.times import iso_day
from broker_desktop.session.views import InviteCode, PendingJoin
from broker_desktop.store.database import told_as_app_errors
from broker_desktop.store.system_rows import INVITATION, WORKER
from broker_desktop.store.tables import table
from sync.crypto.invite import check_words
from sync.engine.lead import Asking, Invited
from sync.ids import uuid_text
from sync.protocol.enrolment import Role as SeatRole
from sync.replica.values import InvitedRights


def invited_to(context: Context, person: str, role: str, *, clinical: bool) -> InvitedRights:
    """Give the rights of an invitation. Raises NotPermitted, BadInput, UsageError."""
    context.only_leads("Letting people into the team")
    if not person.strip():
        raise BadInput("The person needs a name.")
    wanted = role_named(role)
    comps = compartments_of(context, wanted, clinical=clinical)
    return InvitedRights(role=SeatRole(wanted), comps=tuple(sorted(comps)))


def compartments_of(context: Context, role: Role, *, clinical: bool) -> frozenset[int]:
    """Give the compartments that the team's area pack gives a role."""
    of_pack = context.pack.compartments if context.pack else {}
    return default_compartments(role, clinical=clinical, of_pack=of_pack)


def role_named(role: str) -> Role:
    """Give the role of a name. Raises UsageError for a name that is none."""
    names = {one.name.lower(): one for one in Role}
    if role not in names:
        raise UsageError(f"A role is one of {', '.join(names)}.")
    return names[role]


def keep(context: Context, made: Invited, person: str, rights: InvitedRights) -> InviteCode:
    """Write down an invitation for every lead; give its code."""
    row = {
        "person": person,
        "role": int(rights.role),
        "comps": list(rights.comps),
        "expires_day": made.expires_day,
        "_made": context.made(),
    }
    with told_as_app_errors(), context.vault.replica.transaction() as tx:
        tx.create(INVITATION, made.invite_id, ADMIN, row)
    expires = iso_day(made.expires_day)
    return InviteCode(code=made.code, expires=expires, words=made.words, address=context.vault.identity.hub_url)


def rights_of(context: Context, asking: Asking) -> InvitedRights | None:
    """Give what the one who asks was invited to, by whichever lead; None where no lead's word of it is here."""
    if asking.rights is not None:
        return asking.rights
    row = _row(context, asking)
    if row is None or row.role not in {int(one) for one in SeatRole}:
        return None
    return InvitedRights(role=SeatRole(row.role), comps=tuple(sorted(json.loads(row.comps))))


def words_of(asking: Asking) -> tuple[str, ...]:
    """Give the five words that two people compare."""
    return tuple(check_words(asking.check, assets.check_words()))


def pending(context: Context, asking: Asking) -> PendingJoin:
    """Give somebody who asks as the window and the command line show them."""
    given = rights_of(context, asking)
    row = _row(context, asking)
    return PendingJoin(
        seat=uuid_text(asking.card.seat),
        person=row.person if row else "",
        role=role_name(given.role if given else asking.card.role),
        compartments=compartment_names(given.comps if given else asking.card.comps),
        check_words=words_of(asking),
    )


def compared(asking: Asking, words: str | None) -> None:
    """Check the words that were read out; None says that nobody compared. Raises BadInput."""
    if words is not None and tuple(words.lower().split()) != words_of(asking):
        raise BadInput(
            "Those are not the words of that laptop. If the other screen shows them, somebody may be in between.",
            code="TEAM-WORDS",
            title="The words differ.",
            remedy="Nobody was let in. Compare again, aloud.",
        )


def required_rights(context: Context, asking: Asking) -> InvitedRights:
    """Give the rights of somebody who is let in. Raises NotPermitted where this laptop has not heard of them."""
    given = rights_of(context, asking)
    if given is None:
        raise NotPermitted(
            "The invitation was made on another lead's laptop, and word of it has not come here.",
            code="TEAM-6",
            remedy="Sync both laptops, or let them in on the other one.",
        )
    return given


def name_worker(context: Context, asking: Asking) -> None:
    """Write who works at the new laptop; saying it twice, after a lost answer, changes nothing."""
    row = _row(context, asking)
    with told_as_app_errors(), context.vault.replica.transaction() as tx:
        if not tx.has(WORKER, asking.card.seat):
            name = row.person if row else ""
            tx.create(WORKER, asking.card.seat, COMMON, {"name": name, "laptop": "", "_made": context.made()})


def is_asking(seat: str, asking: Asking) -> bool:
    """Tell whether somebody who asks has that id."""
    return seat.replace("-", "").lower() == asking.card.seat.hex()


def _row(context: Context, asking: Asking) -> Any:
    invited = table("invited")
    with context.vault.reader.connect() as connection:
        return connection.execute(select(invited).where(invited.c.invite_id == asking.card.invite_id)).one_or_none()
