"""What hub and client say to each other around the log: heads, receipts, info, signed requests (protocol.md 2.9, 2.10).

Every answer that matters is signed by the hub, whose key is pinned by hub_id; a message that does not verify is an
error, never a warning. Enrolment has its own module, `enrolment.py`.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sync import codec
from sync.crypto.signing import SigningKey, sha256, verify
from sync.errors import CodecError, SignatureInvalid, VerificationFailed
from sync.protocol.fields import PLACE, U8, U32, as_bytes, as_list, as_map, as_text, as_uint
from sync.protocol.frames import ChainHead, read_chains, write_chains
from sync.protocol.version import MAX_PAGE_BYTES, MAX_PUSH_BYTES, MAX_PUSH_ENVELOPES, PROTOCOL

KIT_SEAT: Final = bytes(16)
"""Stands for the recovery kit where a seat is named: its calls are signed by the team identity key."""

NONCE_SIZE: Final = 16
INFO_NONCE_SIZE: Final = 32
_AUTHORIZATION: Final = re.compile(
    r"NX1 seat=([0-9a-f]{32}), t=(0|[1-9][0-9]{0,15}), n=([A-Za-z0-9+/]{22}==), sig=([A-Za-z0-9+/]{86}==)"
)


def hub_id_of(hub_pk: bytes) -> bytes:
    """Return the hub_id that an invite pins: H of the hub's public key."""
    return sha256(b"nx1/hub\0", hub_pk)


def log_hash(previous: bytes, n: int, env_hash: bytes) -> bytes:
    """Return the running head h_n; h_0 is 32 zero bytes."""
    return sha256(b"nx1/log\0", previous, _u64(n), env_hash)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The hub's statement of where a team's log and control log end on a day."""

    team: bytes
    log_id: bytes
    n: int
    h_n: bytes
    ctl_seq: int
    ctl_hash: bytes
    day: int

    def signed_bytes(self, hub_id: bytes) -> bytes:
        """Return what the hub signs."""
        place = self.team + self.log_id + _u64(self.n) + self.h_n
        return b"nx1/ckpt\0" + hub_id + place + _u64(self.ctl_seq) + self.ctl_hash + _u32(self.day)

    def sign(self, hub_key: SigningKey) -> bytes:
        """Return the hub's signature."""
        return hub_key.sign(self.signed_bytes(hub_id_of(hub_key.public)))

    def verify(self, hub_pk: bytes, sig: bytes) -> None:
        """Raise VerificationFailed unless the hub signed exactly this."""
        _verify(hub_pk, sig, self.signed_bytes(hub_id_of(hub_pk)), "checkpoint")


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The hub's statement that it holds these envelopes: (n, env_hash) in the order of the request."""

    team: bytes
    log_id: bytes
    items: Sequence[tuple[int, bytes]]
    day: int

    def signed_bytes(self, hub_id: bytes) -> bytes:
        """Return what the hub signs; needs at least one item."""
        places = [n for n, _ in self.items]
        digest = sha256(*(_u64(n) + env_hash for n, env_hash in self.items))
        span = _u64(min(places)) + _u64(max(places))
        return b"nx1/rcpt\0" + hub_id + self.team + self.log_id + span + digest + _u32(self.day)

    def sign(self, hub_key: SigningKey) -> bytes:
        """Return the hub's signature."""
        return hub_key.sign(self.signed_bytes(hub_id_of(hub_key.public)))

    def verify(self, hub_pk: bytes, sig: bytes) -> None:
        """Raise VerificationFailed unless the hub signed exactly this."""
        _verify(hub_pk, sig, self.signed_bytes(hub_id_of(hub_pk)), "receipt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Info:
    """Answer of `/v1/info`: who the hub is, what it speaks and what time it has (unix ms)."""

    hub_pk: bytes
    protocols: tuple[int, ...]
    max_push_envelopes: int
    max_push_bytes: int
    max_page_bytes: int
    time_ms: int
    sig: bytes

    @classmethod
    def build(cls, hub_key: SigningKey, nonce: bytes, time_ms: int) -> Info:
        """Return the hub's answer to a nonce of 32 bytes."""
        sig = hub_key.sign(info_signed_bytes(hub_id_of(hub_key.public), nonce, time_ms))
        return cls(
            hub_pk=hub_key.public,
            protocols=(PROTOCOL,),
            max_push_envelopes=MAX_PUSH_ENVELOPES,
            max_push_bytes=MAX_PUSH_BYTES,
            max_page_bytes=MAX_PAGE_BYTES,
            time_ms=time_ms,
            sig=sig,
        )

    def encode(self) -> bytes:
        """Return `{1 hub_pk, 2 protocols, 3 {1 push envelopes, 2 push bytes, 3 page bytes}, 4 unix ms, 5 sig}`."""
        limits = {1: self.max_push_envelopes, 2: self.max_push_bytes, 3: self.max_page_bytes}
        return codec.encode({1: self.hub_pk, 2: list(self.protocols), 3: limits, 4: self.time_ms, 5: self.sig})

    @classmethod
    def parse(cls, data: bytes) -> Info:
        """Return the answer, not yet verified; raise CodecError for anything else."""
        fields = as_map(codec.decode(data))
        limits = as_map(fields.get(3))
        return cls(
            hub_pk=as_bytes(fields.get(1), 32),
            protocols=tuple(as_uint(number, U8) for number in as_list(fields.get(2))),
            max_push_envelopes=as_uint(limits.get(1), U32),
            max_push_bytes=as_uint(limits.get(2), U32),
            max_page_bytes=as_uint(limits.get(3), U32),
            time_ms=as_uint(fields.get(4)),
            sig=as_bytes(fields.get(5), 64),
        )

    def verify(self, nonce: bytes, hub_id: bytes | None) -> None:
        """Check the signature over our nonce and, where a hub_id is pinned, that this is that hub.

        Raises:
            VerificationFailed: another hub, or an answer made for another question.
        """
        own_id = hub_id_of(self.hub_pk)
        if hub_id is not None and own_id != hub_id:
            raise VerificationFailed("wrong_hub", "the key is not that of the pinned hub")
        _verify(self.hub_pk, self.sig, info_signed_bytes(own_id, nonce, self.time_ms), "info")


def info_signed_bytes(hub_id: bytes, nonce: bytes, time_ms: int) -> bytes:
    """Return what a hub signs to show who it is."""
    return b"nx1/info\0" + hub_id + nonce + _u64(time_ms)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadAnswer:
    """Answer of `GET head`, the first call of every sync; an idle sync is this one request."""

    checkpoint: Checkpoint
    sig: bytes
    chains: tuple[ChainHead, ...] = ()
    mailbox: int = 0
    grants_version: int = 0
    keyrings: Mapping[int, int]
    snapshot: bytes | None = None
    restoring: bool = False

    def encode(self) -> bytes:
        """Return the CBOR map of protocol.md 2.10."""
        head = self.checkpoint
        fields: list[codec.Value] = [head.log_id, head.n, head.h_n, head.ctl_seq, head.ctl_hash, head.day, self.sig]
        fields += [write_chains(self.chains), self.mailbox, self.grants_version, dict(self.keyrings)]
        fields += [self.snapshot, int(self.restoring)]
        return codec.encode(dict(enumerate(fields, start=1)))

    @classmethod
    def parse(cls, data: bytes, team: bytes) -> HeadAnswer:
        """Return the answer for a team, not yet verified; raise CodecError for anything else."""
        fields = as_map(codec.decode(data))
        keyrings = as_map(fields.get(11, {}))
        snapshot = fields.get(12)
        return cls(
            checkpoint=Checkpoint(
                team=team,
                log_id=as_bytes(fields.get(1), 16),
                n=as_uint(fields.get(2), PLACE),
                h_n=as_bytes(fields.get(3), 32),
                ctl_seq=as_uint(fields.get(4), PLACE),
                ctl_hash=as_bytes(fields.get(5), 32),
                day=as_uint(fields.get(6), U32),
            ),
            sig=as_bytes(fields.get(7), 64),
            chains=tuple(read_chains(as_bytes(fields.get(8, b"")))),
            mailbox=as_uint(fields.get(9, 0), PLACE),
            grants_version=as_uint(fields.get(10, 0), PLACE),
            keyrings={as_uint(comp, U8): as_uint(version, PLACE) for comp, version in keyrings.items()},
            snapshot=None if snapshot is None else as_bytes(snapshot, 16),
            restoring=as_uint(fields.get(13, 0), 1) == 1,
        )

    def verify(self, hub_pk: bytes) -> None:
        """Raise VerificationFailed unless the hub signed the checkpoint in this answer."""
        self.checkpoint.verify(hub_pk, self.sig)


@dataclass(frozen=True, slots=True, kw_only=True)
class PushAnswer:
    """Answer of `POST log`: places of the accepted envelopes in request order, then the refusal that stopped it."""

    places: tuple[int, ...]
    day: int
    receipt: bytes | None
    error_code: str | None = None
    error_extra: Mapping[str, object] | None = None

    def encode(self) -> bytes:
        """Return `{1 [n], 2 day, 3 receipt, 4 {"code", ...}}`; 4 only after a refusal."""
        fields: dict[int, codec.Value] = {1: list(self.places), 2: self.day, 3: self.receipt}
        if self.error_code is not None:
            fields[4] = {"code": self.error_code, **(self.error_extra or {})}
        return codec.encode(fields)

    @classmethod
    def parse(cls, data: bytes) -> PushAnswer:
        """Return the answer, its receipt not yet verified; raise CodecError for anything else."""
        fields = as_map(codec.decode(data))
        receipt = fields.get(3)
        error = as_map(fields[4]) if fields.get(4) is not None else None
        return cls(
            places=tuple(as_uint(n, PLACE) for n in as_list(fields.get(1))),
            day=as_uint(fields.get(2), U32),
            receipt=None if receipt is None else as_bytes(receipt, 64),
            error_code=as_text(error.get("code")) if error is not None else None,
            error_extra={key: value for key, value in error.items() if key != "code"} if error is not None else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorization:
    """The parsed header of a signed request."""

    seat: bytes
    time_ms: int
    nonce: bytes
    sig: bytes

    @classmethod
    def parse(cls, text: str) -> Authorization:
        """Return the header; raise CodecError for every spelling but the one fixed form."""
        match = _AUTHORIZATION.fullmatch(text)
        if match is None:
            raise CodecError("not an NX1 authorization header")
        try:
            nonce, sig = (base64.b64decode(match[group], validate=True) for group in (3, 4))
        except binascii.Error:
            raise CodecError("not base64") from None
        return cls(seat=bytes.fromhex(match[1]), time_ms=int(match[2]), nonce=nonce, sig=sig)

    def header(self) -> str:
        """Return the text of the header."""
        nonce, sig = (base64.b64encode(part).decode("ascii") for part in (self.nonce, self.sig))
        return f"NX1 seat={self.seat.hex()}, t={self.time_ms}, n={nonce}, sig={sig}"

    def verify(self, sign_pk: bytes, *, hub_id: bytes, method: str, target: str, body: bytes) -> None:
        """Verify the signature over a request; time window and nonce are the hub's to check.

        Raises:
            SignatureInvalid: this seat did not sign this request for this hub.
        """
        message = request_signed_bytes(
            hub_id=hub_id,
            method=method,
            target=target,
            body=body,
            time_ms=self.time_ms,
            nonce=self.nonce,
            seat=self.seat,
        )
        verify(sign_pk, self.sig, message)


def request_signed_bytes(
    *,
    hub_id: bytes,
    method: str,
    target: str,
    body: bytes,
    time_ms: int,
    nonce: bytes,
    seat: bytes,
    proto: int = PROTOCOL,
) -> bytes:
    """Return what a seat signs for one request; `target` is path?query as sent."""
    line = method.encode("ascii") + b"\0" + target.encode("ascii") + b"\0"
    return b"nx1/req\0" + hub_id + line + sha256(body) + _u64(time_ms) + nonce + seat + bytes([proto])


def sign_request(
    key: SigningKey, *, hub_id: bytes, seat: bytes, method: str, target: str, body: bytes, time_ms: int, nonce: bytes
) -> Authorization:
    """Return the authorization of a request; `nonce` is 16 random bytes, `time_ms` by the hub's clock as known."""
    message = request_signed_bytes(
        hub_id=hub_id, method=method, target=target, body=body, time_ms=time_ms, nonce=nonce, seat=seat
    )
    return Authorization(seat=seat, time_ms=time_ms, nonce=nonce, sig=key.sign(message))


def fold_log(previous: bytes, items: Iterable[tuple[int, bytes]]) -> bytes:
    """Return the running head after (n, env_hash) items in order."""
    for n, env_hash in items:
        previous = log_hash(previous, n, env_hash)
    return previous


def _verify(hub_pk: bytes, sig: bytes, message: bytes, what: str) -> None:
    try:
        verify(hub_pk, sig, message)
    except SignatureInvalid as error:
        raise VerificationFailed(f"{what}_signature", error.detail) from None


def _u32(number: int) -> bytes:
    return number.to_bytes(4, "big")


def _u64(number: int) -> bytes:
    return number.to_bytes(8, "big")
