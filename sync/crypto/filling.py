"""How many operations go into the next envelope (protocol.md 2.4, fill rule).

Envelopes are padded to powers of two, so a careless cut costs up to half of what is sent. Up to 16 KiB everything goes
into one bucket: one envelope a day tells less than three. Beyond that a bucket is filled to its edge by compressed size
and the rest goes on into falling buckets, unless little would be padded anyway.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from sync.protocol.version import MAX_INFLATED_BYTES

PACKING_LEVEL: Final = 9
_ONE_BUCKET: Final = 16 * 1024
_PADDING_BORNE: Final = 1 / 16
_HEAD_SLACK: Final = 16
_FIRST_BATCH: Final = 16


class Filling(NamedTuple):
    """What goes into the next envelope: how many operations, the body that carries them, and that body compressed."""

    operations: int
    body: bytes
    packed: bytes


def fill(
    ops: Sequence[bytes], body_of: Callable[[Sequence[bytes]], bytes], buckets: Sequence[int], head: int
) -> Filling:
    """Return what the next envelope takes of the operations from the front, at least one.

    Args:
        ops: canonical bytes of what is unsent.
        body_of: the body that carries some of them.
        buckets: sizes in bytes, rising.
        head: bytes of a bucket that the frame needs for itself.
    """
    preamble = body_of(())
    count, size = _packed(preamble, ops, buckets[-1] - head)
    if count == len(ops):
        up = next(bucket for bucket in buckets if bucket >= size + head)
        if up <= _ONE_BUCKET or up - size <= up * _PADDING_BORNE:
            return _fitting(ops, body_of, count, up - head)
        count, _ = _packed(preamble, ops, up // 2 - head)
        return _fitting(ops, body_of, count, up // 2 - head)
    return _fitting(ops, body_of, count, buckets[-1] - head)


def _packed(preamble: bytes, ops: Sequence[bytes], room: int) -> tuple[int, int]:
    """Return how many operations compress into `room` bytes, about, and the size they take.

    One pass: the compressor's state is copied before each batch, so that a batch that does not fit costs nothing, and
    batches shrink as the edge comes near.
    """
    packer = zlib.compressobj(PACKING_LEVEL)
    size = len(packer.compress(preamble))
    raw, count, full, batch = len(preamble), 0, 0, _FIRST_BATCH
    while count < len(ops):
        some = b"".join(ops[count : count + batch])
        trial = packer.copy()
        grown = size + len(trial.compress(some))
        after = grown + len(trial.copy().flush())
        if after + _HEAD_SLACK <= room and raw + len(some) + _HEAD_SLACK <= MAX_INFLATED_BYTES:
            packer, size, full = trial, grown, after
            raw, count = raw + len(some), count + batch
            per_op = max(1.0, (full / raw) * (raw / count))
            batch = max(1, min(int((room - full) / per_op * 0.8), count * 2))
        elif batch == 1:
            break
        else:
            batch //= 2
    return min(count, len(ops)), full


def _fitting(ops: Sequence[bytes], body_of: Callable[[Sequence[bytes]], bytes], count: int, room: int) -> Filling:
    """Correct the estimate downwards until the real body fits; one operation always goes."""
    count = max(count, 1)
    while True:
        body = body_of(ops[:count])
        packed = zlib.compress(body, PACKING_LEVEL)
        if count == 1 or len(packed) <= room:
            return Filling(count, body, packed)
        count -= 1
