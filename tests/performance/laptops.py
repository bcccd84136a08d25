"""A team of two laptops with a server of its own, as files that can be copied: every repetition starts from the same.

Passphrases are paid for once, when the team is made; copies are opened with the keys in hand.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

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
from broker_desktop.session.opening import open_with_keys
from broker_desktop.store.vault import VaultKeys
from sync.engine.transport import RequestsTransport
from sync.hub.embedded import serve_in_thread
from tests.hub.processes import ServedHub

PASSPHRASE = "glove amber canal tiger plaza"
_PACK = "portsmouth-2009-10"


@dataclass(frozen=True, slots=True)
class Laptop:
    """What opens one vault: ids and the three keys."""

    name: str
    folder: Path
    team: bytes
    seat: bytes
    keys: tuple[bytes, bytes, bytes]

    @classmethod
    def of(cls, session: Session, name: str) -> Laptop:
        """Take the keys out of an open session."""
        vault = session._context.vault
        keys = vault.keys
        held = (bytes(keys.dek), bytes(keys.sign_seed), bytes(keys.kem_seed))
        return cls(name, vault.folder, vault.ids.team_id, vault.ids.seat_id, held)

    @contextmanager
    def opened(self, hub_url: str) -> Iterator[Session]:
        """Open it without its passphrase, with the server at another address than the vault knows."""
        environment = replace(real_environment(self.folder.parent), transport=lambda _url, ca: _transport(hub_url, ca))
        keys = VaultKeys(*(bytearray(key) for key in self.keys))
        session = open_with_keys(self.folder, self.team, self.seat, keys, environment)
        try:
            yield session
        finally:
            session.close()


def _transport(url: str, ca: str | None) -> RequestsTransport:
    return RequestsTransport(url, ca)


@dataclass(frozen=True, slots=True)
class TeamFiles:
    """A folder with a server's database and two vaults, all closed."""

    folder: Path
    lead: Laptop
    nurse: Laptop

    def copy(self, folder: Path) -> TeamFiles:
        """Copy everything; what happens to the copy leaves the original as it is."""
        shutil.copytree(self.folder, folder)

        def moved(laptop: Laptop) -> Laptop:
            return replace(laptop, folder=folder / laptop.folder.relative_to(self.folder))

        return TeamFiles(folder, moved(self.lead), moved(self.nurse))

    @contextmanager
    def served(self) -> Iterator[str]:
        """Run the server as a process of its own; yield its address."""
        hub = ServedHub(f"sqlite:///{self.folder / 'hub.db'}", self.folder / "ready.json")
        try:
            yield hub.url
        finally:
            hub.stop()


def found_team(folder: Path) -> TeamFiles:
    """Make the team: a lead and a nurse, both of them up to date."""
    folder.mkdir()
    lead_env, nurse_env = (real_environment(folder / name) for name in ("lead", "nurse"))
    with serve_in_thread(f"sqlite:///{folder / 'hub.db'}") as hub:
        asked = TeamAsked(hub=hub.url, token=hub.hub.issue_token(), name="Harbour", person="Asha", pack=_PACK)
        create_team(lead_env, None, PASSPHRASE, asked)
        with _unlocked(lead_env) as lead:
            joined = join_team(nurse_env, None, PASSPHRASE, lead.team.invite("Sam", "nurse").code)
            lead.team.approve(joined.seat, " ".join(joined.check_words))
            with _unlocked(nurse_env) as nurse:
                for session in (lead, nurse, lead, nurse):
                    session.sync_once()
                return TeamFiles(folder, Laptop.of(lead, "lead"), Laptop.of(nurse, "nurse"))


@contextmanager
def _unlocked(environment: Environment) -> Iterator[Session]:
    session = open_vault(Path(list_vaults(environment)[0].path), PASSPHRASE, environment)
    try:
        yield session
    finally:
        session.close()
