"""Days until records reached the server: worked out by hand, the same on every laptop, told once a day at the most."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from broker_desktop.errors import NoServer
from broker_desktop.session import Session, month_period, to_bytes
from broker_desktop.session.exports.rests_on import rest_rows, rest_sentences
from broker_desktop.store.system_rows import ARRIVAL
from broker_desktop.store.tables import table
from sync.engine.exchange import Request
from sync.testing import FlakyTransport
from tests.common.lines import contact
from tests.common.vaults import Service, in_step, moved_clock

DECEMBER = month_period("2026-12")
DAY = timedelta(days=1)


def _sends(request: Request) -> bool:
    return request.method == "POST"


class Team:
    """A worker and a lead on their own laptops, a server, and one clock for all three."""

    def __init__(self, folder: Path) -> None:
        self.service = Service(folder, at=datetime(2026, 12, 1, 10, tzinfo=UTC))
        self._open = ExitStack()
        self.lead = self._open.enter_context(self.service.found().opened())
        self.desk = self.service.join(self.lead, "Wim Worker", "worker", clinical=True)  # who reads all that is counted
        self._cut_at: int | None = None
        """From which request on the worker's link breaks once something was sent."""
        flaky = FlakyTransport(self.desk.transport, self._fate)
        environment = replace(self.desk.environment, transport=lambda _url, _ca: flaky)
        self.worker = self._open.enter_context(replace(self.desk, environment=environment).opened())
        in_step(self.lead, self.worker)

    def _fate(self, _number: int, request: Request) -> str:
        if self._cut_at is None:
            return "ok"
        return "lost request" if any(_sends(one) for one in self.desk.transport.sent[self._cut_at :]) else "ok"

    def break_after_sending(self) -> None:
        self._cut_at = len(self.desk.transport.sent)

    def mend(self) -> None:
        self._cut_at = None

    def days_pass(self, days: int) -> None:
        self.service.clock.advance(int(days * DAY.total_seconds() * 1000))

    def write(self, who: Session, many: int = 1) -> None:
        """Write contacts down at once, on the day they happen."""
        now = datetime.fromtimestamp(self.service.clock.now_ms() / 1000, tz=UTC)
        for _ in range(many):
            told = contact(occurred_at=now.isoformat(), kind="found_on_shift", setting="street")
            who.save("contact", {name: value for name, value in told.items() if name != "type"})

    def close(self) -> None:
        self._open.close()


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    made = Team(tmp_path)
    yield made
    made.close()


def lag(session: Session) -> dict[str, Any]:
    """Give what a laptop prints, having asked that its two lines say the same."""
    made = session.summary(DECEMBER)
    told: dict[str, Any] = made.completeness.to_json()["lag_to_sync"]
    values = [made.line(name).value for name in ("MS-28.days_until_synced", "MS-28.days_until_synced_95")]
    assert values == [told["median_days"], told["days_of_95"]]
    assert told.pop("measured") == "day_written_down_to_day_at_server"
    return told


def rows_of(session: Session) -> int:
    """Count what was told, as this laptop has it."""
    with session._context.vault.reader.connect() as connection:
        return len(connection.execute(table(ARRIVAL).select()).all())


def test_written_on_the_1st_and_synced_on_the_4th_is_three_days_on_both_laptops(team: Team) -> None:
    """The worker's three wait from the 1st to the 4th; the lead's one goes the same day: 0, 3, 3, 3.

    On the 4th the lead has told, the worker has not.
    In the middle stand 3 and 3; 95 of 100 of four is the fourth. Who wrote them tells on the 5th; one more of the 5th
    is not told until the 6th, and is 0 days then: 0, 0, 3, 3, 3, whose middle is 3.
    """
    team.write(team.worker, 3)
    team.write(team.lead)
    team.lead.sync_once()
    team.days_pass(3)
    in_step(team.worker, team.lead)
    only_the_leads = {"records": 1, "median_days": 0, "days_of_95": 0, "not_told": 3}
    assert (lag(team.worker), lag(team.lead)) == (only_the_leads, only_the_leads)
    team.days_pass(1)
    team.write(team.worker)
    in_step(team.worker, team.lead)
    then = {"records": 4, "median_days": 3, "days_of_95": 3, "not_told": 1}
    assert (lag(team.worker), lag(team.lead)) == (then, then)
    team.days_pass(1)
    in_step(team.worker, team.lead)
    in_the_end = {"records": 5, "median_days": 3, "days_of_95": 3, "not_told": 0}
    assert (lag(team.worker), lag(team.lead)) == (in_the_end, in_the_end)
    made = team.lead.summary(DECEMBER)
    rows = dict(rest_rows(made))
    assert rows["days until records reached the server, median"] == 3
    assert rows["days within which 95 of 100 reached the server"] == 3
    assert rows["records of which it is not known yet when they reached the server"] == 0
    words = "Days until records reached the server: half of them within 3, 95 of 100 within 3."
    assert words in rest_sentences(made)


def test_a_day_is_told_once_and_telling_makes_nothing_to_tell(team: Team) -> None:
    """Work of one day goes in two syncs, and is told in the first of the next day; afterwards all syncs are idle."""
    team.write(team.worker)
    team.worker.sync_once()
    team.write(team.worker)
    team.worker.sync_once()
    assert team.worker.sync_once().requests == 1
    assert rows_of(team.worker) == 0
    team.days_pass(1)
    assert team.worker.sync_once().pushed == 1
    assert team.worker.custody_counts().laptop == 0
    team.lead.sync_once()
    assert (rows_of(team.worker), rows_of(team.lead)) == (1, 1)
    for _ in range(3):
        team.days_pass(1)
        in_step(team.worker, team.lead)
        assert (team.worker.sync_once().requests, team.lead.sync_once().requests) == (1, 1)
    assert (rows_of(team.worker), rows_of(team.lead)) == (1, 1)


def test_a_laptop_without_records_tells_nothing(team: Team) -> None:
    team.days_pass(1)
    in_step(team.worker, team.lead)
    team.days_pass(1)
    in_step(team.worker, team.lead)
    assert rows_of(team.lead) == 0
    assert team.lead.summary(DECEMBER).completeness.lag_to_sync is None


def test_what_is_still_on_the_laptop_is_not_told_and_never_no_days(team: Team) -> None:
    """One goes on the 1st and is told on the 3rd, with a second of the 2nd that is sent in that sync: 0 of 1."""
    team.write(team.worker)
    team.worker.sync_once()
    team.days_pass(1)
    team.write(team.worker)
    team.days_pass(1)
    in_step(team.worker, team.lead)
    assert lag(team.lead) == {"records": 1, "median_days": 0, "days_of_95": 0, "not_told": 1}
    team.days_pass(1)
    in_step(team.worker, team.lead)
    assert lag(team.lead) == {"records": 2, "median_days": 0.5, "days_of_95": 1, "not_told": 0}


def test_a_sync_that_breaks_off_after_sending_tells_no_other_day(team: Team) -> None:
    """Written on the 1st and sent on the 2nd, before the link broke: 1 day, as the receipt says, with the lead's 0.

    The next sync is on the 5th and sends one more of that day, which is told on the 6th: 0, 0 and 1.
    """
    team.write(team.worker)
    team.days_pass(1)
    team.write(team.lead)
    team.lead.sync_once()  # so that the worker has something to fetch after sending
    team.break_after_sending()
    with pytest.raises(NoServer):
        team.worker.sync_once()
    assert team.worker.custody_counts().laptop == 0
    team.mend()
    team.days_pass(3)
    team.write(team.worker)
    in_step(team.worker, team.lead)
    assert lag(team.lead) == {"records": 2, "median_days": 0.5, "days_of_95": 1, "not_told": 1}
    team.days_pass(1)
    in_step(team.worker, team.lead)
    assert lag(team.lead) == {"records": 3, "median_days": 0, "days_of_95": 1, "not_told": 0}


def test_two_days_of_work_of_which_one_waited_are_each_told_their_own_day(team: Team) -> None:
    """Sent on the 1st (0 days), written on the 2nd and sent on the 4th (2 days), told on the 9th: 0 and 2, middle 1."""
    team.write(team.worker)
    team.worker.sync_once()
    team.days_pass(1)
    team.write(team.worker)
    team.days_pass(2)
    team.worker.sync_once()
    team.days_pass(5)
    in_step(team.worker, team.lead)
    assert lag(team.lead) == {"records": 2, "median_days": 1, "days_of_95": 2, "not_told": 0}


def test_the_programs_clock_may_be_moved_for_tests_of_dates(team: Team) -> None:
    """The machine's clock stands still; the program's says the 1st, the 4th and the 5th: three days."""
    team.worker.close()
    for day, many in ((1, 1), (4, 0), (5, 0)):
        with moved_clock(team.desk, datetime(2026, 12, day, 10, tzinfo=UTC)).opened() as worker:
            if many:
                team.write(worker)
            else:
                worker.sync_once()
    team.lead.sync_once()
    assert lag(team.lead) == {"records": 1, "median_days": 3, "days_of_95": 3, "not_told": 0}


def test_a_retired_laptop_tells_when_it_handed_in_what_it_had(team: Team) -> None:
    """Written on the 1st, the laptop retired, handed in on the 2nd; told on the 3rd by the retired laptop itself."""
    team.write(team.worker)
    seat = next(one.seat for one in team.lead.team.seats() if not one.me)
    team.lead.team.retire(seat)
    team.days_pass(1)
    team.worker.sync_once()
    team.days_pass(1)
    team.worker.sync_once()
    team.lead.sync_once()
    assert lag(team.lead) == {"records": 1, "median_days": 1, "days_of_95": 1, "not_told": 0}


def test_a_signed_month_says_what_was_told_since_and_lists_no_late_change(team: Team) -> None:
    """Sent on 31 December and signed on 1 January before the worker's laptop told; it tells on the 2nd: 0 days."""
    team.days_pass(30)
    team.write(team.worker)
    in_step(team.worker, team.lead)
    team.days_pass(1)
    signed = team.lead.months.sign(DECEMBER)
    untold = {"records": 0, "median_days": None, "days_of_95": None, "not_told": 1}
    assert lag(team.lead) == untold
    before = to_bytes(signed, "csv")
    in_step(team.worker, team.lead)
    later = team.lead.summary(DECEMBER)
    assert (later.hash, later.lines, later.late) == (signed.hash, signed.lines, ())
    assert lag(team.lead) == untold
    assert later.completeness_now is not None
    now = later.completeness_now.lag_to_sync
    assert now is not None
    assert (now.median_days, now.days_of_95, now.not_told) == (0, 0, 0)
    added = set(to_bytes(later, "csv").decode().splitlines()) - set(before.decode().splitlines())
    assert {line for line in added if "by now" not in line} == set()
    for other in ("commissioner", "publish"):
        assert team.lead.summary(DECEMBER, other).late == ()
