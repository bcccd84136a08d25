"""What a vault holds, in a form that two moments can be compared by: merged state, counts, what waits, drafts."""

from __future__ import annotations

from dataclasses import dataclass

from broker_desktop.session import Session
from tests.common.programs import Laptop


@dataclass(frozen=True, slots=True)
class Standing:
    """One moment of a vault."""

    applied: int
    state_hash: tuple[tuple[str, str], ...]
    records: tuple[tuple[str, int], ...]
    unsent: int
    drafts: int


def standing(laptop: Laptop) -> Standing:
    """Open a laptop's vault by key and tell how it stands."""
    with laptop.opened() as session:
        return standing_of(session)


def standing_of(session: Session) -> Standing:
    """Tell how an open vault stands."""
    report = session.check_vault()
    return Standing(
        applied=report.applied,
        state_hash=tuple(sorted(report.state_hash.items())),
        records=tuple((one.name, session.count(one.name)) for one in session.types()),
        unsent=session.custody_counts().laptop,
        drafts=len(session.drafts()),
    )
