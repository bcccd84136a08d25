"""A vault with years of work in it: opening, searching, listing, the month."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from itertools import islice
from pathlib import Path

from broker_desktop.session import Session
from broker_desktop.session.period import month_period
from tests.performance import work
from tests.performance.figures import Figure, Watch, beside_cpu, p50, p95, timed, took, watched
from tests.performance.laptops import TeamFiles

_ASKED = ("ALDR", "COOT7", "heron", "GULL83M1", "JA", "wren9")


def grown(team: TeamFiles, folder: Path, size: int, repeat: int) -> list[Figure]:
    """Fill a vault, then open it, search it, list it and count a month of it."""
    copy = team.copy(folder / "grown")
    url = "http://127.0.0.1:1"
    with copy.lead.opened(url) as session:
        file = folder / "grown.ndjson"
        work.write_work(file, session._context.environment.now().date(), size)
        session.import_file("mixed", file)
        file.unlink()
    opened = [_opening(copy, url) for _ in range(repeat)]
    with copy.lead.opened(url) as session:
        found = [took(partial(session.search, text)) for text in _words(session, repeat)]
        listed = [took(lambda: session.records("nx_visit", limit=200)) for _ in range(repeat)]
        months = [timed(partial(_summary, session, month)) for month in _months(repeat)]
        today = [took(session.today) for _ in range(repeat)]
    n = f"{size:,} records"
    return [
        Figure(work=f"{n}: search, p95", ours=p95(found) * 1000, unit="ms", bar=50),
        Figure(
            work=f"{n}: month summary",
            ours=p50([one.wall for one in months]),
            unit="s",
            bar=1,
            notes=[beside_cpu(months)],
        ),
        Figure(
            work=f"{n}: unlock to Today, without the hash",
            ours=p50([one.wall for one in opened]),
            unit="s",
            bar=1.5,
            notes=[beside_cpu(opened)],
        ),
        Figure(work=f"{n}: Today page", ours=p50(today) * 1000, unit="ms"),
        Figure(work=f"{n}: first 200 of a list", ours=p50(listed) * 1000, unit="ms"),
    ]


def _opening(copy: TeamFiles, url: str) -> Watch:
    with ExitStack() as stack:
        with watched() as watch:
            session = stack.enter_context(copy.lead.opened(url))
            session.today()
        return watch


def _words(session: Session, repeat: int) -> list[str]:
    day = session._context.environment.now().date()
    codes = [line["code"] for line in islice(work.lines(day), 76)]
    return [*_ASKED, *(code[: 2 + n % 5] for n, code in enumerate(codes))] * max(1, repeat // 10)


def _months(repeat: int) -> list[str]:
    return [f"2026-{1 + number % 10:02}" for number in range(repeat)]


def _summary(session: Session, month: str) -> None:
    assert session.summary(month_period(month)).lines
