"""Epoch secrets: what is derived from them, how they reach a seat, and the ring a seat holds (protocol.md 2.2, 2.8).

A secret that arrives is believed only when it matches the commitment in the verified control log; the hub that carries
it vouches for nothing.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from sync import codec
from sync.control import EpochKey
from sync.crypto.boxes import KEM_ID, box_open, box_seal, hkdf, hpke_open, hpke_seal, kem_public
from sync.crypto.signing import SigningKey, sha256
from sync.errors import BoxRefused, CodecError, KeyMissing
from sync.protocol.enrolment import Grant, KeyringObject
from sync.protocol.fields import U32, as_bytes, as_list, as_uint

SECRET_SIZE = 32


@dataclass(frozen=True)
class EpochSecret:
    """The secret of one compartment in one epoch, and everything derived from it."""

    team: bytes
    comp: int
    epoch: int
    secret: bytes

    @property
    def place(self) -> bytes:
        """Return team || c || e, as it stands in every derivation."""
        return _place(self.team, self.comp, self.epoch)

    @cached_property
    def commitment(self) -> bytes:
        """C, as the control log holds it."""
        return sha256(b"nx1/epoch", self.place, self.secret)

    @cached_property
    def data_key(self) -> bytes:
        """Key of bundles, manifests and endorsements."""
        return self._derive(b"nx1/data")

    @cached_property
    def ring_key(self) -> bytes:
        """Key of the keyring object that holds the older secrets."""
        return self._derive(b"nx1/ring")

    @cached_property
    def drop_seed(self) -> bytes:
        """X-Wing seed with which the holders open drops."""
        return self._derive(b"nx1/drop")

    @cached_property
    def drop_pk(self) -> bytes:
        """Public half of the drop key, as the control log holds it."""
        return kem_public(self.drop_seed)

    @cached_property
    def seal_seed(self) -> bytes:
        """X-Wing seed with which the holders open messages of other teams (compartments 1 and 2)."""
        return self._derive(b"nx1/seal")

    @cached_property
    def seal_pk(self) -> bytes:
        """Public half of the seal key, as a team card shows it."""
        return kem_public(self.seal_seed)

    @cached_property
    def msg_key(self) -> SigningKey:
        """Ed25519 key with which the holders sign messages to other teams (compartments 1 and 2)."""
        return SigningKey.from_seed(self._derive(b"nx1/msg"))

    def epoch_key(self) -> EpochKey:
        """Return the public line for the control log."""
        return EpochKey(comp=self.comp, epoch=self.epoch, commitment=self.commitment, drop_pk=self.drop_pk)

    def matches(self, key: EpochKey) -> bool:
        """Return whether this is the secret that the control log commits to."""
        return (
            (self.comp, self.epoch) == (key.comp, key.epoch)
            and hmac.compare_digest(self.commitment, key.commitment)
            and self.drop_pk == key.drop_pk
        )

    def _derive(self, label: bytes) -> bytes:
        return hkdf(self.secret, label + self.place)


class Keyring:
    """The epoch secrets a seat holds; an immutable value."""

    def __init__(self, secrets: Iterable[EpochSecret] = ()) -> None:
        self._secrets = {(one.comp, one.epoch): one for one in secrets}

    def __iter__(self) -> Iterator[EpochSecret]:
        return iter(self._secrets.values())

    def __contains__(self, place: tuple[int, int]) -> bool:
        return place in self._secrets

    def secret(self, comp: int, epoch: int) -> EpochSecret:
        """Return the secret of (compartment, epoch); raise KeyMissing when it is not held."""
        try:
            return self._secrets[comp, epoch]
        except KeyError:
            raise KeyMissing(comp, epoch) from None

    def older(self, comp: int, epoch: int) -> list[EpochSecret]:
        """Return the secrets of a compartment before an epoch, oldest first."""
        return [self._secrets[place] for place in sorted(self._secrets) if place[0] == comp and place[1] < epoch]

    def with_secrets(self, secrets: Iterable[EpochSecret]) -> Keyring:
        """Return a ring that also holds these."""
        return Keyring([*self, *secrets])


def seal_grant(secret: EpochSecret, seat: bytes, kem_pk: bytes) -> Grant:
    """Return an epoch secret wrapped for one seat: `0x647A u16 || HPKE(kem_pk, ES || c || e)`."""
    plain = secret.secret + secret.place[16:]
    info = _grant_info(secret.team, seat, secret.comp, secret.epoch, secret.commitment)
    blob = KEM_ID.to_bytes(2, "big") + hpke_seal(kem_pk, info, plain)
    return Grant(comp=secret.comp, epoch=secret.epoch, seat=seat, blob=blob)


def open_grant(grant: Grant, kem_seed: bytes, team: bytes, key: EpochKey) -> EpochSecret:
    """Return the secret in a grant for our seat.

    Args:
        grant: as the hub served it.
        kem_seed: our X-Wing seed.
        team: our team.
        key: what the verified control log says of this compartment and epoch.

    Raises:
        BoxRefused: it does not open, or is not the secret that the log commits to.
    """
    if grant.blob[:2] != KEM_ID.to_bytes(2, "big"):
        raise BoxRefused("a grant of another suite")
    info = _grant_info(team, grant.seat, key.comp, key.epoch, key.commitment)
    plain = hpke_open(kem_seed, info, grant.blob[2:])
    secret = EpochSecret(team, key.comp, key.epoch, plain[:SECRET_SIZE])
    if plain[SECRET_SIZE:] != secret.place[16:] or not secret.matches(key):
        raise BoxRefused("a grant that the control log contradicts")
    return secret


def seal_keyring(newest: EpochSecret, older: Sequence[EpochSecret], ctl_seq: int) -> KeyringObject:
    """Return the older secrets that holders of the newest one still need, oldest first."""
    plain = codec.encode([[one.epoch, one.secret] for one in older])
    blob = box_seal(newest.ring_key, keyring_context(newest, ctl_seq), plain)
    return KeyringObject(epoch=newest.epoch, ctl_seq=ctl_seq, blob=blob)


def open_keyring(newest: EpochSecret, ring: KeyringObject, keys: Iterable[EpochKey]) -> list[EpochSecret]:
    """Return the older secrets of a keyring object, each checked against the control log.

    Args:
        newest: our secret of the epoch that the object names.
        ring: as the hub served it.
        keys: what the verified control log says of the compartment's epochs.

    Raises:
        BoxRefused: it does not open, or holds a secret that the log contradicts.
    """
    plain = box_open(newest.ring_key, keyring_context(newest, ring.ctl_seq), ring.blob)
    known = {key.epoch: key for key in keys if key.comp == newest.comp}
    try:
        lines = [as_list(line, 2) for line in as_list(codec.decode(plain))]
        secrets = [
            EpochSecret(newest.team, newest.comp, as_uint(epoch, U32, 1), as_bytes(secret, SECRET_SIZE))
            for epoch, secret in lines
        ]
    except CodecError as error:
        raise BoxRefused(error.detail) from None
    if not all(one.epoch in known and one.matches(known[one.epoch]) for one in secrets):
        raise BoxRefused("a keyring that the control log contradicts")
    return secrets


def keyring_context(newest: EpochSecret, ctl_seq: int) -> bytes:
    """Return what a keyring's box is bound to."""
    return b"nx1/ring" + newest.place + ctl_seq.to_bytes(8, "big")


def _grant_info(team: bytes, seat: bytes, comp: int, epoch: int, commitment: bytes) -> bytes:
    return b"nx1/grant" + _place(team, comp, epoch) + seat + commitment


def _place(team: bytes, comp: int, epoch: int) -> bytes:
    return team + bytes([comp]) + epoch.to_bytes(4, "big")
