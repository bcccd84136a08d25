"""The time between asking to be let in and being in: what the vault remembers, and what it does when the word comes."""

from __future__ import annotations

from typing import Any

from broker_desktop.session.context import JOINING, RECOVERED, Context
from broker_desktop.session.own_card import write_card
from sync.engine.identity import PendingJoin
from sync.protocol.enrolment import Role


def pending_json(pending: PendingJoin) -> dict[str, Any]:
    """Give what the vault keeps of a request to be let in."""
    return {
        "invite_id": pending.invite_id.hex(),
        "genesis_hash": pending.genesis_hash.hex(),
        "ctl_seq": pending.ctl_seq,
        "ctl_hash": pending.ctl_hash.hex(),
        "role": int(pending.role),
        "comps": list(pending.comps),
        "join_hash": pending.join_hash.hex(),
        "offline": pending.offline,
        "request": pending.request.hex(),
    }


def pending_join(context: Context) -> PendingJoin | None:
    """Give the request under way; None once this laptop is in, and for the laptop that made the team."""
    kept = context.vault.meta(JOINING)
    if kept is None:
        return None
    return PendingJoin(
        invite_id=bytes.fromhex(kept["invite_id"]),
        genesis_hash=bytes.fromhex(kept["genesis_hash"]),
        ctl_seq=kept["ctl_seq"],
        ctl_hash=bytes.fromhex(kept["ctl_hash"]),
        role=Role(kept["role"]),
        comps=tuple(kept["comps"]),
        join_hash=bytes.fromhex(kept["join_hash"]),
        offline=kept.get("offline", False),
        request=bytes.fromhex(kept.get("request", "")),
    )


def complete_join(context: Context) -> None:
    """Take note that this laptop is in: from now on the team's kit opens its vault, and its card has a name."""
    control = context.vault.replica.control
    if control is None:
        return
    context.vault.set_meta(JOINING, None)
    context.vault.set_meta(RECOVERED, None)
    context.refresh()
    write_card(context)
