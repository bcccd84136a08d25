"""A new lead by the recovery kit: on a new laptop when every lead's is lost, or for a vault opened anew with it.

Both halves make a lead without asking anybody, so every laptop of the team hears of it with its next sync.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from broker_desktop.errors import AppError, BadInput
from broker_desktop.records.record_type import COMMON
from broker_desktop.session.background import synced_once
from broker_desktop.session.context import RECOVERED, Context
from broker_desktop.session.enrolment import connected
from broker_desktop.session.environment import Environment
from broker_desktop.session.joining import complete_join
from broker_desktop.session.key_slots import SealSlots, sealed_by
from broker_desktop.session.kit_check import seed_of
from broker_desktop.session.new_vault import new_vault
from broker_desktop.session.own_card import write_card
from broker_desktop.session.passphrases import require_good
from broker_desktop.session.trouble import told_as_sync_errors
from broker_desktop.session.unlocked import context_of
from broker_desktop.store.database import told_as_app_errors
from broker_desktop.store.system_rows import WORKER
from sync.crypto import kit
from sync.engine import lead_lost
from sync.engine.enrolment import SeatKeys
from sync.engine.lead import RETIRED_DAYS, Lead
from sync.protocol.version import day_of


def lead_anew(
    environment: Environment, folder: Path, phrase: str, halves: Sequence[str], *, hub: str, team: bytes, person: str,
    ca: str | None = None, seal: SealSlots | None = None,
) -> None:  # fmt: skip
    """Make a new laptop a lead of a team with both halves of its kit; address and team stand on the paper.

    It starts new keys and reads what is sent from now on. What was before, the team's own row among it, comes when
    another lead has synced; where none is left, a colleague who is made lead hands out the older keys that they hold.

    Raises:
        BadInput: weak passphrase, a wrong word, no name. NoServer, Untrusted, ServerRefused: nothing was changed here.
    """
    require_good(phrase)
    if not person.strip():
        raise BadInput("The person needs a name.")
    keys, kit_keys = SeatKeys.draw(environment.random), kit.KitKeys.of(seed_of(halves))
    sealing = seal or sealed_by(environment, phrase)
    with (
        connected(environment, hub, ca) as transport,
        new_vault(environment, folder, team, keys, sealing, kit_keys.rk_pk) as vault,
    ):
        with told_as_sync_errors():
            hub_id = lead_lost.recover_lead(
                transport, vault.replica.hub_side, team, kit_keys.tik, keys, clock=environment.clock,
                random=environment.random,
            )  # fmt: skip
        identity = keys.identity(team_id=team, hub_id=hub_id, hub_url=hub, ca=ca)
        vault.keep_identity(identity)
        lead = Lead(transport, identity, vault.replica.hub_side, clock=environment.clock, random=environment.random)
        with suppress(AppError), told_as_sync_errors():  # a lead's next sync does what the network cuts off here
            lead.rotate()
        context = context_of(vault, environment)
        with told_as_app_errors(), vault.replica.transaction() as tx:
            tx.create(WORKER, keys.seat_id, COMMON, {"name": person, "laptop": "", "_made": context.made()})
        write_card(context, "")
        with suppress(AppError):
            synced_once(context)


def lead_again(context: Context, halves: Sequence[str]) -> None:
    """Make the new seat of a recovered vault a lead with both halves of the kit, and hand over from its old one.

    Raises:
        BadInput: nothing to recover, a wrong word. NoServer, Untrusted, ServerRefused.
    """
    vault, environment = context.vault, context.environment
    note = vault.meta(RECOVERED)
    if note is None:
        raise BadInput("This laptop is in the team already.", code="VAULT-NEW")
    identity, old = vault.identity, bytes.fromhex(note["old"])
    keys = SeatKeys.of(identity)
    replica, tik = vault.replica.hub_side, kit.KitKeys.of(seed_of(halves)).tik
    with connected(environment, identity.hub_url, identity.ca) as transport, told_as_sync_errors():
        lead_lost.recover_lead(
            transport, replica, identity.team_id, tik, keys, clock=environment.clock, random=environment.random
        )
        until = day_of(environment.clock.now_ms()) + RETIRED_DAYS
        lead = Lead(transport, identity, replica, clock=environment.clock, random=environment.random)
        lead.retire(old, until, replica.team.pins(old))
    complete_join(context)
