"""What a lead does for the team: invite, look who asks, let in. Each talks to the server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from broker_desktop.errors import AppError, NotFound
from broker_desktop.session import invitations
from broker_desktop.session.background import synced_once
from broker_desktop.session.context import Context
from broker_desktop.session.trouble import told_as_sync_errors
from broker_desktop.session.views import InviteCode, PendingJoin
from sync.engine.enrolment import ask_who
from sync.engine.lead import Lead
from sync.errors import HubRefused
from sync.ids import uuid_text

_STRANGERS_WORDS: Final = frozenset({"not_found", "bad_sig"})


def invite(context: Context, person: str, role: str, *, clinical: bool) -> InviteCode:
    """Leave an invitation on the server. Raises NotPermitted, BadInput, UsageError, NoServer."""
    rights = invitations.invited_to(context, person, role, clinical=clinical)
    with as_lead(context) as lead:
        made = lead.invite(rights.role, rights.comps)
    return invitations.keep(context, made, person, rights)


def pending_joins(context: Context) -> list[PendingJoin]:
    """List who asks to be let in. Raises NotPermitted, NoServer."""
    with as_lead(context) as lead:
        return [invitations.pending(context, asking) for asking in lead.asking()]


def approve(context: Context, seat: str, words: str | None) -> str:
    """Let a laptop in; returns its id. See TeamDesk.approve."""
    with as_lead(context) as lead:
        found = [asking for asking in lead.asking() if invitations.is_asking(seat, asking)]
        if not found:
            raise NotFound("Nobody asks to be let in under that id.", code="TEAM-4")
        asking = found[0]
        invitations.compared(asking, words)
        lead.approve(asking, invitations.required_rights(context, asking))
    invitations.name_worker(context, asking)
    with suppress(AppError):  # the name travels with the next sync if not now
        synced_once(context)
    return uuid_text(asking.card.seat)


@contextmanager
def as_lead(context: Context) -> Iterator[Lead]:
    """Give a lead's desk that talks to the server. Raises NotPermitted for anybody else, and as a sync."""
    context.only_leads("Letting people into the team")
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
