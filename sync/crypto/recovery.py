"""Opening a vault whose passphrase is forgotten: what goes from the locked laptop to a lead's and back (2.8, 2.17).

    request = "NXR1" || slot_id || ephemeral X-Wing public key || H(slots)
    answer  = HPKE(ephemeral, DEK, info = "nx1/recover" || H(request))

The file that travels is the request followed by the slots file it names: whoever answers must open the recovery slot in
it, and the request alone holds its hash only. No seed and no passphrase is in either file; the answer opens with the
ephemeral key, which never leaves the locked laptop.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Final

from sync.crypto.boxes import KEY_SIZE, hpke_open, hpke_seal, kem_public
from sync.crypto.passphrase import KIND_RECOVERY, SlotsFile, check_dek, open_with_kit, parse_slots
from sync.crypto.signing import sha256
from sync.errors import BoxRefused, CodecError
from sync.protocol.enrolment import KEM_PUBLIC_SIZE

MAGIC: Final = b"NXR1"
_SLOT_ID: Final = 16
_HASH: Final = 32
REQUEST_SIZE: Final = len(MAGIC) + _SLOT_ID + KEM_PUBLIC_SIZE + _HASH
ANSWER_SIZE: Final = 1120 + KEY_SIZE + 16
MAX_SLOTS: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class RecoveryRequest:
    """A parsed request with the slots file it speaks of."""

    slot_id: bytes
    ephemeral_pk: bytes
    slots: bytes

    @classmethod
    def build(cls, slots: bytes, ephemeral_seed: bytes) -> RecoveryRequest:
        """Return the request of a locked vault.

        Raises:
            SlotError: the slots file is damaged. CodecError: the kit cannot open this vault: it has no recovery slot.
        """
        slot = next((one for one in parse_slots(slots).slots if one.kind == KIND_RECOVERY), None)
        if slot is None:
            raise CodecError("no recovery slot")
        return cls(slot.slot_id, kem_public(ephemeral_seed), slots)

    @classmethod
    def parse(cls, data: bytes) -> RecoveryRequest:
        """Return the request in a file; raise CodecError for anything else, SlotError for damaged slots."""
        head, slots = data[:REQUEST_SIZE], data[REQUEST_SIZE:]
        if len(head) != REQUEST_SIZE or not head.startswith(MAGIC) or len(slots) > MAX_SLOTS:
            raise CodecError("not a recovery request")
        slot_id = head[len(MAGIC) : len(MAGIC) + _SLOT_ID]
        if not hmac.compare_digest(head[-_HASH:], sha256(slots)):
            raise CodecError("the slots are not those of the request")
        if slot_id not in {one.slot_id for one in parse_slots(slots).slots if one.kind == KIND_RECOVERY}:
            raise CodecError("the request names no recovery slot")
        return cls(slot_id, head[len(MAGIC) + _SLOT_ID : -_HASH], slots)

    @property
    def request(self) -> bytes:
        """The bytes that 2.17 fixes."""
        return MAGIC + self.slot_id + self.ephemeral_pk + sha256(self.slots)

    @property
    def file(self) -> bytes:
        """What travels: the request and the slots file."""
        return self.request + self.slots

    @property
    def hash(self) -> bytes:
        """What the answer is bound to; its first bytes become the five words that two people compare."""
        return sha256(self.request)

    def parsed_slots(self) -> SlotsFile:
        """The slots file, unauthenticated until somebody opens a slot of it."""
        return parse_slots(self.slots)

    def answer(self, kit_seed: bytes) -> bytes:
        """Return the answer, made with both halves of the kit.

        Raises:
            WrongPassphrase: another kit. SlotError: `tampered`. BoxRefused: the ephemeral key is none.
        """
        dek, _ = open_with_kit(self.slots, kit_seed)
        return hpke_seal(self.ephemeral_pk, self._info, dek)

    def open_answer(self, answer: bytes, ephemeral_seed: bytes) -> bytes:
        """Return the vault key in an answer, checked against the MAC of the slots.

        Raises:
            BoxRefused: it is the answer to another request, or damaged.
            SlotError: it opens, and is not this vault's key.
        """
        if len(answer) != ANSWER_SIZE:
            raise BoxRefused("not an answer")
        dek = hpke_open(ephemeral_seed, self._info, answer)
        check_dek(self.slots, dek)
        return dek

    @property
    def _info(self) -> bytes:
        return b"nx1/recover" + self.hash
