"""Mail between teams as a step of a sync: cards, messages in, messages out (protocol.md 2.14). No I/O.

    (lead) publish our card -> read the mailbox -> open, hand over -> push -> delete -> send

Each part may be cut off anywhere and run again: what came in is recognised by its hash, what goes out keeps its id and
its bytes until the hub has answered, and a message leaves the hub only once the log holds what it became. What it is
about is the application's business (`MailDesk`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from sync.clock import Random
from sync.control import ControlState, Entry, TeamCard, build_card
from sync.crypto.mail import Content, card_keys, line_of, open_message, seal_message, sign_card, verified_card
from sync.crypto.signing import SigningKey, verify
from sync.engine.control_log import append, known_control
from sync.engine.exchange import Step
from sync.engine.hub_calls import HubCalls
from sync.engine.identity import Identity
from sync.engine.mail_desk import Arrived, Letter, MailDesk, MailState, Posted
from sync.engine.ports import ReplicaPort
from sync.errors import ControlRefused, HubRefused, KeyMissing, MailRefused, SignatureInvalid, TransportError
from sync.protocol.enrolment import Role
from sync.protocol.mail import MESSAGE_COMPS, MailItem
from sync.protocol.messages import HeadAnswer
from sync.protocol.problems import Problem
from sync.protocol.team_entries import team_card_signed_bytes

NOT_PAIRED_BACK: Final = "not_paired_back"
NO_CARD: Final = "no_card"
UNPAIRED: Final = "unpaired"
MESSAGE_ID_SIZE: Final = 16


@dataclass(slots=True, kw_only=True)
class MailRound:
    """The mail of one round. `push` seals and pushes what is unsealed; `notice` tells what a person has to look at."""

    replica: ReplicaPort
    identity: Identity
    calls: HubCalls
    desk: MailDesk
    random: Random
    head: HeadAnswer
    push: Callable[[], Step[None]]
    notice: Callable[[str], None]

    def run(self) -> Step[None]:
        """Exchange mail with every paired team; trouble with one of them does not stop the others.

        Whatever becomes of it, the sync of our own records is done: a failure is noticed and tried again next time.
        """
        try:
            yield from self._run()
        except (TransportError, ControlRefused):
            self.notice("mail_failed")

    def _run(self) -> Step[None]:
        comps = self._comps()
        if not comps:
            return
        yield from self._publish_card()
        state = MailState.parse(self.desk.kept())
        cards = _Cards(self, state)
        yield from self._receive(state, cards)
        yield from self._send(state, cards)
        if state.cards.keys() != self._control.paired.keys():
            yield from cards.look(team for team in self._control.paired if team not in state.cards)
        self._keep(state)

    @property
    def _control(self) -> ControlState:
        return known_control(self.replica)

    def _comps(self) -> tuple[int, ...]:
        seat = self._control.seat(self.identity.seat_id)
        if seat is None or not seat.active:
            return ()
        return tuple(sorted(MESSAGE_COMPS & set(seat.comps)))

    def _keep(self, state: MailState) -> None:
        encoded = state.encode()
        if encoded != self.desk.kept():
            self.desk.keep(encoded)

    def _publish_card(self) -> Step[None]:
        """Publish our card where a lead works here and the newest epochs have none."""
        seat = self._control.seat(self.identity.seat_id)
        if seat is None or seat.role is not Role.LEAD or not card_due(self._control):
            return
        seed = self.desk.card_seed()
        if seed is None or SigningKey.from_seed(seed).public != self._control.card_pk:
            self.notice("card_key_missing")
            return
        key, ring, day = SigningKey.from_seed(seed), self.replica.keyring, self.head.checkpoint.day

        def entry_after(control: ControlState) -> Entry | None:
            if not card_due(control):
                return None
            number = control.card.card_no + 1 if control.card else 1
            lines = card_keys(ring, _newest(control))
            sig = sign_card(key, control.team, number, lines, day)
            author = self.identity.signing_key()
            return build_card(control, self.identity.seat_id, author, number, lines, day, sig)

        try:
            yield from append(self.replica, self.calls, self.replica.hub_key() or b"", entry_after)
        except KeyMissing:
            self.notice("card_key_missing")

    def _receive(self, state: MailState, cards: _Cards) -> Step[None]:
        """Take in what waits, push what it became, and only then delete it."""
        control, ring = self._control, self.replica.keyring
        mark = [self.head.mailbox, list(self._comps()), sum(1 for _ in ring), len(control.paired)]
        if mark == state.mark:
            return
        done: list[bytes] = []
        settled, after = True, 0
        state.refused.clear()
        while page := (yield from self.calls.mail_after(after)):
            after = page[-1].k
            for item in page:
                try:
                    settled &= yield from self._take(item, state, cards, done)
                except MailRefused as refusal:
                    state.refused[item.msg_id] = (item.from_team, refusal.code)
        if state.refused:
            self.notice("mail_refused")
        if done:
            yield from self.push()
        if self.replica.counts().unsent and done:
            return
        for msg_id in done:
            yield from self.calls.delete_mail(msg_id)
        if settled:
            state.mark = mark

    def _take(self, item: MailItem, state: MailState, cards: _Cards, done: list[bytes]) -> Step[bool]:
        """Open one message and hand it over; tell whether there is nothing left to do about it here.

        One that was signed before its team renewed its keys is not believed: it comes again under the newer card.
        """
        control = self._control
        if item.from_team not in control.paired:
            raise MailRefused(UNPAIRED, "from a team that is not paired")
        card = yield from cards.of(item.from_team)
        if card is None:
            return False
        try:
            content = self._opened(item, card)
        except KeyMissing:
            return True  # a colleague's laptop holds that key
        except MailRefused:
            if not self._is_late(item, state):
                raise
            done.append(item.msg_id)
            return True
        self.desk.take(Arrived(comp=item.message[0], content=content, day=item.day))
        done.append(item.msg_id)
        return True

    def _opened(self, item: MailItem, card: TeamCard) -> Content:
        control = self._control
        return open_message(
            item.message, item.msg_id, sender=item.from_team, sender_card=card, team=control.team, cards=control.cards,
            ring=self.replica.keyring,
        )  # fmt: skip

    def _is_late(self, item: MailItem, state: MailState) -> bool:
        for card in state.older.get(item.from_team, ()):
            with suppress(MailRefused):
                self._opened(item, card)
                return True
        return False

    def _send(self, state: MailState, cards: _Cards) -> Step[None]:
        """Send the letters whose record the log holds; one that the hub refuses waits, the others go."""
        own = self._control.card
        if own is None or self.replica.counts().unsent:
            return
        letters = [one for one in self.desk.letters(own.card_no) if one.comp in self._comps()]
        names = {one.letter_id for one in letters}
        for gone in [name for name in state.posted if name not in names]:
            del state.posted[gone]
        sent = 0
        for letter in letters:
            sent += yield from self._send_one(letter, own, state, cards)
        if sent:
            yield from self.push()

    def _send_one(self, letter: Letter, own: TeamCard, state: MailState, cards: _Cards) -> Step[bool]:
        if letter.team not in self._control.paired:
            return False
        card = yield from cards.of(letter.team)
        if card is None:
            return False
        try:
            posted = self._posted(letter, own, card, state)
            yield from self.calls.put_mail(letter.team, posted.msg_id, posted.message)
        except KeyMissing:
            return False
        except MailRefused as refusal:
            state.troubles[letter.team] = refusal.code
            self.notice("mail_unsent")
            return False
        except HubRefused as refusal:
            if refusal.code == Problem.NOT_FOUND.code:
                state.troubles[letter.team] = NOT_PAIRED_BACK
            elif refusal.code == Problem.QUOTA.code:
                state.troubles[letter.team] = "mailbox_full"
            else:
                raise
            self.notice("mail_unsent")
            return False
        content = letter.content(self._control.team)
        self.desk.sent(letter, self.head.checkpoint.day, own.card_no, content.message_hash)
        del state.posted[letter.letter_id]
        self._keep(state)
        return True

    def _posted(self, letter: Letter, own: TeamCard, card: TeamCard, state: MailState) -> Posted:
        """Seal a letter, or give what was sealed before: an answer that got lost must not make two of it."""
        content = letter.content(self._control.team)
        known = state.posted.get(letter.letter_id)
        if known is not None and known.fits(own.card_no, card.card_no, content.message_hash):
            return known
        secret = self.replica.keyring.secret(letter.comp, line_of(own, letter.comp).epoch)
        msg_id = self.random.bytes(MESSAGE_ID_SIZE)
        made = Posted(
            msg_id=msg_id, own_card=own.card_no, card=card.card_no, message_hash=content.message_hash,
            message=seal_message(content, msg_id, card, secret),
        )  # fmt: skip
        state.posted[letter.letter_id] = made
        self._keep(state)
        return made


class _Cards:
    """The newest cards of our partners, each asked for once in a round."""

    def __init__(self, mail: MailRound, state: MailState) -> None:
        self._mail = mail
        self._state = state
        self._asked: dict[bytes, TeamCard | None] = {}

    def of(self, team: bytes) -> Step[TeamCard | None]:
        """Return the verified card of a team; None where it has none for us, and then the state says why."""
        if team not in self._asked:
            self._asked[team] = yield from self._ask(team)
        return self._asked[team]

    def look(self, teams: Iterable[bytes]) -> Step[None]:
        """Ask for the cards of teams that nothing was sent to yet, so that a pairing is seen to be complete."""
        for team in teams:
            yield from self.of(team)

    def _ask(self, team: bytes) -> Step[TeamCard | None]:
        mail, state = self._mail, self._state
        tik_pk = known_control(mail.replica).paired[team]
        try:
            answer = yield from mail.calls.card_of(team)
            card = verified_card(answer, team, tik_pk, state.cards.get(team))
        except HubRefused as refusal:
            if refusal.code != Problem.NOT_FOUND.code:
                raise
            state.troubles[team] = NOT_PAIRED_BACK
            return None
        except MailRefused as refusal:
            state.troubles[team] = refusal.code
            mail.notice("card_refused")
            return None
        if card is None:
            state.troubles[team] = NO_CARD
            return None
        state.troubles.pop(team, None)
        state.believe(team, card)
        return card


def card_due(control: ControlState) -> bool:
    """Tell whether a paired team lacks a card for its newest epochs, under its present card key."""
    if not control.paired:
        return False
    card = control.card
    if card is None or {line.comp: line.epoch for line in card.keys} != _newest(control):
        return True
    try:
        signed = team_card_signed_bytes(control.team, card.card_no, card.keys, card.valid_from)
        verify(control.card_pk, card.sig, signed)
    except SignatureInvalid:
        return True
    return False


def _newest(control: ControlState) -> dict[int, int]:
    return {comp: control.newest_epoch(comp) for comp in MESSAGE_COMPS if control.newest_epoch(comp)}
