"""One push and its receipt, whoever wrote the envelopes: our own, or a colleague's that lie in the spool. No I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from sync.engine.exchange import Step
from sync.engine.hub_calls import HubCalls
from sync.errors import HubRefused, VerificationFailed
from sync.protocol.messages import Receipt
from sync.protocol.version import MAX_PUSH_BYTES, MAX_PUSH_ENVELOPES
from sync.replica.values import Outgoing


@dataclass(frozen=True, slots=True, kw_only=True)
class PushedTo:
    """The hub a push goes to: its key, the team and the log that a receipt has to name."""

    hub_pk: bytes
    team: bytes
    log_id: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What the hub took of a push, its verified receipt, and the refusal of the first that it did not take."""

    envelopes: Sequence[Outgoing]
    receipt: Receipt
    sig: bytes
    refusal: HubRefused | None


def push(calls: HubCalls, to: PushedTo, sent: Sequence[Outgoing]) -> Step[Taken]:
    """Send envelopes and verify the receipt for those taken.

    Raises:
        VerificationFailed: an answer without a receipt, or with a wrong one.
        HubRefused: the push as a whole.
    """
    answer = yield from calls.push(one.raw for one in sent)
    taken = sent[: len(answer.places)]
    if not taken or len(answer.places) > len(sent) or answer.receipt is None:
        raise VerificationFailed("receipt_missing", "an answer to a push without a receipt for it")
    receipt = Receipt(
        team=to.team, log_id=to.log_id, day=answer.day,
        items=[(n, one.env_hash) for n, one in zip(answer.places, taken, strict=True)],
    )  # fmt: skip
    receipt.verify(to.hub_pk, answer.receipt)
    refusal = None if answer.error_code is None else HubRefused(409, answer.error_code, extra=answer.error_extra)
    return Taken(envelopes=taken, receipt=receipt, sig=answer.receipt, refusal=refusal)


def push_for_colleagues(calls: HubCalls, to: PushedTo, lacking: Sequence[Outgoing]) -> Step[int]:
    """Send envelopes of colleagues that lie in the spool, chain by chain; return how many the hub took.

    What it refuses of one chain stops that chain alone: its author's own sync will hear why.
    """
    total = 0
    for _, chain in groupby(lacking, key=lambda one: one.raw[24:44]):
        waiting = list(chain)
        while waiting:
            try:
                taken = yield from push(calls, to, _batch_of(waiting))
            except HubRefused:
                break
            total += len(taken.envelopes)
            waiting = [] if taken.refusal is not None else waiting[len(taken.envelopes) :]
    return total


def _batch_of(waiting: Sequence[Outgoing]) -> Sequence[Outgoing]:
    size = 0
    for count, one in enumerate(waiting[:MAX_PUSH_ENVELOPES]):
        size += len(one.raw) + 4
        if size > MAX_PUSH_BYTES and count:
            return waiting[:count]
    return waiting[:MAX_PUSH_ENVELOPES]
