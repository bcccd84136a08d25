"""The invented team of the demo: a server of its own, a lead's laptop and a colleague's, a year of work.

Everything lies in one folder and goes with it. Making it takes the steps that a real team takes: token, team, invite,
join, five words compared, first sync.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

from broker_desktop.demo.overlay import demo_pack_text
from broker_desktop.demo.seed import year
from broker_desktop.session import (
    Environment,
    Session,
    TeamAsked,
    create_team,
    join_team,
    list_vaults,
    open_vault,
    real_environment,
)
from sync.hub.embedded import RunningHub, serve_in_thread

PACK: Final = "portsmouth-2009-10"
TEAM: Final = "Harbour outreach"
LEAD: Final = "Asha"
COLLEAGUE: Final = "Sam"
PASSPHRASE: Final = "glove amber canal tiger plaza"  # noqa: S105 - printed on the screen of every demo


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoTeam:
    """A running server and two open laptops; `requests` of the story go through them."""

    folder: Path
    hub: RunningHub
    lead_environment: Environment
    lead: Session
    colleague: Session
    records: int

    @property
    def exports(self) -> Path:
        """Where the story leaves its files."""
        return self.folder / "exports"

    @property
    def pictures(self) -> Path:
        """Where the story leaves its pictures."""
        return self.folder / "pictures"


@contextmanager
def demo_team(folder: Path) -> Iterator[DemoTeam]:
    """Make the team in an empty folder and close everything at the end."""
    with ExitStack() as stack:
        for name in ("server", "exports", "pictures"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        hub = stack.enter_context(serve_in_thread(f"sqlite:///{folder / 'server' / 'hub.db'}"))
        first, second = (laptop(folder, name) for name in ("laptop-1", "laptop-2"))
        asked = TeamAsked(
            hub=hub.url,
            token=hub.hub.issue_token(),
            name=TEAM,
            person=LEAD,
            pack=PACK,
            kit_file=folder / "recovery-kit.txt",
        )
        create_team(first, None, PASSPHRASE, asked)
        lead = stack.enter_context(unlocked(first))
        lead.packs.load(demo_pack_text(PACK), demo=True)
        records = seed(lead, folder)
        colleague = stack.enter_context(joined(lead, second))
        start_van_run(first, lead)
        yield DemoTeam(folder=folder, hub=hub, lead_environment=first, lead=lead, colleague=colleague, records=records)


def laptop(folder: Path, name: str) -> Environment:
    """Give the environment of one of the two laptops."""
    return replace(real_environment(), data_dir=folder / name)


@contextmanager
def unlocked(environment: Environment) -> Iterator[Session]:
    """Open the only vault of a laptop."""
    session = open_vault(Path(list_vaults(environment)[0].path), PASSPHRASE, environment)
    try:
        yield session
    finally:
        session.close()


@contextmanager
def joined(lead: Session, environment: Environment) -> Iterator[Session]:
    """Invite the colleague, compare the five words, let the laptop in, and sync it."""
    invite = lead.team.invite(COLLEAGUE, "nurse")
    asked = join_team(environment, None, PASSPHRASE, invite.code)
    lead.team.approve(asked.seat, " ".join(asked.check_words))
    with unlocked(environment) as colleague:
        lead.sync_once()
        colleague.sync_once()
        yield colleague


def seed(session: Session, folder: Path) -> int:
    """Store a year of invented work and return how many records it is."""
    file = folder / "seed.ndjson"
    lines = [json.dumps(line) for line in year(date.fromisoformat(today(session)))]
    file.write_text("\n".join(lines), encoding="utf-8")
    try:
        return session.import_file("mixed", file).added
    finally:
        file.unlink()


def start_van_run(environment: Environment, session: Session) -> None:
    """Open the session of this evening, which gives new visits their place."""
    session.save(
        "session",
        {
            "kind": "mobile_run",
            "started_at": environment.moment(),
            "team": "nx",
            "venue": "mobile_exchange",
            "status": "open",
        },
    )


def today(session: Session) -> str:
    """Tell the program's day."""
    return session.today().day
