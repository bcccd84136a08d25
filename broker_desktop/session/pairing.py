"""Pairing with other teams: the text, the digits, the entry in the control log, a new card key. Leads only.

Everything here rests on two people who have read 60 digits to each other; the server vouches for nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from sqlalchemy import select

from broker_desktop.errors import BadInput, NotFound, NotPermitted
from broker_desktop.records.access import Role
from broker_desktop.records.record_type import GENERAL
from broker_desktop.session.context import Context
from broker_desktop.session.kit_check import own_seed
from broker_desktop.session.leading import as_lead
from broker_desktop.session.partner_views import PairingOffer, PartnerRow
from broker_desktop.session.referral_desk import STATE
from broker_desktop.session.views import TodoItem
from broker_desktop.store.database import told_as_app_errors
from broker_desktop.store.system_rows import PARTNER
from broker_desktop.store.tables import table
from sync.control import ControlState, Seat
from sync.crypto.kit import KitKeys
from sync.crypto.pairing import PairingText, pair_digits, tik_fingerprint
from sync.crypto.signing import SigningKey
from sync.engine.mail_desk import MailState
from sync.errors import CodecError
from sync.ids import uuid_bytes, uuid_text

READY: Final = "ready"
NOT_LOOKED_YET: Final = "not_looked_yet"
_CARD_KEY: Final = "card_key"


def own_text(context: Context) -> str:
    """Give the text by which another team pairs ours; nothing in it is secret. Raises NotPermitted before a join."""
    control = _control(context)
    name = context.team.name if context.team else ""
    return PairingText(team=control.team, tik_pk=control.tik_pk, name=name).text()


def offer(context: Context, text: str) -> PairingOffer:
    """Read another team's text and give the digits to compare. Raises BadInput."""
    control, other = _control(context), _read(text)
    digits = pair_digits(
        tik_fingerprint(control.team, control.tik_pk), tik_fingerprint(other.team, other.tik_pk)
    )  # fmt: skip
    own = other.team == control.team
    return PairingOffer(team=uuid_text(other.team), name=other.name, digits=digits, own=own)


def add(context: Context, text: str, digits: str | None) -> PairingOffer:
    """Pair a team.

    Args:
        context: of a lead's vault.
        text: what the other team's lead sent, by any way.
        digits: as the other lead read them out, refused when they differ; None rests on the text alone.

    Raises:
        NotPermitted: not a lead. BadInput: other digits, our own text, or none. NoServer, Untrusted.
    """
    context.only_leads("Pairing with another team", code="PAIR-5")
    found, other = offer(context, text), _read(text)
    if found.own:
        raise BadInput("That is this team's own text. The other team's lead has to send theirs.", code="PAIR-1")
    if digits is not None and "".join(digits.split()) != "".join(found.digits.split()):
        raise BadInput(
            "Those are not the digits of that text. If the other screen shows them, somebody may be in between.",
            code="PAIR-DIGITS",
            title="The digits differ.",
            remedy="Nothing was paired. Ask for the text again by another way, and compare again, aloud.",
        )
    with as_lead(context) as lead:
        lead.pair(other.team, other.tik_pk)
    _keep_name(context, other.team, other.name)
    return found


def remove(context: Context, team: str) -> None:
    """End a pairing: nothing more goes out or is believed. Raises NotPermitted, NotFound, NoServer."""
    context.only_leads("Ending a pairing", code="PAIR-5")
    row = team_bytes(team)
    if row not in _control(context).paired:
        raise NotFound("No paired team has that id.", code="PAIR-2")
    with as_lead(context) as lead:
        lead.pair(row, None)


def partners(context: Context) -> list[PartnerRow]:
    """List the paired teams, by name."""
    control = _control(context)
    state = mail_state(context)
    names = partner_names(context)
    refused = [team for team, _ in state.refused.values()]
    rows = [
        PartnerRow(
            team=uuid_text(team),
            name=names.get(team, ""),
            state=state.troubles.get(team) or (READY if team in state.cards else NOT_LOOKED_YET),
            refused=refused.count(team),
        )
        for team in control.paired
    ]
    return sorted(rows, key=lambda row: (row.name.lower(), row.team))


def renew_card_key(context: Context, halves: Sequence[str]) -> None:
    """Replace the card key, once a lead has left who knew it; takes both halves of the recovery kit.

    Raises:
        NotPermitted: not a lead. BadInput: not the halves of this team's kit. NoServer, Untrusted.
    """
    context.only_leads("Replacing the card key", code="PAIR-5")
    tik = KitKeys.of(own_seed(context, halves)).tik
    seed = context.environment.random.bytes(32)
    with as_lead(context) as lead:
        lead.change_card_key(SigningKey.from_seed(seed).public, tik)
    since = _control(context).ctl_seq
    with told_as_app_errors(), context.vault.replica.transaction() as tx:
        tx.put(_CARD_KEY, _control(context).team, {"seed": seed, "since": since})


def card_key_outlived_a_lead(context: Context) -> bool:
    """Tell whether somebody who is no lead any more has known the card key; False where there are no partners."""
    control = _control(context)
    if context.role is not Role.LEAD or not control.paired:
        return False
    ended = [begun for seat in control.seats.values() for begun in _lead_ended(seat)]
    if not ended:
        return False
    since = context.vault.replica.shown(_CARD_KEY, [control.team]).get(control.team, {}).get("since")
    return max(ended) > (since if isinstance(since, int) else 1)


def todo(context: Context) -> list[TodoItem]:
    """Give the line of the Today page about a card key that has to be replaced."""
    if context.vault.replica.control is None or not card_key_outlived_a_lead(context):
        return []
    words = "A lead has left who knew the key to other teams. It takes the kit: pair renew-key"
    return [TodoItem(kind="card_key", text=words, count=1)]


def _lead_ended(seat: Seat) -> list[int]:
    """Give the control entries with which a seat stopped being a lead."""
    roles = [(one.since, one.active and int(one.role) == Role.LEAD) for one in seat.standings]
    return [begun for (_, lead), (begun, still) in pairwise(roles) if lead and not still]


def mail_state(context: Context) -> MailState:
    """Give what the exchange with other teams remembers."""
    kept = context.vault.meta(STATE)
    return MailState.parse(bytes.fromhex(kept) if isinstance(kept, str) else None)


def partner_names(context: Context) -> dict[bytes, str]:
    """Give what the teams that were ever paired are called here."""
    target = table("partner")
    with context.vault.reader.connect() as connection:
        return {row.team: row.name for row in connection.execute(select(target))}


def team_bytes(team: str) -> bytes:
    """Read the id of a team; raise NotFound for anything else."""
    try:
        return uuid_bytes(team)
    except ValueError:
        raise NotFound("That is not the id of a team.", code="PAIR-2") from None


def _control(context: Context) -> ControlState:
    control = context.vault.replica.control
    if control is None:
        raise NotPermitted("This laptop has not been let into the team yet.", code="TEAM-5")
    return control


def _read(text: str) -> PairingText:
    try:
        return PairingText.parse(text)
    except CodecError as error:
        raise BadInput(f"{error.detail[:1].upper()}{error.detail[1:]}. Please check it.", code="PAIR-3") from None


def _keep_name(context: Context, team: bytes, name: str) -> None:
    with told_as_app_errors(), context.vault.replica.transaction() as tx:
        if tx.has(PARTNER, team):
            tx.put(PARTNER, team, {"name": name})
        else:
            tx.create(PARTNER, team, GENERAL, {"name": name, "_made": context.made()})
