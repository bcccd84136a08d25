"""Operations into envelopes and back: body, padding, bundle, drop (protocol.md 2.4).

Sealing concatenates the stored bytes of operations and never encodes them again. Opening takes an envelope whose
signature and place in its chain were checked before; whether its operations may be applied is decided after.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, TypeAlias

from sync import codec, operation
from sync.control import EpochKey
from sync.crypto.boxes import box_open, box_seal, hpke_open, hpke_seal
from sync.crypto.filling import PACKING_LEVEL, fill
from sync.crypto.keyring import EpochSecret
from sync.crypto.signing import SigningKey
from sync.errors import BoxRefused, CodecError, EnvelopeRefused
from sync.operation import OPERATION_DEPTH, Operation
from sync.protocol.envelope import BUCKETS, Envelope, EnvelopeType, Header, assemble, ciphertext_size
from sync.protocol.fields import U8, U32, as_bytes, as_list, as_map, as_text, as_uint
from sync.protocol.version import BODY_FORMAT, MAX_INFLATED_BYTES

FRAME_HEAD: Final = 5
_RAW: Final = 0
_ZLIB: Final = 1

SealBox: TypeAlias = Callable[[bytes, bytes, bytes], bytes]
"""(key, context, plaintext) -> ciphertext, in the form of `box_seal`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gossip:
    """The log head and control head that the writer had verified; inside the ciphertext the hub cannot edit it."""

    log_id: bytes
    n: int
    h_n: bytes
    ctl_seq: int
    ctl_hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Preamble:
    """Everything in a body but its operations.

    `seen` names, per chain, the last applied (seq, first 16 bytes of its hash) of this compartment, as far as changed
    since the writer's previous envelope of the compartment; empty in a drop. `audit` is (count, hash) of the local
    trail.
    """

    dm: int
    min_dm: int
    app: str
    gossip: Gossip
    seen: Mapping[bytes, tuple[int, bytes]] = field(default_factory=dict)
    audit: tuple[int, bytes] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """An opened envelope; operations in order, hlc strictly rising. Some may be of an unknown kind."""

    dm: int
    min_dm: int
    app: str
    seen: Mapping[bytes, tuple[int, bytes]]
    gossip: Gossip
    ops: list[Operation]
    audit: tuple[int, bytes] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tip:
    """The place after the last envelope of our chain, and the control entry we have verified."""

    team: bytes
    seat: bytes
    inc: int
    seq: int
    prev: bytes
    ctl_seq: int


@dataclass(frozen=True, slots=True)
class Sealed:
    """A new envelope and how many of the given operations it carries."""

    envelope: Envelope
    count: int


def encode_body(preamble: Preamble, ops: Sequence[bytes]) -> bytes:
    """Return the CBOR of a body around operations' stored bytes."""
    gossip = preamble.gossip
    seen = {chain: list(place) for chain, place in preamble.seen.items()}
    front = {0: BODY_FORMAT, 1: preamble.dm, 2: preamble.min_dm, 3: preamble.app, 4: seen}
    front[5] = [gossip.log_id, gossip.n, gossip.h_n, gossip.ctl_seq, gossip.ctl_hash]
    parts = [codec.encode(front)[1:], b"\x06", _array_head(len(ops)), *ops]
    if preamble.audit is not None:
        parts += [b"\x07", codec.encode(list(preamble.audit))]
    size = len(front) + (1 if preamble.audit is None else 2)
    return bytes([0xA0 | size]) + b"".join(parts)


def decode_body(data: bytes) -> Body:
    """Return a body; keys that this version does not know are ignored.

    Raises:
        EnvelopeRefused: reason `codec`, `unknown` (another format) or `hlc` (not strictly rising).
    """
    try:
        fields = as_map(codec.decode(data, max_depth=OPERATION_DEPTH + 2))
        if as_uint(fields.get(0), U8) != BODY_FORMAT:
            raise EnvelopeRefused("unknown", "a body of another format")
        body = _body(fields)
    except CodecError as error:
        raise EnvelopeRefused("codec", error.detail) from None
    if any(after.hlc <= before.hlc for before, after in zip(body.ops, body.ops[1:], strict=False)):
        raise EnvelopeRefused("hlc", "the operations of a bundle rise")
    return body


def _body(fields: dict[Any, Any]) -> Body:
    log_id, n, h_n, ctl_seq, ctl_hash = as_list(fields.get(5), 5)
    seen = {as_bytes(chain, 20): as_list(place, 2) for chain, place in as_map(fields.get(4)).items()}
    audit = as_list(fields[7], 2) if 7 in fields else None
    return Body(
        dm=as_uint(fields.get(1), U32),
        min_dm=as_uint(fields.get(2), U32),
        app=as_text(fields.get(3)),
        seen={chain: (as_uint(seq), as_bytes(short, 16)) for chain, (seq, short) in seen.items()},
        gossip=Gossip(
            log_id=as_bytes(log_id, 16),
            n=as_uint(n),
            h_n=as_bytes(h_n, 32),
            ctl_seq=as_uint(ctl_seq),
            ctl_hash=as_bytes(ctl_hash, 32),
        ),
        ops=[operation.from_value(item) for item in as_list(fields.get(6))],
        audit=None if audit is None else (as_uint(audit[0]), as_bytes(audit[1], 32)),
    )


def frame(body: bytes, *, packed: bool = True) -> bytes:
    """Return `enc u8 || len u32 || body || zeros`, filled to the smallest bucket that holds it.

    Args:
        body: CBOR.
        packed: compress it, unless that makes it longer.

    Raises:
        EnvelopeRefused: larger than the largest bucket; `seal_bundles` never asks for that.
    """
    return _framed(body, zlib.compress(body, PACKING_LEVEL) if packed else body)


def _framed(body: bytes, squeezed: bytes) -> bytes:
    kind, content = (_ZLIB, squeezed) if len(squeezed) < len(body) else (_RAW, body)
    bucket = next((size for size in BUCKETS if size >= len(content) + FRAME_HEAD), None)
    if bucket is None:
        raise EnvelopeRefused("codec", "larger than the largest bucket")
    return (bytes([kind]) + len(content).to_bytes(4, "big") + content).ljust(bucket, b"\0")


def unframe(plaintext: bytes) -> bytes:
    """Return the body in a padded plaintext.

    Raises:
        EnvelopeRefused: reason `codec`: not a bucket, padding that is not zero, a stream that does not end where it
            should, or a body that inflates beyond 4 MiB.
    """
    if len(plaintext) not in BUCKETS:
        raise EnvelopeRefused("codec", "not a bucket")
    kind, end = plaintext[0], FRAME_HEAD + int.from_bytes(plaintext[1:FRAME_HEAD], "big")
    if end > len(plaintext) or plaintext.count(0, end) != len(plaintext) - end:
        raise EnvelopeRefused("codec", "the padding is not zero")
    content = plaintext[FRAME_HEAD:end]
    if kind == _RAW:
        return content
    if kind != _ZLIB:
        raise EnvelopeRefused("unknown", "another compression")
    inflater = zlib.decompressobj()
    try:
        body = inflater.decompress(content, MAX_INFLATED_BYTES)
    except zlib.error:
        raise EnvelopeRefused("codec", "not a zlib stream") from None
    if not inflater.eof or inflater.unused_data or inflater.unconsumed_tail:
        raise EnvelopeRefused("codec", "inflates too far, or not exactly")
    return body


def seal_bundles(
    ops: Sequence[bytes], preamble: Preamble, secret: EpochSecret, tip: Tip, key: SigningKey
) -> list[Sealed]:
    """Return the bundles of one compartment's operations, in order, cut by the fill rule.

    Args:
        ops: canonical bytes in hlc order.
        preamble: goes into every bundle; `seen` and `audit` into the first only.
        secret: of the newest epoch of the compartment.
        tip: where the first bundle goes in our chain.
        key: our signing key.
    """

    def sealed(plaintext: bytes, place: Tip) -> Envelope:
        return seal_bundle(plaintext, secret, place, key)

    return _seal_all(ops, preamble, tip, sealed)


def seal_bundle(
    plaintext: bytes, secret: EpochSecret, tip: Tip, key: SigningKey, seal_box: SealBox = box_seal
) -> Envelope:
    """Return the bundle of one framed plaintext; `seal_box` differs only where a known answer fixes the salt."""
    header = _header(EnvelopeType.BUNDLE, secret.comp, secret.epoch, tip, len(plaintext))
    return assemble(header, seal_box(secret.data_key, bundle_context(header), plaintext), key)


def open_bundle(envelope: Envelope, secret: EpochSecret) -> Body:
    """Return what a bundle holds.

    Raises:
        EnvelopeRefused: reason `aead`, `codec`, `unknown` or `hlc`.
    """
    header = envelope.header
    if header.kind != EnvelopeType.BUNDLE:
        raise EnvelopeRefused("unknown", "not a bundle")
    if (header.team, header.comp, header.epoch) != (secret.team, secret.comp, secret.epoch):
        raise EnvelopeRefused("epoch", "sealed under another secret")
    try:
        plaintext = box_open(secret.data_key, bundle_context(header), envelope.ct)
    except BoxRefused:
        raise EnvelopeRefused("aead", "a bundle does not open") from None
    return decode_body(unframe(plaintext))


def bundle_context(header: Header) -> bytes:
    """Return what the ciphertext of a bundle is bound to: its whole header."""
    return b"nx1/ctx\0" + header.encode()


def seal_drops(ops: Sequence[bytes], preamble: Preamble, target: EpochKey, tip: Tip, key: SigningKey) -> list[Sealed]:
    """Return the drops of operations into a compartment that the author cannot read, cut by the fill rule.

    `preamble.seen` must be empty; `target` is the line of the control log for the compartment's newest epoch.
    """

    def sealed(plaintext: bytes, place: Tip) -> Envelope:
        ct = drop_ciphertext(plaintext, target, place.team, place.seat)
        return sign_drop(ct, target, place, key)

    return _seal_all(ops, preamble, tip, sealed)


def drop_ciphertext(plaintext: bytes, target: EpochKey, team: bytes, seat: bytes) -> bytes:
    """Return a drop's ciphertext; it names the seat and not the chain, so that it may be made at save."""
    return hpke_seal(target.drop_pk, drop_info(team, seat, target.comp, target.epoch), plaintext)


def sign_drop(ct: bytes, target: EpochKey, tip: Tip, key: SigningKey) -> Envelope:
    """Return the drop of a ciphertext made earlier, at a place of our chain."""
    bucket = next(size for size in BUCKETS if ciphertext_size(EnvelopeType.DROP, size) == len(ct))
    return assemble(_header(EnvelopeType.DROP, target.comp, target.epoch, tip, bucket), ct, key)


def open_drop(envelope: Envelope, secret: EpochSecret) -> Body:
    """Return what a drop into a compartment of ours holds.

    Raises:
        EnvelopeRefused: reason `aead`, `codec`, `unknown`, `hlc`, or `drop` for one that claims to have seen anything.
    """
    header = envelope.header
    if header.kind != EnvelopeType.DROP:
        raise EnvelopeRefused("unknown", "not a drop")
    if (header.team, header.comp, header.epoch) != (secret.team, secret.comp, secret.epoch):
        raise EnvelopeRefused("epoch", "sealed under another secret")
    try:
        plaintext = hpke_open(
            secret.drop_seed, drop_info(header.team, header.seat, header.comp, header.epoch), envelope.ct
        )
    except BoxRefused:
        raise EnvelopeRefused("aead", "a drop does not open") from None
    body = decode_body(unframe(plaintext))
    if body.seen:
        raise EnvelopeRefused("drop", "a drop has seen nothing")
    return body


def drop_info(team: bytes, seat: bytes, comp: int, epoch: int) -> bytes:
    """Return what the ciphertext of a drop is bound to."""
    return b"nx1/drop\0" + team + seat + bytes([comp]) + epoch.to_bytes(4, "big")


def open_envelope(envelope: Envelope, secret: EpochSecret) -> Body:
    """Return what a bundle or a drop holds; raise EnvelopeRefused as `open_bundle` and `open_drop` do."""
    return open_drop(envelope, secret) if envelope.header.kind == EnvelopeType.DROP else open_bundle(envelope, secret)


def _seal_all(
    ops: Sequence[bytes], preamble: Preamble, tip: Tip, sealed: Callable[[bytes, Tip], Envelope]
) -> list[Sealed]:
    out: list[Sealed] = []
    start = 0
    while start < len(ops):
        filling = fill(ops[start:], partial(encode_body, preamble), BUCKETS, FRAME_HEAD)
        envelope = sealed(_framed(filling.body, filling.packed), tip)
        out.append(Sealed(envelope, filling.operations))
        start += filling.operations
        tip = _after(tip, envelope)
        preamble = _without_firsts(preamble)
    return out


def _after(tip: Tip, envelope: Envelope) -> Tip:
    return Tip(team=tip.team, seat=tip.seat, inc=tip.inc, seq=tip.seq + 1, prev=envelope.env_hash, ctl_seq=tip.ctl_seq)


def _without_firsts(preamble: Preamble) -> Preamble:
    return Preamble(dm=preamble.dm, min_dm=preamble.min_dm, app=preamble.app, gossip=preamble.gossip)


def _header(kind: EnvelopeType, comp: int, epoch: int, tip: Tip, bucket: int) -> Header:
    return Header(
        kind=kind,
        comp=comp,
        team=tip.team,
        seat=tip.seat,
        inc=tip.inc,
        seq=tip.seq,
        prev=tip.prev,
        ctl_seq=tip.ctl_seq,
        epoch=epoch,
        ct_len=ciphertext_size(kind, bucket),
    )


def _array_head(size: int) -> bytes:
    if size < 24:
        return bytes([0x80 | size])
    if size < 1 << 8:
        return bytes([0x98, size])
    if size < 1 << 16:
        return b"\x99" + size.to_bytes(2, "big")
    return b"\x9a" + size.to_bytes(4, "big")
