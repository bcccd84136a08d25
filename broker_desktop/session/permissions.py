"""What this seat may write, asked before an operation is made; every receiving laptop asks the same (design.md 6).

The rules stand in `records/access.py`. Here they become errors for people, raised inside the transaction, so that
nothing is half stored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from broker_desktop.errors import BadInput, NotPermitted, Place
from broker_desktop.records.access import PUT, may_apply, may_make, may_take_step
from broker_desktop.records.record_type import ByGroup, RecordType
from broker_desktop.session.context import Context
from sync.replica import NotDroppableError, Transaction


def check_make(context: Context, kind: RecordType, payload: Mapping[str, Any]) -> None:
    """Refuse a new record that this role may not make. Raises NotPermitted."""
    if not may_make(context.role, kind.name, payload):
        raise NotPermitted(
            f"{kind.title}: your role does not make this kind of record.",
            remedy="Nothing was saved. Staff of the team can record it.",
        )


def check_steps(context: Context, kind: RecordType, changes: Mapping[str, Any]) -> None:
    """Refuse a step of a referral that this role does not take. Raises NotPermitted."""
    steps = (one.get("event") for name, one in changes.items() if name.startswith("events:") and isinstance(one, dict))
    if kind.name == "referral" and not all(may_take_step(context.role, step) for step in steps if step):
        raise NotPermitted(
            "Referral: your role does not book appointments.",
            remedy="Nothing was saved. Put the offer down as “Appointment offered”; an assessor or a lead books it.",
        )


def check_change(
    context: Context, tx: Transaction, kind: RecordType, row: bytes, comp: int, changes: Mapping[str, Any]
) -> None:
    """Refuse a change that this role may not make, or that would belong in another compartment.

    Raises:
        NotPermitted: the role does not change such a record of somebody else.
        BadInput: the declaration says that such a change is a record of its own.
    """
    if not may_apply(context.role, PUT, kind.name, tx.is_own(kind.name, row)):
        raise NotPermitted(f"{kind.title}: your role does not change one that somebody else recorded.")
    cut = kind.compartment
    if isinstance(cut, ByGroup) and cut.stays and cut.field in changes and cut.of(changes, context.codes) != comp:
        raise BadInput(
            f"{kind.title}: this cannot become the other kind. Record what happened as a new one.",
            place=Place(None, cut.field),
        )


@contextmanager
def told_as_not_permitted() -> Iterator[None]:
    """Turn the engine's refusal to change what this seat may no longer read into an error for people."""
    try:
        yield
    except NotDroppableError:
        raise NotPermitted(
            "This record is with people whose records are not open to you any more.",
            remedy="Nothing was changed. Tell a team lead what has to change.",
        ) from None
