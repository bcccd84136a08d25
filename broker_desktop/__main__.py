"""Starts the program: the window without a command, headless with one, the demo for `demo`.

The window's code is imported only when a window is wanted, so that a command starts quickly and a server room needs no
screen.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Sequence
from typing import IO

from broker_desktop import logs
from broker_desktop.platform.process import forbid_core_dumps
from broker_desktop.settings import data_dir

_WINDOW_OPTIONS = ("--hand-over", "--locked", "--vault", "--vaults", "--window")
_OPEN_FILES: list[IO[str]] = []
"""The crash file stays open as long as the program runs."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    forbid_core_dumps()
    with contextlib.suppress(OSError):  # without a place for it there is no crash file, and the program still runs
        _OPEN_FILES.append(logs.catch_crashes(data_dir() / "logs"))
    return _dispatch(given)


def _dispatch(given: list[str]) -> int:
    if given[:1] == ["demo"]:
        from broker_desktop.demo import run_demo  # noqa: PLC0415

        return run_demo(given[1:])
    if not given or given[0] in _WINDOW_OPTIONS:
        from broker_desktop.ui.app import run_window  # noqa: PLC0415

        return run_window(given)
    try:
        from broker_desktop.headless import run  # noqa: PLC0415
    except KeyboardInterrupt:  # most of a short command's time goes by here
        sys.stderr.write("Stopped. Nothing was done.\n")
        return 130
    return run(given)


if __name__ == "__main__":
    sys.exit(main())
