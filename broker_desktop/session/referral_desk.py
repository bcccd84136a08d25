"""The application's side of the mail between teams: what is recorded becomes letters, what arrives becomes records.

Writing here is decided by what stands recorded and by nothing else, with ids that every laptop derives alike: two
laptops that do the same at once make one record. Nothing here talks to the network (sync.engine.mail_desk.MailDesk).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from broker_desktop.records import record_type
from broker_desktop.records.access import PUT, Role, may_apply
from broker_desktop.records.referral_source import from_police
from broker_desktop.session.changes import shown_fields, write_changes
from broker_desktop.session.context import Context
from broker_desktop.session.mail_rows import Loop, MailRow, all_loops, events_of, feedback_agreed, payloads
from broker_desktop.session.references import References
from broker_desktop.session.referral_mail import (
    SERVICE_SAID,
    WITHDRAWN_EVENT,
    answer_kind,
    answered,
    incoming,
    travelling,
)
from broker_desktop.session.times import iso_day
from broker_desktop.store.records import StoredRecord
from broker_desktop.store.system_rows import MAIL, MAIL_IN, MAIL_OUT
from sync.crypto.mail import Content, MailKind
from sync.engine.mail_desk import Arrived, Letter
from sync.errors import MailRefused
from sync.ids import derived_id, mail_input, uuid_bytes
from sync.merge import shown
from sync.replica import Transaction

STATE: Final = "mail_state"
"""Name of the kept value that holds what the engine remembers of cards and messages."""

_REFERRAL: Final = record_type("referral")
_UNREAD_DAYS: Final = 35
_TOLD_BY_PARTNER: Final = "told by the other team"


@dataclass(frozen=True, slots=True)
class ReferralDesk:
    """The mail of one open vault."""

    context: Context

    def prepare(self) -> None:
        """Write the letters that recorded steps call for, and put what was heard onto our referrals."""
        with self.context.vault.reader.connect() as connection:
            loops = all_loops(connection)
            if not loops:
                return
            found = payloads(self.context, connection, (loop.new.referral for loop in loops))
        due = [one for loop in loops for one in self._due(loop, found.get(loop.new.referral))]
        heard = [one for loop in loops for one in self._unheard(loop, found.get(loop.new.referral))]
        if not due and not heard:
            return
        with self.context.vault.replica.transaction() as tx:
            for row, comp, fields in due:
                if not tx.has(MAIL, row):
                    tx.create(MAIL, row, comp, {**fields, "_made": self.context.made()})
            for referral, event, on in heard:
                self._put_event(tx, referral, event, on, SERVICE_SAID)

    def letters(self, card_no: int) -> Sequence[Letter]:
        """Give what this seat has to send: not sent yet, or sent under an older card and never acknowledged."""
        with self.context.vault.reader.connect() as connection:
            loops = all_loops(connection)
            found = payloads(self.context, connection, (loop.new.referral for loop in loops if loop.outgoing))
            ids = {_person_of(payload) for payload in found.values()} - {b""}
            people = self.context.vault.records.some(connection, "person", list(ids))
        today = self.context.environment.today()
        letters = (
            self._letter(loop, row, found.get(row.referral), people)
            for loop in loops
            for row in ([loop.new] if loop.outgoing else []) + loop.said
            if self._mine(row) and _unsent(loop, row, card_no, today)
        )
        return [letter for letter in letters if letter is not None]

    def sent(self, letter: Letter, day: int, card_no: int, message_hash: bytes) -> None:
        """Take note that the server holds a letter; a new referral shows it among its steps."""
        with self.context.vault.replica.transaction() as tx:
            tx.put(MAIL, letter.letter_id, {"sent": [day, card_no, message_hash]})
            if letter.kind is MailKind.NEW:
                self._put_event(tx, self._row(tx, letter.letter_id)["referral"], "sent", iso_day(day), None)

    def take(self, arrived: Arrived) -> None:
        """Make records of a message, once; word that it came goes back. Raises MailRefused, and nothing was made."""
        content = arrived.content
        row = derived_id(self.context.row_salt, mail_input(content.message_hash))
        with self.context.vault.replica.transaction() as tx:
            if tx.has(MAIL, row):
                return
            if content.kind is MailKind.NEW:
                self._take_new(tx, row, arrived)
            else:
                self._take_answer(tx, row, arrived)
            if content.kind is not MailKind.RECEIVED:
                self._acknowledge(tx, row, arrived)

    def card_seed(self) -> bytes | None:
        """Give the seed of the card key from the leads' compartment."""
        team = self.context.vault.identity.team_id
        seed = self.context.vault.replica.shown("card_key", [team]).get(team, {}).get("seed")
        return seed if isinstance(seed, bytes) else None

    def kept(self) -> bytes | None:
        """Give what the engine remembers."""
        text = self.context.vault.meta(STATE)
        return bytes.fromhex(text) if isinstance(text, str) else None

    def keep(self, state: bytes) -> None:
        """Keep what the engine remembers."""
        self.context.vault.set_meta(STATE, state.hex())

    def _due(self, loop: Loop, payload: Mapping[str, Any] | None) -> Iterator[tuple[bytes, int, dict[str, Any]]]:
        """Give the messages that a referral calls for: row, compartment and fields of each."""
        if loop.outgoing:
            if self._taken_back(loop, payload):
                on = self.context.environment.today()
                yield self._answer(loop, MailKind.WITHDRAWN, WITHDRAWN_EVENT, on)
            return
        if payload is None or from_police(payload):
            return
        told = {(row.event, row.on_day) for row in (*loop.said, *loop.heard) if row.event}
        for step in events_of(dict(payload)) if not loop.withdrawn else ():
            kind = answer_kind(step.get("event"), feedback=feedback_agreed(dict(payload or {})))
            if kind is not None and (step["event"], step.get("on")) not in told:
                yield self._answer(loop, kind, step["event"], step["on"])

    def _taken_back(self, loop: Loop, payload: Mapping[str, Any] | None) -> bool:
        """Tell whether our referral was withdrawn, taken out or erased, and the other team has not been told.

        A referral whose record has not come yet is none of these.
        """
        if loop.withdrawn or any(row.event == WITHDRAWN_EVENT for row in loop.heard):
            return False
        if payload is None:
            return bool(self.context.vault.replica.custody(_REFERRAL.name, [loop.new.referral]))
        if payload.get("person") is None:
            return True
        return any(step.get("event") == WITHDRAWN_EVENT for step in events_of(dict(payload)))

    def _answer(self, loop: Loop, kind: MailKind, event: str, on: str) -> tuple[bytes, int, dict[str, Any]]:
        new = loop.new
        row = derived_id(
            self.context.row_salt, b"mailout\0" + new.ref + new.team + event.encode() + b"\0" + on.encode()
        )
        fields = _fields(MAIL_OUT, new.team, kind, new.ref, new.referral)
        return row, new.comp, {**fields, "event": event, "on": on, "reply": new.hash or None}

    def _unheard(self, loop: Loop, payload: Mapping[str, Any] | None) -> Iterator[tuple[bytes, str, str]]:
        """Give the steps that the other team told and that do not stand on our record yet, where this seat may put."""
        if payload is None or not self._may_put(own=payload["_own"]):
            return
        stands = {(step.get("event"), step.get("on")) for step in events_of(dict(payload))}
        for row in loop.heard:
            event = row.event or ("received" if row.kind == MailKind.RECEIVED and row.reply == loop.new.hash else "")
            if event and (event, row.on_day) not in stands:
                yield loop.new.referral, event, row.on_day

    def _mine(self, row: MailRow) -> bool:
        """Tell whether this seat sends a message: its own; a lead also what somebody left behind whose seat ended."""
        own = self.context.vault.ids.seat_id
        if row.maker == own:
            return True
        maker = self.context.vault.seats().get(row.maker)
        return self.context.role is Role.LEAD and (maker is None or not maker.active)

    def _letter(
        self, loop: Loop, row: MailRow, payload: Mapping[str, Any] | None, people: Mapping[bytes, StoredRecord]
    ) -> Letter | None:
        body: Mapping[str, Any] = {"on": row.on_day}
        if row.kind == MailKind.NEW:
            person = people.get(_person_of(payload))
            if payload is None or person is None:
                return None
            body = travelling(payload, person.payload(), row.on_day)
        elif row.event:
            body = {"event": row.event, "on": row.on_day}
        return Letter(
            letter_id=row.id,
            team=row.team,
            comp=row.comp,
            ref_id=row.ref,
            kind=MailKind(row.kind),
            body=body,
            in_reply_to=row.reply or None,
        )

    def _take_new(self, tx: Transaction, row: bytes, arrived: Arrived) -> None:
        content = arrived.content
        if any(one.new.ref == content.ref_id and one.new.team == content.sender for one in self._loops(tx)):
            # Sent once more after a change of its record: the first stands, and word that it came goes back again.
            return
        day = iso_day(arrived.day)
        payload = incoming(content.body, self.context.check_context(importing=True), day)
        references = References(self.context, tx)
        resolved = _REFERRAL.resolved(payload, person=references.person, external=references.external)
        wire = {**_REFERRAL.to_wire(resolved), "_made": self.context.made()}
        tx.create(_REFERRAL.name, row, arrived.comp, wire)
        self._write(tx, row, arrived, row, {"on": day})

    def _take_answer(self, tx: Transaction, row: bytes, arrived: Arrived) -> None:
        content = arrived.content
        loop = next(
            (one for one in self._loops(tx) if (one.new.ref, one.new.team) == (content.ref_id, content.sender)), None
        )
        if loop is None or loop.new.comp != arrived.comp or not _fits(loop, content.kind):
            raise MailRefused("reference", "answers nothing that was sent to that team")
        if content.kind is MailKind.RECEIVED:
            event, on = "", _received_on(content)
        else:
            event, on = answered(content.body, content.kind)
        referral = loop.new.referral
        self._write(tx, row, arrived, referral, {"event": event, "on": on, "reply": content.in_reply_to})
        if content.kind is MailKind.RECEIVED and content.in_reply_to == loop.new.hash:
            event = "received"
        if event:
            self._put_event(tx, referral, event, on, SERVICE_SAID)

    def _write(
        self, tx: Transaction, row: bytes, arrived: Arrived, referral: bytes, more: Mapping[str, Any]
    ) -> None:  # fmt: skip
        content = arrived.content
        fields = _fields(MAIL_IN, content.sender, content.kind, content.ref_id, referral)
        fields |= {"hash": content.message_hash, **more, "_made": self.context.made()}
        tx.create(MAIL, row, arrived.comp, fields)

    def _acknowledge(self, tx: Transaction, row: bytes, arrived: Arrived) -> None:
        content = arrived.content
        letter = derived_id(self.context.row_salt, b"mailout\0" + content.message_hash)
        if tx.has(MAIL, letter):
            return
        fields = _fields(MAIL_OUT, content.sender, MailKind.RECEIVED, content.ref_id, row)
        fields |= {"reply": content.message_hash, "on": iso_day(arrived.day), "_made": self.context.made()}
        tx.create(MAIL, letter, arrived.comp, fields)

    def _loops(self, tx: Transaction) -> list[Loop]:
        tx.flush()
        return all_loops(tx.connection)

    def _row(self, tx: Transaction, row: bytes) -> dict[str, Any]:
        state = tx.state(MAIL, row)
        return dict(shown(state)) if state is not None else {}

    def _put_event(self, tx: Transaction, referral: bytes, event: str, on: str, evidence: str | None) -> None:
        """Put a step onto a referral, unless it stands there or this seat may not; a colleague's laptop will then."""
        target = self.context.vault.projection.table(_REFERRAL.name)
        held = tx.connection.execute(target.select().where(target.c.id == referral)).mappings().first()
        if held is None or not self._may_put(own=bool(held["own"])):
            return
        wire = _REFERRAL.to_wire({"events": [{"event": event, "on": on, "evidence": evidence}]})
        before = shown_fields(tx, _REFERRAL, referral)
        changes = {name: value for name, value in wire.items() if name not in before}
        if changes:
            write_changes(self.context, tx, _REFERRAL, referral, changes, _TOLD_BY_PARTNER)

    def _may_put(self, *, own: bool) -> bool:
        return may_apply(self.context.role, PUT, _REFERRAL.name, own)


def _fields(way: int, team: bytes, kind: MailKind, ref: bytes, referral: bytes) -> dict[str, Any]:
    return {"way": way, "team": team, "kind": int(kind), "ref": ref, "referral": referral}


def new_letter(team: bytes, ref: bytes, referral: bytes, on: str) -> dict[str, Any]:
    """Give the fields of the message that a referral to another team begins with."""
    return {**_fields(MAIL_OUT, team, MailKind.NEW, ref, referral), "on": on}


def _unsent(loop: Loop, row: MailRow, card_no: int, today: str) -> bool:
    """Tell whether a message has to go out, now or again: under a newer card what the other team may not have read.

    Word that something came is not acknowledged in turn; it goes out again while it may still lie unread.
    """
    if loop.outgoing and loop.withdrawn and not loop.new.sent_day:
        return False  # taken back before it left: the other team never hears of it
    if not row.sent_day:
        return True
    if row.sent_card >= card_no:
        return False
    if row.kind == MailKind.RECEIVED:
        return iso_day(row.sent_day + _UNREAD_DAYS) >= today
    return not loop.arrived(row)


def _fits(loop: Loop, kind: MailKind) -> bool:
    """Tell whether a kind of message can come about a referral: answers to ours, a recall of theirs."""
    if kind is MailKind.RECEIVED:
        return True
    return (kind is not MailKind.WITHDRAWN) if loop.outgoing else (kind is MailKind.WITHDRAWN)


def _received_on(content: Content) -> str:
    on = content.body.get("on")
    try:
        return date.fromisoformat(on if isinstance(on, str) else "").isoformat()
    except ValueError:
        raise MailRefused("body", "a day is missing") from None


def _person_of(payload: Mapping[str, Any] | None) -> bytes:
    person = payload.get("person") if payload is not None else None
    return uuid_bytes(person["id"]) if isinstance(person, dict) and "id" in person else b""
