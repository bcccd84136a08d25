"""Saving and importing, beside a bare database with the durability of the vault."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

from broker_desktop.session import Session
from tests.performance import floors, work
from tests.performance.figures import Figure, Watch, beside_cpu, p50, p95, timed, took, watched
from tests.performance.laptops import TeamFiles
from tests.performance.parts import spent_by_part


def saves(session: Session, folder: Path, size: int) -> list[Figure]:
    """Save visits one by one, each beside a bare commit of the same row."""
    plain = floors.plain_database(folder / "plain-save.db")
    day = session._context.environment.now().date()
    ours: list[Watch] = []
    bare: list[float] = []
    for number in range(size):
        visit = work.visit(day, number)
        bare.append(took(partial(floors.plain_commit, plain, number, visit)))
        ours.append(timed(partial(session.save, "nx_visit", visit)))
    plain.close()
    warm = ours[size // 4 :]
    known = [one.wall for one in warm]
    return [
        Figure(
            work="save one visit, p50", ours=p50(known) * 1000, floor=p50(bare) * 1000, unit="ms", bar=8,
            notes=[beside_cpu(warm), _parts(session, size // 2)],
        ),
        Figure(work="save one visit, p95", ours=p95(known) * 1000, unit="ms", bar=3),
    ]  # fmt: skip


def _parts(session: Session, size: int) -> str:
    day = session._context.environment.now().date()
    with spent_by_part(session) as spent:
        for number in range(size):
            session.save("nx_visit", work.visit(day, number))
    whole = spent.pop("whole")
    parts = sorted(spent.items(), key=lambda part: -part[1])
    told = ", ".join(f"{name} {seconds / size * 1000:.2f}" for name, seconds in parts)
    return f"mean of each save in ms (measured with its own cost): {told}; whole {whole / size * 1000:.2f}"


def imports(team: TeamFiles, folder: Path, size: int, repeat: int) -> list[Figure]:
    """Import a file into a vault that holds nothing, beside writing the same lines to a bare database."""
    ours: list[Watch] = []
    bare: list[float] = []
    for turn in range(repeat):
        copy = team.copy(folder / f"import-{turn}")
        with copy.lead.opened("http://127.0.0.1:1") as session:
            file = folder / "import.ndjson"
            work.write_work(file, session._context.environment.now().date(), size)
            bare.append(_bare_import(file, folder / f"plain-import-{turn}.db"))
            with watched() as watch:
                counts = session.import_file("mixed", file)
            assert counts.added == size
            ours.append(watch)
    return [
        Figure(
            work=f"import {size:,} records", ours=size / p50([one.wall for one in ours]), unit="records/s", bar=5000,
            at_least=True,
            notes=[f"{beside_cpu(ours)}; json and a bare table in one transaction, wall {p50(bare):.2f} s"],
        )
    ]  # fmt: skip


def _bare_import(file: Path, target: Path) -> float:
    plain = floors.plain_database(target)
    with watched() as watch:
        rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        plain.execute("BEGIN IMMEDIATE")
        values = [(f"{n:012d}", "", json.dumps(row)) for n, row in enumerate(rows)]
        plain.executemany("INSERT INTO record VALUES (?, ?, ?)", values)
        plain.execute("COMMIT")
    plain.close()
    return watch.wall
