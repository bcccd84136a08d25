"""All measurements of one run, in the order of design.md section 11."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sync.crypto.signing import SigningKey
from tests.performance import county, exchanging, reading, serving, starting, writing
from tests.performance.figures import Figure, watched
from tests.performance.laptops import TeamFiles, found_team


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How much of everything; `second` is another, larger pull, 0 for none; `county` stands over five years."""

    saves: int
    records: int
    second: int
    grown: int
    county: int
    batches: int
    repeat: int


_SIGNATURES = 2000
SMALL = Sizes(saves=60, records=1000, second=0, grown=1000, county=6000, batches=3, repeat=1)
USUAL = Sizes(saves=400, records=10_000, second=0, grown=20_000, county=60_000, batches=20, repeat=3)
FULL = Sizes(saves=400, records=10_000, second=100_000, grown=250_000, county=1_000_000, batches=20, repeat=5)


def measurements(folder: Path, sizes: Sizes) -> Iterator[tuple[str, Callable[[], list[Figure]]]]:
    """Yield each piece of work by name; everything it leaves lies in `folder`."""
    team = found_team(folder / "team")
    yield "machine", machine
    yield "save", lambda: _saves(team, folder, sizes.saves)
    yield "import", lambda: writing.imports(team, folder, sizes.records, sizes.repeat)
    yield "push", lambda: exchanging.first_push(team, _made(folder / "exchange"), sizes.records, sizes.repeat)
    if sizes.second:
        yield "second", lambda: exchanging.first_push(team, _made(folder / "second"), sizes.second, 1)
    yield "one", lambda: exchanging.one_record(team, folder, 10 * sizes.repeat)
    yield "server", lambda: serving.hub_intake(folder, sizes.batches)
    yield "grown", lambda: reading.grown(team, folder, sizes.grown, 2 + sizes.repeat)
    yield "county", lambda: county.county(team, folder, sizes.county, sizes.repeat)
    yield "start", lambda: starting.cold_start(folder / "team" / "lead", 1 + sizes.repeat)


def machine() -> list[Figure]:
    """Tell how fast this machine is at this moment: a busy one makes every figure in seconds too large."""
    key = SigningKey.from_seed(bytes(32))
    with watched() as watch:
        for _ in range(_SIGNATURES):
            key.sign(bytes(1024))
    note = "wall time; 44 us of it on the idle machine that the bars in seconds were set on"
    busy = f"{watch.wall / watch.cpu:.1f} times its processor time: above 1, others are at work"
    return [
        Figure(
            work="this machine: one signature", ours=watch.wall / _SIGNATURES * 1e6, unit="us", notes=[note, busy]
        )
    ]  # fmt: skip


def _saves(team: TeamFiles, folder: Path, size: int) -> list[Figure]:
    copy = team.copy(folder / "saves")
    with copy.lead.opened("http://127.0.0.1:1") as session:
        return writing.saves(session, folder, size)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
