"""From a folder and a passphrase to a session; and what may be seen of vaults before they are opened.

A card lies unencrypted beside each vault for the unlock page: initials, a label, the role, and nothing else about
anybody (look.md section 6).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from broker_desktop import assets
from broker_desktop.platform.files import replace_durably
from broker_desktop.records import CATALOGUE
from broker_desktop.records.access import may_apply
from broker_desktop.records.codelist import CodeLists
from broker_desktop.session.context import Context
from broker_desktop.session.environment import PROGRAM, Environment
from broker_desktop.session.events import RecordsChanged
from broker_desktop.session.seats import seat_view
from broker_desktop.session.session import Session
from broker_desktop.session.views import VaultCard
from broker_desktop.store import vault as vaults
from broker_desktop.store.projection import Projection
from broker_desktop.store.system_rows import SYSTEM_TABLES, TEAM
from sync.ids import uuid_text
from sync.replica import ChangedRow

_CARD: Final = "card.json"
_VAULTS: Final = "vaults"
_NAMED_AT_MOST: Final = 200


def machinery(environment: Environment) -> vaults.Machinery:
    """Give what every vault of this program works with."""
    return vaults.Machinery(
        clock=environment.clock,
        projection=Projection(CATALOGUE, CodeLists.load(assets.codes_csv(), None)),
        may_apply=may_apply,
        program=PROGRAM,
    )


def new_vault_folder(environment: Environment) -> Path:
    """Name the next free folder for a vault of this user."""
    number = 1
    while (folder := environment.data_dir / _VAULTS / f"vault-{number}").exists():
        number += 1
    return folder


def list_vaults(environment: Environment) -> tuple[VaultCard, ...]:
    """Give the cards of this user's vaults, in the order of their folders."""
    root = environment.data_dir / _VAULTS
    folders = sorted(path for path in root.glob("*") if vaults.is_vault(path)) if root.is_dir() else []
    return tuple(read_card(folder, number) for number, folder in enumerate(folders, start=1))


def read_card(folder: Path, number: int) -> VaultCard:
    """Read the card of a vault; one that is missing or damaged says nothing."""
    try:
        found: Any = json.loads((folder / _CARD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        found = None
    told = found if isinstance(found, dict) else {}
    return VaultCard(
        path=str(folder),
        initials=str(told.get("initials", "")),
        label=str(told.get("label", "")),
        role=str(told.get("role", "")),
        number=number,
    )


def write_card(context: Context, label: str | None = None) -> None:
    """Write the card of an open vault as things stand; the label stays unless another one is given."""
    view = seat_view(context)
    folder = context.vault.folder
    kept = read_card(folder, 0).label if label is None else label
    card = {"initials": view.initials, "label": kept, "role": view.role}
    replace_durably(folder / _CARD, json.dumps(card).encode())


def open_vault(folder: Path, passphrase: str | Callable[[], str], environment: Environment) -> Session:
    """Open a vault; a callable is asked for the passphrase once the vault is known to be free.

    Raises:
        NotFound, VaultOpen, WrongPassphrase, StorageProblem.
    """
    ask = passphrase if callable(passphrase) else lambda: passphrase
    return Session(context_of(vaults.open_vault(folder, ask, machinery(environment)), environment))


def context_of(vault: vaults.Vault, environment: Environment) -> Context:
    """Put an open vault to work: from now on its commits are told to the session's listeners."""
    context = Context(environment, vault)

    def committed(rows: Sequence[ChangedRow], own: bool) -> None:
        if any(row.table == TEAM for row in rows):
            context.refresh()
        if not own:
            context.events.publish(_arrived(rows))

    vault.changed.listener = committed
    return context


def _arrived(rows: Sequence[ChangedRow]) -> RecordsChanged:
    named = [row for row in rows if row.table not in SYSTEM_TABLES]
    ids = frozenset(uuid_text(row.row) for row in named) if len(named) <= _NAMED_AT_MOST else frozenset[str]()
    return RecordsChanged(frozenset(row.table for row in named), ids, "sync")
