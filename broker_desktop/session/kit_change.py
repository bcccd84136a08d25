"""A new recovery kit that makes the old one worthless, and which laptops have already taken it (protocol.md 2.8).

The new halves are typed back before anything is signed: from then on the old kit signs nothing, every vault is sealed
for the new one at its next unlock, and a new kit with a wrong word on paper could not be replaced any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from broker_desktop.errors import NoServer
from broker_desktop.records.record_type import ADMIN
from broker_desktop.session.context import Context
from broker_desktop.session.kit_check import FILES, UNCHECKED, note_taken, own_seed, seed_of, settle_kit
from broker_desktop.session.kit_paper import KitPaper, check_kit_files, kit_on_disk
from broker_desktop.session.leading import as_lead
from broker_desktop.store import vault as vaults
from broker_desktop.store.database import told_as_app_errors
from sync.crypto import kit
from sync.crypto.signing import SigningKey
from sync.ids import uuid_text

_CARD_KEY: Final = "card_key"
_WHAT: Final = "Replacing the recovery kit"


def draw_kit(context: Context) -> KitPaper:
    """Draw the halves of a new kit; nothing is changed. Raises NotPermitted."""
    context.only_leads(_WHAT)
    random, vault = context.environment.random, context.vault
    return KitPaper(
        team_name=context.team.name if context.team else "",
        team=uuid_text(vault.ids.team_id),
        server=vault.identity.hub_url,
        day=context.environment.today(),
        halves=[kit.words_of(half).split() for half in kit.split(random.bytes(kit.SEED_SIZE), random)],
    )


def replace_kit(
    context: Context, old: Sequence[str], paper: KitPaper, *, file: Path | None = None, typed_back: bool
) -> None:
    """Put a new kit in the place of the old one; talks to the server.

    Args:
        context: of a lead's vault.
        old: both halves of the kit that counts now.
        paper: from `draw_kit`.
        file: where text and PDF are written first; None where they were shown.
        typed_back: whether somebody has proved the new halves; else it stays a finding of `check`.

    Raises:
        BadInput: a word is wrong, another kit, or the file. NotPermitted. NoServer: the new kit may count already, its
            files stay. Untrusted, ServerRefused, StorageProblem: the old kit counts.
    """
    context.only_leads(_WHAT)
    before = kit.KitKeys.of(own_seed(context, old))
    after = kit.KitKeys.of(seed_of([" ".join(half) for half in paper.halves]))
    card_seed = context.environment.random.bytes(32)
    if file is not None:
        check_kit_files(file, context.vault.folder)
    unsure: NoServer | None = None
    with kit_on_disk(file, paper) as files:
        try:
            with as_lead(context) as lead:
                lead.change_kit(before.tik, after.tik, after.rk_pk, SigningKey.from_seed(card_seed).public)
        except NoServer as error:
            unsure = error
    with told_as_app_errors(), context.vault.replica.transaction() as tx:
        vaults.write_meta(tx.connection, FILES, [str(path.resolve()) for path in files])
        vaults.write_meta(tx.connection, UNCHECKED, not typed_back)
        if unsure is None and tx.has(_CARD_KEY, context.vault.ids.team_id):
            tx.put(_CARD_KEY, context.vault.ids.team_id, {"seed": card_seed, "since": _since(context)})
        elif unsure is None:
            made = {"seed": card_seed, "since": _since(context), "_made": context.made()}
            tx.create(_CARD_KEY, context.vault.ids.team_id, ADMIN, made)
    settle_kit(context)
    note_taken(context)
    if unsure is not None:
        raise unsure


def _since(context: Context) -> int:
    control = context.vault.replica.control
    return 0 if control is None else control.ctl_seq
