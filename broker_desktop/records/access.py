"""Who may read and who may do what: pure functions of role, compartments and kind of operation.

Reading is decided by keys: a seat holds the compartments its role was given, and the engine cannot open the rest.
Doing is asked twice, by the session before it makes an operation and by every receiving laptop before it applies one
(design.md 6, protocol.md 2.8); what is refused there is kept aside as `not_permitted`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType
from typing import Any, Final

from broker_desktop.records.record_type import ADMIN, CLINICAL, COMMON, GENERAL, RecordType


class Role(IntEnum):
    """What a seat is for; numbers as in protocol.md 2.17."""

    PEER = 1
    WORKER = 2
    LEAD = 3
    NURSE = 4
    DATA = 5
    ASSESSOR = 6


_DEFAULTS: Final[dict[Role, frozenset[int]]] = {
    Role.PEER: frozenset({COMMON}),
    Role.WORKER: frozenset({GENERAL, COMMON}),
    Role.DATA: frozenset({GENERAL, COMMON}),
    Role.NURSE: frozenset({GENERAL, CLINICAL, COMMON}),
    Role.ASSESSOR: frozenset({GENERAL, CLINICAL, COMMON}),
    Role.LEAD: frozenset({ADMIN, GENERAL, CLINICAL, COMMON}),
}
"""protocol.md 2.2, "Default keys"."""

PUT: Final = 1
DELETE: Final = 2
RESTORE: Final = 3
ERASE: Final = 4
ALIAS: Final = 5
CREATE: Final = 6

_LEADS_ONLY: Final = frozenset(
    {
        "team",
        "pack",
        "partner",
        "erasure",
        "hold",
        "interest",
        "closed",
        "police_request",
        "invitation",
        "sharps_calibration",
        "training",
    }
)
"""Tables that only a lead writes: team settings, what a bin of sharps is reckoned as, who was trained, the pack in use,
a signed month, the name of a partner, and who was invited to what, and what leads oversee."""

_WRITTEN_ONCE: Final = frozenset({"correction", "arrival"})
"""What anybody writes and nobody changes: what was corrected, and when one's records reached the server."""

_SIGNED: Final = frozenset({"sign_off", "sign_off_part"})
"""What a lead writes once and nobody changes: a signed month."""

PLANNED: Final = "planned"
"""The state of a broker contact that stands in the common compartment: a hand-over (protocol.md 2.2)."""

_STAFF: Final = frozenset({Role.WORKER, Role.NURSE, Role.DATA, Role.ASSESSOR, Role.LEAD})
_CHANGE_OTHERS: Final[dict[str, frozenset[Role]]] = {
    "referral": frozenset({Role.ASSESSOR, Role.NURSE, Role.LEAD}),
    "broker_contact": _STAFF,
    "directory_entry": _STAFF,
    "incentive": _STAFF,
    "worker": frozenset({Role.LEAD}),
    "reference_table": frozenset({Role.LEAD, Role.DATA}),
}
"""Who may change a row of these tables that another seat created: what became of a referral, a hand-over, a name."""

_SEE_TO_CONCERNS: Final = frozenset({Role.WORKER, Role.NURSE, Role.ASSESSOR, Role.LEAD})
"""Whose seats may hold the clinical compartment; a worker's does where the invitation said so."""


def default_compartments(
    role: Role, *, clinical: bool = False, of_pack: Mapping[str, frozenset[int]] = MappingProxyType({})
) -> frozenset[int]:
    """Give the compartments a role gets; `invite --clinical` adds that one.

    `of_pack`: what an area pack gives a role instead, by its name. Every role keeps what all share, and a lead
    everything: without all keys nobody could hand them out.
    """
    changed = of_pack.get(role.name.lower()) if role is not Role.LEAD else None
    usual = _DEFAULTS[role] if changed is None else changed | {COMMON}
    return usual | ({CLINICAL} if clinical else frozenset())


BOOKED: Final = "booked"
"""The step of a referral that those take who see to the appointments (requirements.md PORT12-39)."""
_BOOK: Final = frozenset({Role.ASSESSOR, Role.NURSE, Role.LEAD})


def may_take_step(role: int, step: str) -> bool:
    """Tell whether a seat moves a referral on to a step by hand; what a file or another team says is not asked here."""
    return step != BOOKED or role in _BOOK


def may_read(compartments: frozenset[int], record_type: RecordType) -> bool:
    """Tell whether a seat can hold any record of a type."""
    return not compartments.isdisjoint(record_type.compartments)


def may_apply(role: int, kind: int, table: str, own: bool) -> bool:
    """Tell whether an operation of this role, kind and table is applied; `own`: the same seat created the row.

    Erase, pack, team settings and sign-off: lead. Alias, and who is not the same: lead, data; that a nurse has looked
    at two people's health records: nurse. What becomes of somebody else's referral:
    assessor, nurse, lead (protocol.md 2.8, design.md 6). Delete and restore: nobody, "users void and leads erase;
    nothing else removes" (protocol.md 2.4). A correction is written once and never changed, and so is when something
    reached the server. `kind` as in protocol.md
    2.4; an unknown role may do no more than create.
    """
    if table in _SIGNED:
        return role == Role.LEAD and kind in {CREATE, ERASE}
    if table in _LEADS_ONLY or kind == ERASE:
        return role == Role.LEAD and kind in {CREATE, PUT, ERASE}
    if kind == ALIAS or table == "pair_decision":
        return role in {Role.LEAD, Role.DATA} and kind in {ALIAS, CREATE, PUT}
    if table == "pair_sign_off":
        return role == Role.NURSE and kind == CREATE
    if kind == PUT:
        return _may_put(role, table, own)
    return kind == CREATE


def _may_put(role: int, table: str, own: bool) -> bool:
    if table in _WRITTEN_ONCE:
        return False
    if table == "broker_wellbeing":
        return role == Role.LEAD
    if table == "safeguarding_concern":
        return role in _SEE_TO_CONCERNS
    return own or role in _CHANGE_OTHERS.get(table, frozenset(Role))


def may_make(role: int, table: str, payload: Mapping[str, Any]) -> bool:
    """Tell whether a seat may make this record: what `may_apply` says, and staff alone hand a person to a peer."""
    if table == "broker_contact" and payload.get("state") == PLANNED and role not in _STAFF:
        return False
    return may_apply(role, CREATE, table, True)
