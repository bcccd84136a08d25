"""Courier files: everything this vault holds, on a stick, for a colleague whom no server connects with us."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from broker_desktop.errors import AppError, BadInput, NotPermitted, Untrusted
from broker_desktop.session.context import Context
from broker_desktop.session.handed_files import keep_file, load_file
from broker_desktop.session.views import CourierCounts
from broker_desktop.store.database import told_as_app_errors
from sync.crypto.signing import SigningKey
from sync.engine.courier import courier_file, take_courier_file
from sync.errors import CodecError, ControlRefused, VerificationFailed

_FILES = {
    "foreign": ("That is not a file of Broker Desktop.", "FILE-1"),
    "cut_off": ("The file was cut off on its way.", "FILE-2"),
    "damaged": ("The file was damaged on its way.", "FILE-3"),
    "other_team": ("The file belongs to another team.", "FILE-5"),
}
_AGAIN = "Nothing was stored. Have it written again and carried over once more."


def write_courier(context: Context, path: Path) -> int:
    """Write everything this vault holds, sealed, to a file; return its size in bytes.

    Raises:
        NotPermitted: not let in yet. StorageProblem: no room.
    """
    key = SigningKey.from_seed(bytes(context.vault.keys.sign_seed))
    with told_as_app_errors(), told_about_files():
        data = courier_file(context.vault.replica, key)
    keep_file(path, data)
    return len(data)


def read_courier(context: Context, path: Path) -> CourierCounts:
    """Take in a colleague's courier file; nothing of it is stored unless all of it verifies.

    Raises:
        BadInput: not such a file, damaged, of another team. Untrusted: its signatures do not fit.
    """
    data = load_file(path)
    with told_as_app_errors(), told_about_files():
        taken = take_courier_file(context.vault.replica, data)
    context.refresh()
    context.wake()
    return CourierCounts(read=taken.read, new=taken.operations, waiting=taken.waiting)


@contextmanager
def told_about_files() -> Iterator[None]:
    """Say what is wrong with a carried file."""
    try:
        yield
    except (CodecError, VerificationFailed) as error:
        raise _about(error.detail if isinstance(error, CodecError) else error.code) from None
    except ControlRefused:
        raise NotPermitted("This laptop has not been let into the team yet.", code="TEAM-5") from None


def _about(what: str) -> AppError:
    if what in _FILES:
        words, code = _FILES[what]
        return BadInput(words, code=code, title="This file cannot be used.", remedy=_AGAIN)
    return Untrusted(
        f"What is signed in it does not fit this team ({what}).",
        code="FILE-7",
        title="This file does not verify.",
        remedy="Nothing was stored. Tell your team lead who gave it to you.",
    )
