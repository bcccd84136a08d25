"""How many operations go into the next envelope (protocol.md 2.4, fill rule).

Envelopes are padded to powers of two, so a careless cut costs up to half of what is sent. Up to 16 KiB everything goes
into one bucket: one envelope a day tells less than three. Beyond that a bucket is filled to its edge by compressed size
and the rest goes on into falling buckets, unless little would be padded anyway.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from typing import Final

from sync.protocol.version import MAX_INFLATED_BYTES

PACKING_LEVEL: Final = 9
_ONE_BUCKET: Final = 16 * 1024
_PADDING_BORNE: Final = 1 / 16
_HEAD_SLACK: Final = 16
_FIRST_BATCH: Final = 16


def fill(ops: Sequence[bytes], body_of: Callable[[Sequence[bytes]], bytes], buckets: Sequence[int], head: int) -> int:
    """Return how many operations from the front, at least one, the next envelope takes.

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


def _fitting(ops: Sequence[bytes], body_of: Callable[[Sequence[bytes]], bytes], count: int, room: int) -> int:
    """Return the estimate corrected downwards until the real body fits; one operation always goes."""
    while count > 1 and len(zlib.compress(body_of(ops[:count]), PACKING_LEVEL)) > room:
        count -= 1
    return max(count, 1)
