"""Who may read and who may do what: pure functions of role, compartments and kind of operation.

Reading is decided by keys: a seat holds the compartments its role was given, and the engine cannot open the rest.
Doing is asked twice, by the session before it makes an operation and by every receiving laptop before it applies one
(design.md 6, protocol.md 2.8); what is refused there is kept aside as `not_permitted`.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

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
ERASE: Final = 4
ALIAS: Final = 5
CREATE: Final = 6

_LEADS_ONLY: Final = frozenset(
    {"team", "pack", "sign_off", "partner", "erasure", "hold", "interest", "closed", "police_request"}
)
"""Tables that only a lead writes: team settings, the pack in use, a signed month, the name of a partner, and what leads
oversee."""

_HANDLES_REFERRALS: Final = frozenset({Role.ASSESSOR, Role.NURSE, Role.LEAD})


def default_compartments(role: Role, *, clinical: bool = False) -> frozenset[int]:
    """Give the compartments a role gets; `invite --clinical` adds that one."""
    return _DEFAULTS[role] | ({CLINICAL} if clinical else frozenset())


def may_read(compartments: frozenset[int], record_type: RecordType) -> bool:
    """Tell whether a seat can hold any record of a type."""
    return not compartments.isdisjoint(record_type.compartments)


def may_apply(role: int, kind: int, table: str, own: bool) -> bool:
    """Tell whether an operation of this role, kind and table is applied; `own`: the same seat created the row.

    Erase, pack, team settings and sign-off: lead. Alias: lead, data. What becomes of somebody else's referral:
    assessor, nurse, lead. A correction is written once and never changed. `kind` as in protocol.md 2.4.
    """
    if kind == ERASE or table in _LEADS_ONLY:
        return role == Role.LEAD
    if kind == ALIAS:
        return role in {Role.LEAD, Role.DATA}
    if kind == PUT and table == "correction":
        return False
    if kind == PUT and table == "referral" and not own:
        return role in _HANDLES_REFERRALS
    return True
