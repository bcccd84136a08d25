"""Which day holds for a record: the earliest that its laptop told of it, by the moments of that laptop alone."""

from __future__ import annotations

from sqlalchemy import create_engine, select

from broker_desktop.store.arrivals import Arrivals
from broker_desktop.store.system_rows import ARRIVAL, project_system
from broker_desktop.store.tables import PROJECTED, table
from sync.replica import ChangedRow

KIM, LEE = b"K" * 16, b"L" * 16


def told(*rows: tuple[bytes, int, str | None]) -> Arrivals:
    with create_engine("sqlite://").begin() as connection:
        PROJECTED.create_all(connection)
        lines = [
            {"id": n.to_bytes(16, "big"), "seat": seat, "before_ms": before, "day": day}
            for n, (seat, before, day) in enumerate(rows)
        ]
        if lines:
            connection.execute(table("arrival").insert(), lines)
        return Arrivals(connection)


def test_a_record_has_the_day_of_the_first_row_that_covers_it() -> None:
    """What is saved in the very millisecond up to which a row speaks is not covered by it."""
    arrivals = told((KIM, 200, "2026-12-04"), (KIM, 100, "2026-12-02"), (LEE, 50, "2026-12-03"))
    days = [arrivals.day_of(KIM, ms) for ms in (0, 99, 100, 199, 200)]
    assert days == ["2026-12-02", "2026-12-02", "2026-12-04", "2026-12-04", None]
    assert [arrivals.day_of(LEE, ms) for ms in (49, 50)] == ["2026-12-03", None]
    assert told().day_of(KIM, 0) is None


def test_a_later_row_of_an_earlier_day_holds_for_what_stood_before_it_too() -> None:
    """Whatever was there by the 1st was there by the 4th, in whatever order a server's clock gave the days."""
    arrivals = told((KIM, 100, "2026-12-04"), (KIM, 200, "2026-12-01"), (KIM, 300, "2026-12-05"))
    assert [arrivals.day_of(KIM, ms) for ms in (10, 150, 250)] == ["2026-12-01", "2026-12-01", "2026-12-05"]


def test_a_row_without_a_day_that_can_be_read_covers_nothing() -> None:
    arrivals = told((KIM, 200, None), (KIM, 100, "2026-12-02"))
    assert (arrivals.day_of(KIM, 50), arrivals.day_of(KIM, 150)) == ("2026-12-02", None)


def test_what_no_program_of_ours_writes_is_passed_over_and_breaks_nothing() -> None:
    """A whole number of the data model may be twice as long as the database's; a day may be none that exists."""
    odd = [(2**64 - 1, "2026-12-04"), ("soon", 7), (200, "2026-02-30"), (300, "2026-12-04")]
    rows = [
        ChangedRow(
            table=ARRIVAL, row=bytes([n]) * 16, comp=3, conflicts={}, own=False, recorded_ms=0,
            shown={"seat": KIM, "before_ms": before, "day": day},
        )
        for n, (before, day) in enumerate(odd)
    ]  # fmt: skip
    with create_engine("sqlite://").begin() as connection:
        PROJECTED.create_all(connection)
        project_system(connection, ARRIVAL, rows)
        kept = connection.execute(select(table("arrival").c.before_ms, table("arrival").c.day)).all()
        assert kept == [(0, "2026-12-04"), (0, None), (200, None), (300, "2026-12-04")]
        arrivals = Arrivals(connection)
    assert [arrivals.day_of(KIM, ms) for ms in (0, 250, 300)] == ["2026-12-04", "2026-12-04", None]
