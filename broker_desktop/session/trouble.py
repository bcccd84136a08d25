"""The sync engine's errors as people and programs are told them (design.md sections 8 and 10)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from broker_desktop.errors import AppError, BadInput, NoServer, NotPermitted, ServerRefused, Untrusted
from sync.engine.transport import HubAddressRefused
from sync.errors import HubRefused, NotNx1, SignatureInvalid, SyncError, Unreachable, VerificationFailed
from sync.protocol.problems import Problem

_NOT_OPEN = frozenset({"seat_unknown", "seat_revoked", "not_lead", "not_permitted", "write_only"})

_WENT_BACK = frozenset({"control_regressed", "log_regressed", "log_reset"})


def app_error(error: SyncError) -> AppError:
    """Say what an error of the exchange with the server means for a person."""
    if isinstance(error, HubAddressRefused):
        return BadInput("The address of the server has to begin with https://, except on this computer.", code="SYNC-3")
    if isinstance(error, Unreachable):
        return NoServer()
    if isinstance(error, NotNx1):
        return NoServer("Something else answered at that address.", code="SYNC-60")
    if isinstance(error, HubRefused):
        return _refused(error)
    if isinstance(error, VerificationFailed) and error.code in _WENT_BACK:
        return Untrusted(
            f"It knows less than it signed for ({error.code}): an old copy was put back, or something is kept from us.",
            code="TRUST-OLD",
            title="The server has gone back in time.",
            remedy="Nothing on this laptop is lost. Do not record anything twice; tell whoever runs the server.",
        )
    if isinstance(error, VerificationFailed | SignatureInvalid):
        return Untrusted(f"What it said and what is signed do not fit ({error.code}).")
    return Untrusted(f"An answer could not be used ({error.code}).", code="TRUST-8")


def _refused(error: HubRefused) -> AppError:
    if error.code == Problem.SEAT_REVOKED.code:
        return NotPermitted(
            "A team lead has ended this laptop's part in the team, so the server takes nothing more from it.",
            code="SEAT-ENDED",
            title="This laptop is no longer part of the team.",
            remedy="What is on it can still be read here, and nothing was deleted. Speak to a team lead.",
        )
    if error.code in _NOT_OPEN or error.status in {401, 403}:
        return NotPermitted(f"The server does not allow it ({error.code}).", code="SYNC-403")
    return ServerRefused(f"It answered: {error.code}.", code=f"SYNC-{error.status}")


@contextmanager
def told_as_sync_errors() -> Iterator[None]:
    """Turn errors of the exchange with the server into an AppError."""
    try:
        yield
    except SyncError as error:
        raise app_error(error) from error
