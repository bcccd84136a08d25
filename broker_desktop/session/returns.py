"""Saved returns: for whom, how often, which lines, in which formats, into which folder; written with one word.

A return is kept in this vault and nowhere else, because it names a folder of this laptop and whom the team reports to.
It hides and counts nothing: what a recipient may see is decided when the summary is made; choosing only leaves lines
away.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from broker_desktop.errors import BadInput, NotFound
from broker_desktop.records.measure import HEADINGS, LINES, heading_of
from broker_desktop.records.worklist import later
from broker_desktop.session.context import Context
from broker_desktop.session.exports import FORMATS, Told, silent
from broker_desktop.session.handing_on import hand_on_all
from broker_desktop.session.period import (
    Period,
    fiscal_period,
    month_period,
    quarter_period,
    rolling_period,
    year_period,
)
from broker_desktop.session.summary import Summary, level_of, summarise

CADENCES: Final = ("month", "quarter", "year", "fiscal-quarter", "fiscal-year", "rolling")
"""How often: each names the last whole period before today, the fiscal ones by the year of the area pack."""
_KEPT: Final = "returns"
_LONGEST_NAME: Final = 80
_FIRST_FISCAL: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedReturn:
    """One return. `lines` holds ids of lines and codes of headings; empty for all of them."""

    name: str
    recipient: str
    cadence: str
    formats: tuple[str, ...]
    folder: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenReturn:
    """What a run wrote. `missing`: lines that were asked for and are not counted any more."""

    name: str
    period: Period
    state: str
    files: tuple[Path, ...]
    missing: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Give it as the command line prints it."""
        return {
            "return": self.name, "period": self.period.to_json(), "state": self.state,
            "files": [str(path) for path in self.files], "missing": list(self.missing),
        }  # fmt: skip


class ReturnsDesk:
    """What a session offers around saved returns."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def saved(self) -> list[SavedReturn]:
        """Give the returns of this laptop, by name."""
        found: list[dict[str, Any]] = self._context.vault.meta(_KEPT) or []
        known = [
            SavedReturn(**{**one, "formats": tuple(one["formats"]), "lines": tuple(one["lines"])}) for one in found
        ]
        return sorted(known, key=lambda one: one.name.casefold())

    def keep(self, asked: SavedReturn) -> None:
        """Keep a return, over one of the same name. Raises BadInput, UsageError for a recipient that is none."""
        asked = replace(asked, name=asked.name.strip())
        _check(asked)
        level_of(self._context, asked.recipient)
        others = [one for one in self.saved() if one.name != asked.name]
        _refuse_taken(asked, others)
        self._store([*others, asked])

    def drop(self, name: str) -> None:
        """Forget a return; its files stay. Raises NotFound."""
        gone = self._named(name)
        self._store([one for one in self.saved() if one != gone])

    def run(self, name: str, folder: Path | None = None, told: Told = silent) -> WrittenReturn:
        """Write the last whole period of a return, into its folder or another one; `told`: see `Session.export`.

        Raises:
            NotFound: no return of that name. UsageError: its recipient is none any more. BadInput: the folder is not
            there, or none of its lines is counted any more. StorageProblem: a file cannot be written.
        """
        asked = self._named(name)
        place = Path(asked.folder) if folder is None else folder
        if not place.is_dir():
            raise BadInput(
                f"The folder {place} is not there.", code="RETURN-3", remedy="Plug it in, make it, or name another one."
            )
        pack = self._context.pack
        today = date.fromisoformat(self._context.environment.today())
        period = last_whole(asked.cadence, today, pack.year_start if pack else _FIRST_FISCAL)
        summary = summarise(self._context, period, asked.recipient)
        made = chosen(summary, asked.lines)
        if not made.lines:
            raise BadInput("None of the lines of this return is counted any more.", code="RETURN-4")
        files = tuple(place / f"{_file_name(asked, made)}.{form}" for form in asked.formats)
        hand_on_all(self._context, made, dict(zip(files, asked.formats, strict=True)), told)
        known = {line.id for line in summary.lines} | set(HEADINGS)
        missing = tuple(one for one in asked.lines if one not in known)
        return WrittenReturn(name=asked.name, period=period, state=made.state, files=files, missing=missing)

    def _named(self, name: str) -> SavedReturn:
        found = next((one for one in self.saved() if one.name == name), None)
        if found is None:
            raise NotFound("There is no saved return of that name.")
        return found

    def _store(self, returns: Sequence[SavedReturn]) -> None:
        self._context.vault.set_meta(_KEPT, [asdict(one) for one in returns])


def last_whole(cadence: str, today: date, year_start: int) -> Period:
    """Give the last period of a cadence that was over before today; `year_start`: first month of the pack's year."""
    month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)  # the last whole month
    if cadence == "month":
        return month_period(f"{month:%Y-%m}")
    if cadence == "rolling":
        return rolling_period(f"{month:%Y-%m}")
    if cadence == "quarter":
        first = later(today.replace(day=1), months=-((today.month - 1) % 3) - 3)
        return quarter_period(f"{first.year}-Q{(first.month + 2) // 3}")
    if cadence == "year":
        return year_period(str(today.year - 1))
    begun = (today.month - year_start) % 12  # whole months of the pack's year before this one
    if cadence == "fiscal-quarter":
        first = later(today.replace(day=1), months=-(begun % 3) - 3)
        year, quarter = _fiscal_year(first, year_start), (first.month - year_start) % 12 // 3 + 1
        return fiscal_period(f"{year}/{(year + 1) % 100:02d}-Q{quarter}", year_start)
    year = _fiscal_year(today, year_start) - 1
    return fiscal_period(f"{year}/{(year + 1) % 100:02d}", year_start)


def chosen(summary: Summary, lines: Sequence[str]) -> Summary:
    """Leave away the lines that were not chosen, and what is said of them; all stay where none was chosen."""
    if not lines:
        return summary
    wanted = set(lines)
    return summary.with_lines({one.id for one in summary.lines if one.id in wanted or heading_of(one.id) in wanted})


def _fiscal_year(day: date, year_start: int) -> int:
    return day.year if day.month >= year_start else day.year - 1


def _file_name(asked: SavedReturn, made: Summary) -> str:
    """Name the files of a run: a further issue or a draft never takes the place of what was handed on."""
    state = f"issue-{made.issue}" if made.state == "signed" else "draft"
    return f"{_stem(asked)}-{_plain(made.period.label)}-{state}"


def _stem(asked: SavedReturn) -> str:
    return f"{_plain(asked.name)}-{_plain(asked.recipient)}"


def _refuse_taken(asked: SavedReturn, others: Sequence[SavedReturn]) -> None:
    """Refuse a return whose files would take the place of those of another one."""
    for one in others:
        if _plain(one.name) == _plain(asked.name) or _stem(one) == _stem(asked):
            raise BadInput(
                f"The files of this return would be named like those of the return {one.name}.", code="RETURN-5",
                remedy="Give it a name that differs in its letters a to z or in its digits.",
            )  # fmt: skip


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-") or "return"


def _check(asked: SavedReturn) -> None:
    if not asked.name or len(asked.name) > _LONGEST_NAME:
        raise BadInput(f"A return has a name of at most {_LONGEST_NAME} letters.", code="RETURN-1")
    if asked.cadence not in CADENCES:
        raise BadInput(f"A return is written {', '.join(CADENCES)}.", code="RETURN-1")
    if not asked.formats or set(asked.formats) - set(FORMATS):
        raise BadInput(f"A return is written in one or several of {', '.join(FORMATS)}.", code="RETURN-1")
    unknown = sorted(set(asked.lines) - {line.id for line in LINES} - set(HEADINGS))
    if unknown:
        raise BadInput(
            f"No line and no heading: {', '.join(unknown)}.", code="RETURN-2",
            remedy=f"Headings are {', '.join(HEADINGS)}; the ids of lines stand in every summary.",
        )  # fmt: skip
    if not Path(asked.folder).is_absolute():
        raise BadInput("The folder of a return is named in full.", code="RETURN-1")
