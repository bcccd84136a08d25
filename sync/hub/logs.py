"""The server's log: that it started, stopped or failed, and where in the program; never what anybody sent.

A line carries the day and no finer time. An exception is written as its type and its frames: messages of exceptions may
quote values. There is no access log.
"""

from __future__ import annotations

import logging
import sys
import traceback
from typing import IO, Final

LOGGERS: Final = ("sync", "uvicorn")
LINE: Final = "%(asctime)s %(levelname)s %(name)s %(message)s"
DAY: Final = "%Y-%m-%d"


class ValueFreeFormatter(logging.Formatter):
    """Writes exceptions without their messages."""

    def __init__(self) -> None:
        super().__init__(LINE, DAY)

    def formatException(self, ei: object) -> str:  # noqa: N802 - the name is logging's
        """Give type and frames of an exception."""
        if not isinstance(ei, tuple) or not isinstance(ei[1], BaseException):
            return ""
        frames = traceback.extract_tb(ei[1].__traceback__)
        where = "".join(f"\n  {frame.name}:{frame.lineno} in {frame.filename.rpartition('/')[2]}" for frame in frames)
        return type(ei[1]).__name__ + where


def start_log(stream: IO[str] | None = None) -> None:
    """Send what the server has to say to `stream` (standard error)."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(ValueFreeFormatter())
    for name in LOGGERS:
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.setLevel(logging.INFO if name == "sync" else logging.WARNING)
        logger.propagate = False
