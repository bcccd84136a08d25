"""What windows and commands are shown of a team's packs, and the error that a pack with faults is refused with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from broker_desktop.errors import BadInput, Place
from broker_desktop.records.pack import Finding, Need, PackInvalid


class PackRefused(BadInput):
    """A pack that is not used: `findings` say line by line what to mend."""

    code = "PACK-3"
    title = "This pack cannot be used as it is."
    remedy = "Nothing was changed. Mend the file and try again."

    def __init__(self, error: PackInvalid, file: str = "") -> None:
        """Say every finding, each with the file's name; the place is that of the first."""
        self.findings: tuple[Finding, ...] = error.findings
        first = self.findings[0]
        detail = " ".join(one.sentence(file) for one in self.findings)
        super().__init__(detail, place=Place(first.line, first.path or None))


@dataclass(frozen=True, slots=True, kw_only=True)
class PackLine:
    """One pack of the team: its days (None for no end), whether it holds today, and when and by whom it was loaded."""

    id: str
    title: str
    version: str
    first: date | None
    last: date | None
    today: bool
    loaded_at: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PackState:
    """How a team stands with its packs.

    `live_since` is empty while the team tries the program; `needs` keep it from going live; `gaps` are all.
    """

    id: str
    title: str
    version: str
    live_since: str
    demo: bool
    needs: tuple[Need, ...]
    gaps: tuple[str, ...]
    packs: tuple[PackLine, ...]
    unusable: tuple[str, ...]
    """A sentence for each loaded pack that this laptop cannot use."""
