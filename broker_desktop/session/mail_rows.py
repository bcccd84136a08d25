"""The messages to and from other teams as the vault lists them, and what they amount to for a referral. Reads only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, select

from broker_desktop.records.referral_source import may_hear_outcome
from broker_desktop.session.context import Context
from broker_desktop.store.bodies import body_payload
from broker_desktop.store.system_rows import MAIL_IN, MAIL_OUT
from broker_desktop.store.tables import table
from sync.crypto.mail import MailKind
from sync.replica import chunked

ENDING_ANSWERS: Final = frozenset({"rejected", "redirected"})
"""What a team may say of a referral that ends it; anything of the kind `outcome` does so too."""

ACCEPTED: Final = "accepted"
DUE_DAYS: Final = 14
"""A referral that is still open after these days is overdue (domain.md 5.1, `no_response`)."""


@dataclass(frozen=True, slots=True)
class MailRow:
    """One message; names as in store/tables.py."""

    id: bytes
    comp: int
    way: int
    team: bytes
    kind: int
    ref: bytes
    referral: bytes
    reply: bytes
    event: str
    on_day: str
    hash: bytes
    sent_day: int
    sent_card: int
    maker: bytes


@dataclass(slots=True)
class Loop:
    """One referral to or from another team with everything that was said about it; `new` is what began it."""

    new: MailRow
    said: list[MailRow] = field(default_factory=list)
    heard: list[MailRow] = field(default_factory=list)

    @property
    def outgoing(self) -> bool:
        """Whether our team made the referral."""
        return self.new.way == MAIL_OUT

    @property
    def withdrawn(self) -> bool:
        """Whether the team that made it has taken it back."""
        told = self.said if self.outgoing else self.heard
        return any(row.kind == MailKind.WITHDRAWN for row in told)

    def arrived(self, row: MailRow) -> bool:
        """Tell whether the other team has said that a message of ours came."""
        if row.kind == MailKind.NEW and self.heard:
            return True
        return any(one.kind == MailKind.RECEIVED and one.reply == row.hash for one in self.heard)

    @property
    def answers(self) -> list[MailRow]:
        """What was answered, by day: acceptance and outcomes."""
        told = self.heard if self.outgoing else self.said
        return sorted((row for row in told if row.event), key=lambda row: (row.on_day, row.kind))

    def closed(self, *, feedback: bool) -> bool:
        """Tell whether nothing more is to be heard; without consent to feedback that is so once it is accepted."""
        for row in self.answers:
            if row.kind == MailKind.OUTCOME or row.event in ENDING_ANSWERS:
                return True
            if not feedback and row.event == ACCEPTED:
                return True
        return self.withdrawn

    def state(self) -> str:
        """Give where it stands: queued, sent, received, the last answer, or withdrawn."""
        if self.withdrawn:
            return "withdrawn"
        if self.answers:
            return self.answers[-1].event
        if not self.outgoing or self.arrived(self.new):
            return "received"
        return "sent" if self.new.sent_day else "queued"


def all_loops(connection: Connection) -> list[Loop]:
    """Give every referral between teams that this seat holds, in the order in which they became known."""
    target = table("mail")
    rows = [MailRow(*row) for row in connection.execute(select(target))]
    loops = {(row.ref, row.team): Loop(row) for row in rows if row.kind == MailKind.NEW}
    for row in rows:
        loop = loops.get((row.ref, row.team))
        if loop is not None and row.id != loop.new.id:
            (loop.said if row.way == MAIL_OUT else loop.heard).append(row)
    return list(loops.values())


def payloads(context: Context, connection: Connection, referrals: Iterable[bytes]) -> dict[bytes, dict[str, Any]]:
    """Give the referrals that stand, by row: payload, with `_own` (this seat made it) and `_comp`; no voided ones."""
    target = context.vault.projection.table("referral")
    wanted = select(target.c.id, target.c.body, target.c.own, target.c.comp).where(target.c.voided == 0)
    found: dict[bytes, dict[str, Any]] = {}
    for part in chunked(dict.fromkeys(referrals)):
        for row in connection.execute(wanted.where(target.c.id.in_(part))):
            found[row.id] = {**body_payload(row.body), "_own": bool(row.own), "_comp": row.comp}
    return found


def events_of(payload: dict[str, Any]) -> Sequence[dict[str, Any]]:
    """Give the events of a referral; none where the question was refused."""
    events = payload.get("events")
    return [one for one in events if isinstance(one, dict)] if isinstance(events, list) else []


def feedback_agreed(payload: dict[str, Any]) -> bool:
    """Tell whether the team that sent somebody hears how it went: the person's yes, and never the police."""
    return may_hear_outcome(payload)


def is_in(row: MailRow) -> bool:
    """Tell whether a message came to us."""
    return row.way == MAIL_IN
