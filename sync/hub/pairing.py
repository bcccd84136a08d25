"""Which teams a team has paired, and the card it shows them: read from its signed control log (protocol.md 2.14).

The entries were verified when they were appended, so nothing is verified here; the partner verifies everything again.
No table holds any of this: a pairing that the log ends is ended here with the same entry.
"""

from __future__ import annotations

from sqlalchemy import Connection

from sync import codec
from sync.hub.store import teams
from sync.protocol.entries import Entry, EntryType, parse_entry
from sync.protocol.mail import CardAnswer


def paired_teams(db: Connection, team_id: bytes) -> list[bytes]:
    """Give the teams whose seats may read this team's card and write to its mailbox, in the order of pairing."""
    paired: dict[bytes, None] = {}
    for entry in _entries(db, team_id):
        if entry.kind == EntryType.PAIR:
            paired.pop(entry.body[1], None)
            if entry.body.get(2) is not None:
                paired[entry.body[1]] = None
    return list(paired)


def card_answer(db: Connection, team_id: bytes) -> CardAnswer | None:
    """Give card key, certificate and latest card of a team; None for a team that is not here."""
    answer: CardAnswer | None = None
    card: bytes | None = None
    for entry in _entries(db, team_id):
        answer = _certified(entry) or answer
        if entry.kind == EntryType.CARD:
            card = codec.encode({key: entry.body[key] for key in (1, 2, 3, 4)})
        elif entry.kind in {EntryType.CARD_KEY_CHANGE, EntryType.KIT_CHANGE}:
            card = None  # made under the key that has just ended
    if answer is None:
        return None
    return CardAnswer(card_pk=answer.card_pk, cert=answer.cert, kit=answer.kit, card=card)


def _certified(entry: Entry) -> CardAnswer | None:
    """Give the card key that an entry brings, with what certifies it; None for any other entry."""
    body = entry.body
    if entry.kind == EntryType.GENESIS:
        return CardAnswer(card_pk=body[3], cert=body[4])
    if entry.kind == EntryType.CARD_KEY_CHANGE:
        return CardAnswer(card_pk=body[1], cert=body[2])
    if entry.kind == EntryType.KIT_CHANGE:
        return CardAnswer(card_pk=body[3], cert=body[5], kit=(entry.ctl_seq, entry.prev, body[2]))
    return None


def _entries(db: Connection, team_id: bytes) -> list[Entry]:
    return [parse_entry(raw) for raw in teams.control_entries(db, team_id)]
