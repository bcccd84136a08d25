"""How the state of the exchange with the server reads: icon, words, tone. Frozen states in, words out."""

from dataclasses import dataclass

from broker_desktop.session.events import (
    Connecting,
    NeedsAttention,
    Paused,
    SyncStatus,
    UpToDate,
    Waiting,
    Working,
)
from broker_desktop.ui.i18n import translate


@dataclass(frozen=True, slots=True)
class StatusWords:
    """A state as the status bar and the sync page show it."""

    icon: str
    short: str
    title: str
    text: str
    tone: str
    share: float | None = None


_LEFT = frozenset({"seat_retired", "seat_ended", "seat_revoked"})
"""Codes of a round that tell that a lead has ended this laptop's part."""


def words_of(status: SyncStatus) -> StatusWords:
    """Put a state into words."""
    if isinstance(status, Working | Connecting):
        return _moving(status)
    if isinstance(status, UpToDate):
        short = translate("Sync", "Up to date")
        text = translate("Sync", "The server signed for everything on this laptop.")
        return StatusWords("cloud-check", short, short, text, "ok")
    if isinstance(status, NeedsAttention) and status.code in _LEFT:
        return _left(status.code)
    if isinstance(status, NeedsAttention):
        short = translate("Sync", "Needs a look")
        text = translate("Sync", "Your records are safe. What is wrong has the code {code}.").format(code=status.code)
        return StatusWords("triangle-alert", short, short, text, "danger")
    if isinstance(status, Waiting):
        return _waiting(status)
    if isinstance(status, Paused):
        short = translate("Sync", "Not syncing")
        text = translate("Sync", "Everything you record is kept on this laptop. Press F5 to sync now.")
        return StatusWords("cloud-off", short, short, text, "info")
    offline = translate("Sync", "Offline")
    text = translate("Sync", "Everything you record is kept on this laptop. It goes when there is signal.")
    return StatusWords("cloud-off", offline, offline, text, "info")


def _left(code: str) -> StatusWords:
    if code == "seat_retired":
        title = translate("Sync", "This laptop hands in")
        text = translate(
            "Sync", "A team lead has retired it: new records still go out, nothing new comes in. All on it can be read."
        )
        return StatusWords("clock", title, title, text, "warn")
    title = translate("Sync", "No longer part of the team")
    text = translate(
        "Sync",
        "A team lead has ended this laptop’s part in the team. What is on it can still be read; nothing was deleted.",
    )
    return StatusWords("lock", title, title, text, "warn")


def _waiting(status: Waiting) -> StatusWords:
    if status.reason.value == "approval":
        short = translate("Sync", "Waits for a team lead")
        text = translate("Sync", "A lead compares the five words and lets this laptop in. You can record meanwhile.")
    elif status.reason.value == "server_busy":
        short = translate("Sync", "The server asked to wait")
        text = translate("Sync", "Nothing is lost. The next try comes by itself.")
    else:
        short = translate("Sync", "Waiting to send")
        text = translate("Sync", "What you saved goes by itself in a few minutes, or press F5.")
    return StatusWords("clock", short, short, text, "info")


def _moving(status: Working | Connecting) -> StatusWords:
    safe = translate("Sync", "You can close the lid: it carries on from here. Everything you record meanwhile is safe.")
    if isinstance(status, Connecting):
        words = translate("Sync", "Asking the server")
        return StatusWords("refresh-cw", words, words, safe, "info", 0.0)
    names = {
        "HEAD": translate("Sync", "Asking the server"),
        "CONTROL": translate("Sync", "Checking the team"),
        "KEYS": translate("Sync", "Checking the team"),
        "SEAL": translate("Sync", "Sealing"),
        "PUSH": translate("Sync", "Sending"),
        "PULL": translate("Sync", "Receiving"),
    }
    name = names.get(status.phase.name, names["HEAD"])
    if not status.total:
        return StatusWords("refresh-cw", name, name, safe, "info", 0.0)
    done = min(status.done, status.total)
    counted = translate("Sync", "{phase}, {done} of {total} records").format(
        phase=name, done=f"{done:,}", total=f"{status.total:,}"
    )
    short = translate("Sync", "{phase} {done} of {total}").format(
        phase=name, done=f"{done:,}", total=f"{status.total:,}"
    )
    return StatusWords("refresh-cw", short, counted, safe, "info", done / status.total)
