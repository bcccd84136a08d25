"""The card that lies unencrypted beside a vault for the unlock page: initials, a label, the role, nothing else.

Nothing about what the vault holds and no whole name may ever be written here (look.md section 6). The window reads
cards before anything else of the session, so nothing here imports what an open vault needs.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from broker_desktop.platform.files import replace_durably
from broker_desktop.session.environment import Environment
from broker_desktop.store.folder import is_vault

_CARD: Final = "card.json"
_VAULTS: Final = "vaults"


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultCard:
    """What the unlock page may show of a vault before it is opened: initials, a label, the role and its number."""

    path: str
    initials: str
    label: str
    role: str
    number: int


def new_vault_folder(environment: Environment) -> Path:
    """Name the next free folder for a vault of this user."""
    number = 1
    while (folder := environment.data_dir / _VAULTS / f"vault-{number}").exists():
        number += 1
    return folder


def list_vaults(environment: Environment) -> tuple[VaultCard, ...]:
    """Give the cards of this user's vaults, in the order of their folders."""
    root = environment.data_dir / _VAULTS
    folders = sorted(path for path in root.glob("*") if is_vault(path)) if root.is_dir() else []
    return tuple(read_card(folder, number) for number, folder in enumerate(folders, start=1))


def read_card(folder: Path, number: int = 0) -> VaultCard:
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


def keep_card(folder: Path, initials: str, label: str, role: str) -> None:
    """Write the card of a vault anew. Raises OSError."""
    card = {"initials": initials, "label": label, "role": role}
    replace_durably(folder / _CARD, json.dumps(card).encode())
