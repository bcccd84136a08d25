"""A recovered vault on its way back into the team, as a new seat of the same person (protocol.md 2.8)."""

from __future__ import annotations

from broker_desktop import assets
from broker_desktop.errors import BadInput
from broker_desktop.session.context import JOINING, RECOVERED, Context
from broker_desktop.session.enrolment import code_of, connected
from broker_desktop.session.joining import pending_json
from broker_desktop.session.trouble import told_as_sync_errors
from broker_desktop.session.views import JoinAsked
from sync.crypto.invite import check_words
from sync.engine.enrolment import SeatKeys, ask_to_join, open_invite
from sync.ids import uuid_text
from sync.protocol.join_request import FormerSeat


def ask_again(context: Context, code: str, *, ca: str | None = None) -> JoinAsked:
    """Ask to be let in with an invitation, and report the last envelopes of the seat this vault had before.

    Raises:
        BadInput: nothing to ask for, a mistyped code, another team's invitation. NoServer, Untrusted, ServerRefused.
    """
    vault, environment = context.vault, context.environment
    note = vault.meta(RECOVERED)
    if note is None:
        raise BadInput("There is a vault in this folder already.", code="VAULT-NEW")
    hub_url = code_of(code)
    identity = vault.identity
    keys = SeatKeys.of(identity)
    old = bytes.fromhex(note["old"])
    former = FormerSeat(seat=old, pins=tuple(vault.replica.hub_side.team.pins(old)))
    with connected(environment, hub_url, ca) as transport, told_as_sync_errors():
        opened = open_invite(transport, code, clock=environment.clock, random=environment.random)
        if opened.box.team != vault.ids.team_id:
            raise BadInput("That invitation is to another team.", code="TEAM-8")
        asked, pending = ask_to_join(
            transport, opened, keys, clock=environment.clock, random=environment.random, ca=ca, former=former
        )
    vault.keep_identity(asked)
    vault.set_meta(JOINING, pending_json(pending))
    words = check_words(pending.check, assets.check_words())
    return JoinAsked(seat=uuid_text(keys.seat_id), check_words=tuple(words))
