"""A lead's laptop with years of a county on it: month, year, paper, workbook (requirements.md 2.7, a million records).

The rows that counting reads are copied inside the database, so that a million of them take a minute and not an hour:
days go back month by month, ids are new, people stay those of the first rows.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from broker_desktop.session import Session, Summary
from broker_desktop.session.period import Period, month_period, year_period
from broker_desktop.store.changes import note_change
from tests.performance import work
from tests.performance.figures import Figure, Watch, beside_cpu, p50, timed, took
from tests.performance.floors import plain_workbook
from tests.performance.laptops import TeamFiles

MONTHS = 60
_LAST = "2026-10"
_NAMING_DAYS = ("moment", "months", "body")
"""Columns in which the days of a record are written: those of a copy are of its month."""


def county(team: TeamFiles, folder: Path, size: int, repeat: int) -> list[Figure]:
    """Fill a vault, multiply its rows over sixty months, count a month and a year for the team and for others."""
    copy = team.copy(folder / "county")
    with copy.lead.opened("http://127.0.0.1:1") as session:
        file = folder / "county.ndjson"
        work.write_work(file, session._context.environment.now().date(), size // MONTHS)
        session.import_file("mixed", file)
        file.unlink()
        held = _multiply(session)
        month, year = month_period(_LAST), year_period(_LAST[:4])
        own = [_counted_anew(session, month) for _ in range(repeat)]
        others = [_counted_anew(session, month, "commissioner") for _ in range(repeat)]
        again = [timed(partial(session.summary, month, one)) for one in ("internal", "commissioner", "publish")]
        years = [_counted_anew(session, year)]
        made = session.summary(month)
        paper = timed(partial(session.export, made, "pdf", folder / "month.pdf"))
        workbook = _workbook(session, made, folder, max(1000, size // 10))
    n = f"{held:,} records"
    return [
        Figure(work=f"{n}: the month", ours=p50([one.wall for one in own]), unit="s", bar=3, notes=[beside_cpu(own)]),
        Figure(
            work=f"{n}: the month for a commissioner", ours=p50([one.wall for one in others]), unit="s", bar=3,
            notes=[beside_cpu(others)],
        ),
        Figure(
            work=f"{n}: the month for one more recipient", ours=p50([one.wall for one in again]), unit="s",
            notes=[beside_cpu(again), "counted before, and no record changed since"],
        ),
        Figure(work=f"{n}: the year", ours=years[0].wall, unit="s", bar=20, notes=[beside_cpu(years)]),
        Figure(
            work=f"{n}: the month as a paper", ours=paper.wall, unit="s",
            notes=[beside_cpu([paper]), "with its trends: twelve months are counted"],
        ),
        workbook,
    ]  # fmt: skip


def _counted_anew(session: Session, period: Period, recipient: str = "internal") -> Watch:
    """Time a summary after records have changed, so that nothing counted before can serve."""
    with session._context.vault.writer.begin() as connection:
        note_change(connection)
    return timed(partial(session.summary, period, recipient))


def _workbook(session: Session, made: Summary, folder: Path, rows: int) -> Figure:
    """Write a workbook with that many rows of figures: the parts of every line, again and again."""
    parts = sum(len(line.cells) for line in made.lines)
    times = -(-rows // parts)
    large = replace(made, lines=tuple(replace(line, cells=line.cells * times) for line in made.lines))
    told: list[tuple[int, int]] = []
    ours = timed(lambda: session.export(large, "xlsx", folder / "large.xlsx", lambda *steps: told.append(steps)))
    floor = took(lambda: plain_workbook(folder / "floor.xlsx", parts * times))
    return Figure(
        work=f"a workbook of {parts * times:,} rows", ours=ours.wall, unit="s", bar=20,
        notes=[beside_cpu([ours]), f"{len(told):,} steps told",
               f"the same rows without words, marks or heights: {floor:.3g} s"],
    )  # fmt: skip


def _multiply(session: Session) -> int:
    """Spread the rows of every record type over the months before; give how many there are."""
    held = 0
    with session._context.vault.writer.begin() as connection:
        for kind in session._context.types():
            table = session._context.vault.projection.table(kind.name)
            if kind.event_field is None:
                continue
            names = [column.name for column in table.c if column.name not in {"n", "id", "day", *_NAMING_DAYS}]
            dated = [name for name in _NAMING_DAYS if name in table.c]
            base = connection.exec_driver_sql(f"SELECT max(n) FROM {table.name}").scalar_one()
            if base is None:
                continue
            columns = ", ".join([*names, *dated])
            moved = "".join(f", {name} = replace({name}, substr(day, 1, 7), '{_LAST}')" for name in dated)
            connection.exec_driver_sql(
                f"UPDATE {table.name} SET day = '{_LAST}-' || substr(day, 9) {moved} WHERE day IS NOT NULL"
            )
            for back in range(1, MONTHS):
                month = f"strftime('%Y-%m', '{_LAST}-01', '-{back} months')"
                values = ", ".join([*names, *(f"replace({name}, '{_LAST}', {month})" for name in dated)])
                connection.exec_driver_sql(
                    f"INSERT INTO {table.name} (id, day, {columns}) "
                    f"SELECT randomblob(16), {month} || '-' || substr('0' || min(28, substr(day, 9)), -2), {values} "
                    f"FROM {table.name} WHERE n <= {base} AND day IS NOT NULL"
                )
            held += connection.exec_driver_sql(f"SELECT count(*) FROM {table.name}").scalar_one()
    return held
