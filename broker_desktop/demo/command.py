"""`broker-desktop demo [--headless] [--dir D] [--keep]`: reads the options, makes the team, shows or tells it."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from broker_desktop.demo.story import tell
from broker_desktop.demo.team import PASSPHRASE, DemoTeam, demo_team
from broker_desktop.errors import AppError, UsageError
from broker_desktop.session import Session

_COLLEAGUE_SYNCS_EVERY_S: Final = 20


def run_demo(arguments: Sequence[str]) -> int:
    """Run the demo and return the exit code of design.md section 10."""
    options = _parser().parse_args(arguments)
    try:
        with _folder(options.dir, keep=options.keep or options.headless) as folder:
            if options.headless:
                return _headless(folder)
            return _window(folder)
    except AppError as error:
        _say(f"{error.title} {error.remedy}")
        return error.exit_code
    except KeyboardInterrupt:
        _say("The demo was stopped.")
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="broker-desktop demo",
        description="A server, an invented team with a year of work, and the window on it.",
    )
    parser.add_argument("--headless", action="store_true", help="no window: the whole story, files in the folder")
    parser.add_argument(
        "--dir", type=Path, metavar="D", help="where the demo lives (a new folder); default: a temporary one"
    )
    parser.add_argument("--keep", action="store_true", help="leave the folder behind when the window is closed")
    return parser


@contextmanager
def _folder(wanted: Path | None, *, keep: bool) -> Iterator[Path]:
    """Give an empty folder; take it away afterwards unless it was asked for by name or is to stay."""
    if wanted is not None:
        if wanted.exists() and any(wanted.iterdir()):
            raise UsageError("The folder given with --dir is not empty. Name a new one.")
        wanted.mkdir(parents=True, exist_ok=True)
        yield wanted.resolve()
        return
    folder = Path(tempfile.mkdtemp(prefix="broker-demo-"))
    try:
        yield folder
    finally:
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)


def _headless(folder: Path) -> int:
    from broker_desktop.ui.pictures import take_pictures  # noqa: PLC0415 - the window's code is heavy

    with demo_team(folder) as team:
        tell(team, _say)
        names = take_pictures(team.lead, team.lead_environment, team.pictures)
        _say(f"Took {len(names)} pictures of the window: {', '.join(names)}.")
    _say(f"Everything is in {folder}")
    return 0


def _window(folder: Path) -> int:
    """Open the program as a process of its own on the lead's laptop; the colleague's laptop goes on syncing here."""
    with demo_team(folder) as team:
        _colleague_works(team)
        laptop = team.lead_environment.data_dir
        team.lead.close()
        _say(f"The passphrase of the demo is: {PASSPHRASE}")
        _say("Close the window to end the demo.")
        with _syncing(team.colleague):
            return subprocess.run(
                [sys.executable, "-m", "broker_desktop", "--vaults", str(laptop)], check=False
            ).returncode


def _colleague_works(team: DemoTeam) -> None:
    """Leave something on the server that the window's first sync brings in."""
    person = team.colleague.candidates("ALDR").matches
    for kind, outcome in (("phone", "information_given"), ("welfare_check", "seen")):
        team.colleague.save(
            "contact",
            {
                "occurred_at": team.lead_environment.moment(),
                "kind": kind,
                "outcome": [outcome],
                "setting": "online_or_phone" if kind == "phone" else "hostel",
                "team": "assertive-outreach",
                "person": {"id": person[0].id} if person else None,
                "next_step": {"type": "none"},
            },
        )
    team.colleague.sync_once()


@contextmanager
def _syncing(colleague: Session) -> Iterator[None]:
    """Let the colleague's laptop sync every few seconds, so that records are seen to arrive there."""
    stopped = threading.Event()

    def work() -> None:
        while not stopped.wait(_COLLEAGUE_SYNCS_EVERY_S):
            colleague.sync_now()

    colleague.start_sync()
    thread = threading.Thread(target=work, name="colleague", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()


def _say(sentence: str) -> None:
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()
