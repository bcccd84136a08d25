"""What the mail step of a round asks of the application, and what it remembers between rounds. Values, no I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from sync import codec
from sync.control import TeamCard
from sync.crypto.mail import Content, MailKind
from sync.protocol.fields import as_bytes, as_list, as_map, as_text, as_uint
from sync.protocol.team_entries import card_key_fields, parse_card

_OLDER_CARDS: Final = 4
"""How many cards of a partner are remembered beside the newest, to tell what is late from what is forged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message to be sent to a team; `letter_id` is the application's name for it, `comp` 1 or 2."""

    letter_id: bytes
    team: bytes
    comp: int
    ref_id: bytes
    kind: MailKind
    body: Mapping[str, Any]
    in_reply_to: bytes | None = None

    def content(self, sender: bytes) -> Content:
        """Return what is signed and sealed."""
        return Content(
            ref_id=self.ref_id, kind=self.kind, body=self.body, in_reply_to=self.in_reply_to, sender=sender,
            recipient=self.team,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A verified message; `day` (u32, UTC) is when the hub took it, the same for every laptop of the team."""

    comp: int
    content: Content
    day: int


class MailDesk(Protocol):
    """The application's side of the mail."""

    def prepare(self) -> None:
        """Write the letters that what was recorded since calls for; before sealing, and without any network."""
        ...

    def letters(self, card_no: int) -> Sequence[Letter]:
        """Return what this seat has to send, sent under an older card of ours and not acknowledged included."""
        ...

    def sent(self, letter: Letter, day: int, card_no: int, message_hash: bytes) -> None:
        """Take note that the hub holds a letter, sent under our card of that number."""
        ...

    def take(self, arrived: Arrived) -> None:
        """Make records of a message; one that was taken in before changes nothing.

        Raises:
            MailRefused: it answers nothing that we sent to that team, or its body is not understood.
        """
        ...

    def card_seed(self) -> bytes | None:
        """Return the seed of the card key, which only leads hold."""
        ...

    def kept(self) -> bytes | None:
        """Return what `keep` was given last."""
        ...

    def keep(self, state: bytes) -> None:
        """Keep what the step remembers between rounds."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A letter as it was sealed, until the hub has answered: under which cards, and its bytes."""

    msg_id: bytes
    own_card: int
    card: int
    message_hash: bytes
    message: bytes

    def fits(self, own_card: int, card: int, message_hash: bytes) -> bool:
        """Tell whether it need not be sealed anew."""
        return (self.own_card, self.card, self.message_hash) == (own_card, card, message_hash)


@dataclass(slots=True, kw_only=True)
class MailState:
    """What is remembered between rounds.

    `cards` are the newest cards of partners that were believed, `older` the few before them; `troubles` why a partner
    has none for us or takes no mail; `refused` message id to (team, code) of what waits and must not be believed;
    `posted` what was sealed and has no answer yet; `mark` how the mailbox stood when all in it had been dealt with.
    """

    cards: dict[bytes, TeamCard] = field(default_factory=dict)
    older: dict[bytes, list[TeamCard]] = field(default_factory=dict)
    troubles: dict[bytes, str] = field(default_factory=dict)
    refused: dict[bytes, tuple[bytes, str]] = field(default_factory=dict)
    posted: dict[bytes, Posted] = field(default_factory=dict)
    mark: list[Any] | None = None

    def believe(self, team: bytes, card: TeamCard) -> None:
        """Take over a card that verifies; the one before it moves to the older ones."""
        last = self.cards.get(team)
        if last is not None and last.card_no < card.card_no:
            self.older[team] = [last, *self.older.get(team, ())][:_OLDER_CARDS]
        self.cards[team] = card

    def encode(self) -> bytes:
        """Return deterministic CBOR."""
        cards = {team: _card_fields(card) for team, card in self.cards.items()}
        older = {team: [_card_fields(card) for card in some] for team, some in self.older.items()}
        posted = {
            name: [one.msg_id, one.own_card, one.card, one.message_hash, one.message]
            for name, one in self.posted.items()
        }
        refused = {msg_id: [team, code] for msg_id, (team, code) in self.refused.items()}
        return codec.encode({1: cards, 2: dict(self.troubles), 3: refused, 4: posted, 5: self.mark, 6: older})

    @classmethod
    def parse(cls, data: bytes | None) -> MailState:
        """Return what `encode` made; a new state for None. Raises CodecError for anything else."""
        if data is None:
            return cls()
        fields = as_map(codec.decode(data))
        return cls(
            cards={team: parse_card(as_map(card)) for team, card in as_map(fields.get(1)).items()},
            troubles={team: as_text(code) for team, code in as_map(fields.get(2)).items()},
            refused={msg_id: _refused(line) for msg_id, line in as_map(fields.get(3)).items()},
            posted={name: _posted(line) for name, line in as_map(fields.get(4)).items()},
            mark=fields.get(5),
            older={
                team: [parse_card(as_map(card)) for card in as_list(some)]
                for team, some in as_map(fields.get(6)).items()
            },
        )


def _card_fields(card: TeamCard) -> dict[int, Any]:
    return {1: card.card_no, 2: card_key_fields(card.keys), 3: card.valid_from, 4: card.sig}


def _refused(value: codec.Value) -> tuple[bytes, str]:
    team, code = as_list(value, 2)
    return as_bytes(team, 16), as_text(code)


def _posted(value: codec.Value) -> Posted:
    msg_id, own_card, card, message_hash, message = as_list(value, 5)
    return Posted(
        msg_id=as_bytes(msg_id, 16), own_card=as_uint(own_card), card=as_uint(card),
        message_hash=as_bytes(message_hash, 32), message=as_bytes(message),
    )  # fmt: skip
