"""The exceptions of `sync`, as one tree.

    SyncError                    everything below; `code` is stable and machine-readable, `detail` is for a log
    |- CodecError                bytes that are not the CBOR of protocol.md 2.4
    |- SignatureInvalid          a signature does not verify, or its key must not be used
    |- EnvelopeRefused           an envelope or drop that cannot be parsed or opened
    |- ControlRefused            a control entry that is not a valid next entry
    |- BoxRefused                a sealed box that does not open under the key and context given
    |- KeyMissing                no epoch secret is held for a compartment and epoch
    |- MailRefused               a card or message of another team that must not be believed
    |- SlotError                 a slots file that cannot be used
    |  `- WrongPassphrase        no slot opens with the secret given
    `- TransportError            the exchange with the hub failed
       |- Unreachable            no answer
       |- NotNx1                 an answer, but not from a hub that speaks this protocol
       |- VerificationFailed     the hub said something its own signatures contradict
       `- HubRefused             the hub refused, with a code of protocol/problems.py

No `detail` ever holds a value of a record, a key or a passphrase: details reach logs.
"""

from __future__ import annotations

from collections.abc import Mapping


class SyncError(Exception):
    """Base of everything that `sync` raises on purpose."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


class CodecError(SyncError):
    """Bytes or a value outside the data model of protocol.md 2.4."""

    def __init__(self, detail: str) -> None:
        super().__init__("codec", detail)


class SignatureInvalid(SyncError):
    """A signature that does not verify, or a public key that must not be used."""

    def __init__(self, detail: str) -> None:
        super().__init__("signature", detail)


class EnvelopeRefused(SyncError):
    """An envelope, drop or stub that cannot be accepted; `reason` is a quarantine reason of protocol.md 2.6."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason = reason


class ControlRefused(SyncError):
    """A control entry that does not follow from the log it was offered to."""


class BoxRefused(SyncError):
    """A sealed box that does not open: wrong key, wrong context or changed bytes; nobody can tell which."""

    def __init__(self, detail: str) -> None:
        super().__init__("box", detail)


class KeyMissing(SyncError):
    """No secret is held for this compartment and epoch."""

    def __init__(self, comp: int, epoch: int) -> None:
        super().__init__("key_missing", f"compartment {comp}, epoch {epoch}")
        self.comp = comp
        self.epoch = epoch


class MailRefused(SyncError):
    """A team card or a message of another team that is not what it claims to be; `code` says why."""


class SlotError(SyncError):
    """A slots file that is damaged, tampered with or below the floor."""


class WrongPassphrase(SlotError):
    """No slot opens with the secret that was given."""

    def __init__(self) -> None:
        super().__init__("wrong_passphrase", "no slot opens with this secret")


class TransportError(SyncError):
    """An exchange with the hub that did not end with a usable answer."""


class Unreachable(TransportError):
    """No answer: no network, a timeout, TLS that does not verify, a closed connection."""

    def __init__(self, detail: str) -> None:
        super().__init__("unreachable", detail)


class NotNx1(TransportError):
    """An answer that is not one of this protocol: a captive portal, another program, another version."""

    def __init__(self, detail: str) -> None:
        super().__init__("not_nx1", detail)


class VerificationFailed(TransportError):
    """An answer that the hub's own signatures, or the team's, contradict."""


class HubRefused(TransportError):
    """A refusal by the hub: HTTP status, code of protocol.md 2.10 and the fields that travel with it."""

    def __init__(self, status: int, code: str, detail: str = "", extra: Mapping[str, object] | None = None) -> None:
        super().__init__(code, detail)
        self.status = status
        self.extra: Mapping[str, object] = dict(extra or {})
