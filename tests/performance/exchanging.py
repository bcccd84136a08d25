"""Pushing, pulling and one record from laptop to laptop, over HTTP on this machine, beside a bare server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from broker_desktop.session import Session
from sync.engine.status import SyncReport
from tests.performance import floors, work
from tests.performance.figures import Figure, Watch, beside_cpu, p50, watched
from tests.performance.laptops import TeamFiles


@dataclass(slots=True)
class _Seen:
    """What all repetitions of one kind of work took."""

    push: list[Watch] = field(default_factory=list)
    push_bytes: list[int] = field(default_factory=list)
    plain_push: list[float] = field(default_factory=list)
    plain_bytes: list[int] = field(default_factory=list)
    pull: list[Watch] = field(default_factory=list)
    plain_pull: list[float] = field(default_factory=list)
    requests: list[int] = field(default_factory=list)


def first_push(team: TeamFiles, folder: Path, size: int, repeat: int) -> list[Figure]:
    """Push what a laptop has gathered and pull it on another one; beside it the same records as gzipped NDJSON.

    The records are those that `record list` prints: a bare server, too, has to be told which record is which.
    """
    seen = _Seen()
    with _with_unsent(team, folder, size) as (unsent, records):
        for turn in range(repeat):
            _push_and_pull(unsent.copy(folder / f"push-{turn}"), folder / f"plain-push-{turn}", records, seen)
    per_second = size / p50([one.cpu for one in seen.pull])
    limit = 3 * size / 10_000
    return [
        Figure(
            work=f"first push of {size:,}, time", ours=p50([one.wall for one in seen.push]), floor=p50(seen.plain_push),
            unit="s", bar=2, notes=[f"{p50(seen.requests):.0f} requests; {beside_cpu(seen.push)} of the laptop"],
        ),
        Figure(
            work=f"first push of {size:,}, bytes", ours=p50(seen.push_bytes) / 1024, unit="KiB", bar=1.2,
            floor=p50(seen.plain_bytes) / 1024,
        ),
        Figure(
            work=f"second laptop: {size:,} searchable", ours=p50([one.cpu for one in seen.pull]), unit="s CPU",
            bar=limit,
            notes=[
                f"{per_second:,.0f} records/s; wall {p50([one.wall for one in seen.pull]):.2f} s;"
                f" the floor's pull without storing {p50(seen.plain_pull):.2f} s"
            ],
        ),
    ]  # fmt: skip


@contextmanager
def _with_unsent(team: TeamFiles, folder: Path, size: int) -> Iterator[tuple[TeamFiles, list[work.Line]]]:
    unsent = team.copy(folder / "unsent")
    with unsent.lead.opened("http://127.0.0.1:1") as session:
        day = session._context.environment.now().date()
        file = folder / "unsent.ndjson"
        work.write_work(file, day, size)
        session.import_file("mixed", file)
        records = _listed(session)
    yield unsent, records


def _listed(session: Session) -> list[work.Line]:
    """Give every record as `record list` prints it: with its id, and people and other records by theirs."""
    rows = [row for kind in session.types() for row in session.records(kind.name)]
    return [{"id": row.id, "type": row.type, **row.payload} for row in rows]


def _push_and_pull(copy: TeamFiles, plain_folder: Path, records: list[work.Line], seen: _Seen) -> None:
    plain_folder.mkdir()
    with floors.plain_server(plain_folder) as address:
        with watched() as watch:
            seen.plain_bytes.append(floors.plain_push(address, records))
        seen.plain_push.append(watch.wall)
        with watched() as watch:
            floors.plain_pull(address, "")
        seen.plain_pull.append(watch.wall)
    with copy.served() as url:
        with copy.lead.opened(url) as lead:
            with watched() as watch:
                report = lead.sync_once()
            assert report.pushed >= len(records)
            assert report.unsent == 0
            seen.push.append(watch)
            seen.push_bytes.append(report.bytes_up)
            seen.requests.append(report.requests)
        with copy.nurse.opened(url) as nurse:
            with watched() as watch:
                nurse.sync_once()
            assert nurse.count("nx_visit") > 0
            seen.pull.append(watch)


def one_record(team: TeamFiles, folder: Path, repeat: int) -> list[Figure]:
    """Save one record on A, sync A, sync B; beside it one record posted to and fetched from a bare server."""
    ours: list[Watch] = []
    bare: list[float] = []
    reports: list[tuple[SyncReport, SyncReport]] = []
    copy = team.copy(folder / "one")
    plain_folder = folder / "plain-one"
    plain_folder.mkdir()
    with ExitStack() as stack:
        url = stack.enter_context(copy.served())
        address = stack.enter_context(floors.plain_server(plain_folder))
        lead, nurse = (stack.enter_context(laptop.opened(url)) for laptop in (copy.lead, copy.nurse))
        day = lead._context.environment.now().date()
        for number in range(repeat + 3):
            visit = work.visit(day, number % 3)
            with watched() as watch:
                floors.plain_push(address, [visit])
                got = floors.plain_pull(address, f"{number - 1:012d}" if number else "")
            assert len(got) == 1
            bare.append(watch.wall)
            lead.save("nx_visit", visit)
            with watched() as watch:
                reports.append((lead.sync_once(), nurse.sync_once()))
            ours.append(watch)
        idle = _idle(lead, nurse)
    return _one_record_figures(ours[3:], bare[3:], reports[3:], idle)


def _idle(lead: Session, nurse: Session) -> SyncReport:
    """Sync until nothing is left to tell, and give the report of a round with nothing to do."""
    for _ in range(2):
        lead.sync_once()
        nurse.sync_once()
    return lead.sync_once()


def _one_record_figures(
    ours: list[Watch], bare: list[float], reports: list[tuple[SyncReport, SyncReport]], idle: SyncReport
) -> list[Figure]:
    requests = max(one.requests for pair in reports for one in pair)
    size = max(one.bytes_up + one.bytes_down for pair in reports for one in pair)
    assert all(nurse.pulled for _, nurse in reports)
    return [
        Figure(
            work="one record A to B, time", ours=p50([one.ms for one in ours]), floor=p50(bare) * 1000, unit="ms",
            bar=3, notes=[f"{beside_cpu(ours)} of the two laptops"],
        ),
        Figure(work="one record A to B, requests each", ours=requests, unit="requests", bar=2),
        Figure(work="one record A to B, bytes each", ours=size / 1024, unit="KiB", bar=4),
        Figure(
            work="idle sync", ours=idle.requests, unit="requests", bar=1, notes=[f"{idle.bytes_down} bytes of answer"]
        ),
    ]  # fmt: skip
