"""What a laptop sends to be let in, and what a recovered one says of the seat it had before (protocol.md 2.8, 2.10)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sync import codec
from sync.crypto.signing import SigningKey, verify
from sync.protocol.enrolment import SeatCard
from sync.protocol.entries import Pin, parse_pins, pin_fields
from sync.protocol.fields import as_bytes, as_list, as_map


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerSeat:
    """The seat whose vault goes on as a new one, with its own word on its last envelopes (protocol.md 2.8).

    `sig` is the invite key's, so that the hub which carries the request cannot shorten what counts.
    """

    seat: bytes
    pins: tuple[Pin, ...]
    sig: bytes = b""

    def fields(self) -> list[Any]:
        """Return what is signed and sent: `[seat_id, PINS]`."""
        return [self.seat, pin_fields(self.pins)]

    def signed(self, invite_key: SigningKey, joined: bytes) -> FormerSeat:
        """Return it signed for one request; `joined` is the join hash."""
        return replace(self, sig=invite_key.sign(self._signed_bytes(joined)))

    def verify(self, invite_pub: bytes, joined: bytes) -> None:
        """Raise SignatureInvalid unless the invite key of this request signed it."""
        verify(invite_pub, self.sig, self._signed_bytes(joined))

    def _signed_bytes(self, joined: bytes) -> bytes:
        return b"nx1/sig/former\0" + joined + codec.encode(self.fields())


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinRequest:
    """Body of `POST invites/{id}/request`: `{1 seat map, 2 signature of the invite key}`.

    The signature also stands in the card as invite_sig; role and comps are those of the box. A vault that was recovered
    adds `3 [former seat, PINS], 4 the invite key's signature over it`.
    """

    card: SeatCard
    former: FormerSeat | None = None

    def encode(self) -> bytes:
        """Return the body."""
        fields = self.card.fields()
        sig = fields.pop(7)
        told = {} if self.former is None else {3: self.former.fields(), 4: self.former.sig}
        return codec.encode({1: fields, 2: sig, **told})

    @classmethod
    def parse(cls, data: bytes) -> JoinRequest:
        """Return the request, its signatures not yet verified; raise CodecError or SignatureInvalid."""
        fields = as_map(codec.decode(data))
        former = None
        if 3 in fields:
            seat, pins = as_list(fields[3], 2)
            former = FormerSeat(seat=as_bytes(seat, 16), pins=parse_pins(pins), sig=as_bytes(fields.get(4), 64))
        return cls(card=SeatCard.parse(as_map(fields.get(1)) | {7: as_bytes(fields.get(2), 64)}), former=former)
