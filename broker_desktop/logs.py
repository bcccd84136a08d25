"""The program's log: what happened to the program, never what was recorded with it.

The log lies unencrypted beside the vaults, so it must be worth nothing to whoever takes the laptop. Three rules, kept
by the formatter and not by good intentions: a text argument is replaced by its length unless the program itself coined
it (`Word`, an enum member); an exception is written as its type and its frames, without its message; a line carries the
hour and not the minute, because the minute of a save is the minute somebody was met. Messages themselves are constants
(ruff rules G). Nothing here writes to the vault or knows what a record is.
"""

import enum
import faulthandler
import logging
import sys
import threading
from collections.abc import Iterator, Mapping
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import IO

__all__ = ["LOGGERS", "ValueFreeFormatter", "Word", "catch_crashes", "frames_of", "start_log"]

LOGGERS = ("broker_desktop", "sync")
_MAX_BYTES = 512 * 1024
_KEPT_FILES = 3
_MAX_CRASH_BYTES = 64 * 1024
_MAX_FRAMES = 40


class Word(str):
    """A text the program coined itself (a state, a code, a route); it may stand in the log as it is."""

    __slots__ = ()


def _scrubbed(value: object) -> object:
    if value is None or isinstance(value, Word | bool | int | float):
        return value
    if isinstance(value, enum.Enum):
        return value.name
    if isinstance(value, str | bytes | list | tuple | dict | set | frozenset):
        return f"<{type(value).__name__} {len(value)}>"
    return f"<{type(value).__name__}>"


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and what led to it, outermost first, as a traceback would show it."""
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)


def _frames(traceback: TracebackType | None) -> Iterator[str]:
    while traceback is not None:
        code = traceback.tb_frame.f_code
        module = traceback.tb_frame.f_globals.get("__name__", "?")
        yield f"  {module}:{traceback.tb_lineno} {code.co_name}"
        traceback = traceback.tb_next


def frames_of(error: BaseException) -> str:
    """Describe an error by types and frames only: no message, no argument, no local value, no folder name."""
    lines: list[str] = []
    for link in _chain(error):
        lines.append(f"{type(link).__module__}.{type(link).__qualname__}")
        lines.extend(list(_frames(link.__traceback__))[-_MAX_FRAMES:])
    return "\n".join(lines)


class ValueFreeFormatter(logging.Formatter):
    """Formats a log record without any value that a person typed."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s", datefmt="%Y-%m-%d %H h")

    def format(self, record: logging.LogRecord) -> str:
        """Return the line: arguments scrubbed, an exception as types and frames."""
        clean = logging.makeLogRecord(record.__dict__)
        clean.exc_info = clean.exc_text = None
        if isinstance(record.args, Mapping) and "%(" in str(record.msg):
            clean.args = {key: _scrubbed(value) for key, value in record.args.items()}
        elif record.args:
            given = (record.args,) if isinstance(record.args, Mapping) else record.args
            clean.args = tuple(_scrubbed(value) for value in given)
        try:
            line = super().format(clean)
        except (TypeError, ValueError):  # "%d" met a text that was scrubbed: the constant message alone will do
            clean.args = None
            line = super().format(clean)
        error = record.exc_info[1] if record.exc_info else None
        return f"{line}\n{frames_of(error)}" if error is not None else line


def start_log(folder: Path) -> logging.Handler:
    """Write our loggers' lines to `broker.log` in the folder (four files of 512 KiB at most) and return the handler.

    The folder is made when missing. Raises OSError when it cannot be written; the caller then runs without a log.
    """
    folder.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(
        folder / "broker.log", maxBytes=_MAX_BYTES, backupCount=_KEPT_FILES, encoding="utf-8", delay=True
    )
    handler.setFormatter(ValueFreeFormatter())
    for name in LOGGERS:
        logger = logging.getLogger(name)
        logger.setLevel(logging.INFO)
        logger.addHandler(handler)
    return handler


def catch_crashes(folder: Path) -> IO[str]:
    """Log uncaught errors value-free, and let a hard crash leave its frames in `crash.txt`; return that open file.

    The file must stay open as long as the program runs: faulthandler writes through its descriptor.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "crash.txt"
    full = path.exists() and path.stat().st_size > _MAX_CRASH_BYTES
    crash = path.open("w" if full else "a", encoding="utf-8")
    faulthandler.enable(crash, all_threads=True)
    logger = logging.getLogger("broker_desktop.crash")

    def uncaught(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, traceback)
            return
        logger.critical("uncaught error", exc_info=(kind, error, traceback))
        sys.stderr.write(f"A bug in the program stopped it.\n{frames_of(error)}\n")

    def uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            uncaught(args.exc_type, args.exc_value, args.exc_traceback)

    sys.excepthook = uncaught
    threading.excepthook = uncaught_in_thread
    return crash
