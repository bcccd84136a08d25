"""What a lead does for the team: invite, look who asks, let in. Each talks to the server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from broker_desktop import assets
from broker_desktop.errors import AppError, BadInput, NotFound, NotPermitted, UsageError
from broker_desktop.records.access import Role, default_compartments
from broker_desktop.records.record_type import COMMON
from broker_desktop.session.background import Background
from broker_desktop.session.context import Context
from broker_desktop.session.seats import EPOCH_DAY, compartment_names, role_name
from broker_desktop.session.trouble import told_as_sync_errors
from broker_desktop.session.views import InviteCode, PendingJoin
from broker_desktop.store.database import told_as_app_errors
from broker_desktop.store.system_rows import WORKER
from broker_desktop.store.tables import table
from sync.crypto.invite import check_words
from sync.engine.enrolment import ask_who
from sync.engine.lead import Asking, Lead
from sync.errors import HubRefused
from sync.ids import uuid_text
from sync.protocol.enrolment import Role as SeatRole

_STRANGERS_WORDS: Final = frozenset({"not_found", "bad_sig"})


def invite(context: Context, person: str, role: str, *, clinical: bool) -> InviteCode:
    """Leave an invitation on the server. Raises NotPermitted, BadInput, UsageError, NoServer."""
    if not person.strip():
        raise BadInput("The person needs a name.")
    wanted = role_named(role)
    comps = default_compartments(wanted, clinical=clinical)
    with as_lead(context) as lead:
        made = lead.invite(SeatRole(wanted), sorted(comps))
    row = {"invite_id": made.invite_id, "person": person, "role": int(wanted), "expires_day": made.expires_day}
    with told_as_app_errors(), context.vault.replica.transaction() as tx:
        tx.connection.execute(insert(table("invitation")).values(row).on_conflict_do_nothing())
    return InviteCode(code=made.code, expires=(EPOCH_DAY + timedelta(days=made.expires_day)).isoformat())


def role_named(role: str) -> Role:
    """Give the role of a name. Raises UsageError for a name that is none."""
    names = {one.name.lower(): one for one in Role}
    if role not in names:
        raise UsageError(f"A role is one of {', '.join(names)}.")
    return names[role]


def pending_joins(context: Context) -> list[PendingJoin]:
    """List who asks to be let in. Raises NotPermitted, NoServer."""
    with as_lead(context) as lead:
        return [_pending(context, asking) for asking in lead.asking()]


def approve(context: Context, seat: str, words: str | None) -> str:
    """Let a laptop in; returns its id. See Session.approve."""
    with as_lead(context) as lead:
        found = [asking for asking in lead.asking() if _same(seat, asking)]
        if not found:
            raise NotFound("Nobody asks to be let in under that id.", code="TEAM-4")
        asking = found[0]
        if words is not None and tuple(words.lower().split()) != _words(asking):
            raise BadInput(
                "Those are not the words of that laptop. If the other screen shows them, somebody may be in between.",
                code="TEAM-WORDS",
                title="The words differ.",
                remedy="Nobody was let in. Compare again, aloud.",
            )
        if asking.rights is None:
            raise NotPermitted("The invitation was made on another lead's laptop: let them in there.", code="TEAM-6")
        lead.approve(asking)
    _name_worker(context, asking)
    with suppress(AppError):  # the name travels with the next sync if not now
        sync_now(context)
    return uuid_text(asking.card.seat)


def _pending(context: Context, asking: Asking) -> PendingJoin:
    given = asking.rights
    return PendingJoin(
        seat=uuid_text(asking.card.seat),
        person=_invited_name(context, asking),
        role=role_name(given.role if given else asking.card.role),
        compartments=compartment_names(given.comps if given else asking.card.comps),
        check_words=_words(asking),
    )


def _words(asking: Asking) -> tuple[str, ...]:
    return tuple(check_words(asking.check, assets.check_words()))


def _same(seat: str, asking: Asking) -> bool:
    return seat.replace("-", "").lower() == asking.card.seat.hex()


def _invited_name(context: Context, asking: Asking) -> str:
    invitation = table("invitation")
    statement = select(invitation.c.person).where(invitation.c.invite_id == asking.card.invite_id)
    with context.vault.reader.connect() as connection:
        name: str | None = connection.execute(statement).scalar()
    return name or ""


def _name_worker(context: Context, asking: Asking) -> None:
    """Write who works at the new laptop; saying it twice, after a lost answer, changes nothing."""
    name = _invited_name(context, asking)
    with told_as_app_errors(), context.vault.replica.transaction() as tx:
        if not tx.has(WORKER, asking.card.seat):
            tx.create(WORKER, asking.card.seat, COMMON, {"name": name, "laptop": "", "_made": context.made()})


def sync_now(context: Context) -> None:
    """Exchange with the server in this thread. Raises NoServer, Untrusted, NotPermitted."""
    background = Background(context)
    try:
        background.sync_once()
    finally:
        background.close()


@contextmanager
def as_lead(context: Context) -> Iterator[Lead]:
    """Give a lead's desk that talks to the server. Raises NotPermitted for anybody else, and as a sync."""
    if context.role is not Role.LEAD:
        raise NotPermitted("Only a team lead lets people into the team.")
    environment, identity = context.environment, context.vault.identity
    clock, random = environment.clock, environment.random
    with told_as_sync_errors():
        transport = environment.transport(identity.hub_url, identity.ca)
        try:
            yield Lead(transport, identity, context.vault.replica.hub_side, clock=clock, random=random)
        except HubRefused as refusal:
            if refusal.code in _STRANGERS_WORDS:  # another server at our server's address knows neither us nor the team
                ask_who(transport, clock, random, identity.hub_id)
            raise
        finally:
            transport.close()
