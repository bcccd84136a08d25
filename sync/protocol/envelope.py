"""The envelope as bytes: header, length rule, hash, signature, stub (protocol.md 2.4).

Reads and checks the outside only; nothing here can open one, so the hub may use it.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from sync.clock import chain_id
from sync.crypto.signing import SIGNATURE_SIZE, SigningKey, sha256, verify
from sync.errors import EnvelopeRefused, SignatureInvalid
from sync.protocol.version import SUITE

MAGIC: Final = b"NXE1"
HEADER_SIZE: Final = 100
STUB_SIZE: Final = HEADER_SIZE + 32 + SIGNATURE_SIZE
ZERO_HASH: Final = bytes(32)
BUCKETS: Final = tuple(1024 << i for i in range(9))
"""Plaintext sizes an envelope is padded to: 1 to 256 KiB."""

_HEADER: Final = struct.Struct(">4sBBBB16s16sIQ32sQII")
_CHUNK: Final = 16 * 1024
_BOX_OVERHEAD: Final = 56
_TAG: Final = 16
_HPKE_OVERHEAD: Final = 1136


class EnvelopeType(IntEnum):
    """What an envelope carries. 3 is reserved and refused."""

    BUNDLE = 1
    MANIFEST = 2
    ENDORSEMENT = 4
    DROP = 5


_TYPES: Final = frozenset(EnvelopeType)


def ciphertext_size(kind: int, bucket: int) -> int:
    """Return ct_len for an envelope type and a bucket."""
    if kind == EnvelopeType.DROP:
        return bucket + _HPKE_OVERHEAD
    return bucket + _BOX_OVERHEAD + _TAG * (bucket // _CHUNK + 1)


_SIZES: Final = {kind: frozenset(ciphertext_size(kind, bucket) for bucket in BUCKETS) for kind in _TYPES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The 100 signed bytes in front of a ciphertext; `kind` is an EnvelopeType, for a drop `comp` is the target."""

    kind: EnvelopeType
    comp: int
    team: bytes
    seat: bytes
    inc: int
    seq: int
    prev: bytes
    ctl_seq: int
    epoch: int
    ct_len: int

    @property
    def chain(self) -> bytes:
        """Seat and incarnation, 20 bytes."""
        return chain_id(self.seat, self.inc)

    def encode(self) -> bytes:
        """Return the 100 bytes."""
        return _HEADER.pack(
            *(MAGIC, SUITE, self.kind, self.comp, 0, self.team, self.seat),
            *(self.inc, self.seq, self.prev, self.ctl_seq, self.epoch, self.ct_len),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A parsed envelope; `raw` is every byte of it. Its signature is checked by `verify_envelope`."""

    header: Header
    ct: bytes
    sig: bytes
    env_hash: bytes
    raw: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Stub:
    """An envelope without its body: what a seat without the key, or a pruned log, still needs to check a chain."""

    header: Header
    env_hash: bytes
    sig: bytes
    raw: bytes


def parse_header(data: bytes) -> Header:
    """Return the header in the first 100 bytes.

    Raises:
        EnvelopeRefused: magic, suite, type or flags differ, or a number is outside what its type allows.
    """
    if len(data) < HEADER_SIZE:
        raise EnvelopeRefused("codec", "shorter than a header")
    fields = _HEADER.unpack_from(data)
    magic, suite, kind, comp, flags, team, seat, inc, seq, prev, ctl_seq, epoch, ct_len = fields
    if magic != MAGIC:
        raise EnvelopeRefused("codec", "not an envelope")
    if suite != SUITE:
        raise EnvelopeRefused("unknown", f"suite {suite}")
    if kind not in _TYPES:
        raise EnvelopeRefused("unknown", f"envelope type {kind}")
    if flags:
        raise EnvelopeRefused("unknown", "a critical flag is set")
    if not (seq and ctl_seq and epoch):
        raise EnvelopeRefused("codec", "seq, ctl_seq and epoch count from 1")
    if inc == 0 and (seq == 1) != (prev == ZERO_HASH):
        raise EnvelopeRefused("chain", "only the first envelope of a seat has no predecessor")
    if ct_len not in _SIZES[kind]:
        raise EnvelopeRefused("codec", "the length is not that of a bucket")
    return Header(
        kind=EnvelopeType(kind),
        comp=comp,
        team=team,
        seat=seat,
        inc=inc,
        seq=seq,
        prev=prev,
        ctl_seq=ctl_seq,
        epoch=epoch,
        ct_len=ct_len,
    )


def parse_envelope(data: bytes) -> Envelope:
    """Return a whole envelope; its signature is not checked here.

    Raises:
        EnvelopeRefused: the header is refused, or the bytes are not exactly one envelope.
    """
    header = parse_header(data)
    end = HEADER_SIZE + header.ct_len
    if len(data) != end + SIGNATURE_SIZE:
        raise EnvelopeRefused("codec", "length differs from the header's")
    return Envelope(header=header, ct=data[HEADER_SIZE:end], sig=data[end:], env_hash=_hash(data[:end]), raw=data)


def parse_stub(data: bytes) -> Stub:
    """Return a stub: header || env_hash || sig.

    Raises:
        EnvelopeRefused: the header is refused, or the bytes are not exactly one stub.
    """
    header = parse_header(data)
    if len(data) != STUB_SIZE:
        raise EnvelopeRefused("codec", "a stub has 196 bytes")
    return Stub(header=header, env_hash=data[HEADER_SIZE : HEADER_SIZE + 32], sig=data[HEADER_SIZE + 32 :], raw=data)


def parse_item(data: bytes) -> Envelope | Stub:
    """Return what one frame of a pulled page holds; a stub is shorter than the smallest envelope."""
    return parse_stub(data) if len(data) == STUB_SIZE else parse_envelope(data)


def stub_of(envelope: Envelope) -> bytes:
    """Return the 196-byte stub of an envelope."""
    return envelope.raw[:HEADER_SIZE] + envelope.env_hash + envelope.sig


def signed_bytes(env_hash: bytes) -> bytes:
    """Return what an envelope's signature covers."""
    return b"nx1/sig/env\0" + env_hash


def verify_envelope(item: Envelope | Stub, sign_pk: bytes) -> None:
    """Verify the signature under the author's key.

    Raises:
        EnvelopeRefused: it does not verify (reason `signature`).
    """
    try:
        verify(sign_pk, item.sig, signed_bytes(item.env_hash))
    except SignatureInvalid as error:
        raise EnvelopeRefused("signature", error.detail) from None


def hash_of(header: Header, ct: bytes) -> bytes:
    """Return the env_hash of a header and a ciphertext."""
    return _hash(header.encode() + ct)


def assemble(header: Header, ct: bytes, key: SigningKey) -> Envelope:
    """Return the signed envelope of a header and the ciphertext made for it."""
    body = header.encode() + ct
    env_hash = _hash(body)
    sig = key.sign(signed_bytes(env_hash))
    return Envelope(header=header, ct=ct, sig=sig, env_hash=env_hash, raw=body + sig)


def _hash(header_and_ct: bytes) -> bytes:
    return sha256(b"nx1/env\0", header_and_ct)
