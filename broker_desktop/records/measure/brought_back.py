"""What was brought back to us: visits with returns, bins, litres, and an estimate only where one can be made (MS-08).

Nothing is invented: "some" is no number, and without a measurement by a lead there is no estimate and no rate
(requirements.md PORT09-113, domain.md 2.6).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from broker_desktop.records.answer import Payload
from broker_desktop.records.measure.line import PERCENT, Asked, Definition, Figure, Of, Tally, percent
from broker_desktop.records.measure.reading import asked_once, code_of, says_yes
from broker_desktop.records.measure.tally import Count, Cut, Total
from broker_desktop.records.measure.visits import VISITS, syringes_of
from broker_desktop.records.nx_visit import NX_VISIT
from broker_desktop.records.returns import Factor, bins_and_litres, estimate, factors_of
from broker_desktop.records.sharps_calibration import SHARPS_CALIBRATION

_NOTHING: Final = "none"


@asked_once
def brings_back(row: Payload, asked: Asked) -> bool:
    """Tell whether a visit brought anything back, counted or not; none, no bin and 0 are nothing (PORT09-113)."""
    returns = row.get("returns")
    if type(returns) is not dict or _NOTHING in (code_of(returns, "method"), code_of(returns, "share")):
        return False
    told = [*_amounts(returns)]
    return any(told) or code_of(returns, "share") is not None or (not told and code_of(returns, "method") is not None)


def _amounts(returns: Payload) -> Iterator[int | Decimal]:
    bins = returns.get("bins")
    each = [one.get("n") for one in bins if type(one) is dict] if type(bins) is list else []
    for value in (*each, *(returns.get(name) for name in ("stated", "counted", "weight_kg"))):
        if isinstance(value, int | Decimal):
            yield value


def _factors(asked: Asked) -> list[Factor]:
    return factors_of(asked.facts.rows(SHARPS_CALIBRATION.name, None, None), asked.codes)


@asked_once
def estimated(row: Payload, asked: Asked) -> int | None:
    """Give the estimate of syringes of one visit, None where nothing can be said without inventing it."""
    found = estimate(row.get("returns"), str(row.get("_day")), asked.shared(_factors), asked.codes)
    return None if found is None else found.syringes


def _bins(row: Payload, asked: Asked) -> Iterator[tuple[str | None, int]]:
    yield None, bins_and_litres(row.get("returns"), asked.codes)[0]


def _method(row: Payload, asked: Asked) -> tuple[str | None, ...]:
    returns: Any = row.get("returns")
    return (code_of(returns, "method"),)


@dataclass(frozen=True, slots=True, eq=False)
class Litres:
    """The litres in the bins, as far as size and fill were said, half up; the numerator is the visits that say so."""

    @property
    def parts(self) -> tuple[Of, ...]:
        """Visits with returns."""
        return (Of(NX_VISIT, brings_back),)

    def start(self, asked: Asked) -> Tally:
        """Begin a count."""
        return _LitresTally(asked)


class _LitresTally:
    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._n = self._all = 0
        self._litres = Decimal(0)

    def take(self, row: Payload) -> None:
        """Add the litres of a visit."""
        litres = bins_and_litres(row.get("returns"), self._asked.codes)[1]
        self._all += 1
        self._n += litres > 0
        self._litres += litres

    def figure(self) -> Figure:
        """Give the litres, one decimal."""
        litres = self._litres.quantize(Decimal("0.1"), ROUND_HALF_UP)
        return Figure(self._n, self._all, value=litres, has_own_value=True)


@dataclass(frozen=True, slots=True, eq=False)
class Estimated:
    """The estimate of syringes brought back, or with `rate` their share of those given out.

    The numerator is the visits an estimate could be made of, the denominator all that brought something back. The
    share is only given where every one of them has an estimate.
    """

    rate: bool = False

    @property
    def parts(self) -> tuple[Of, ...]:
        """Visits, and what leads measured."""
        return (Of(NX_VISIT), Of(SHARPS_CALIBRATION, lambda row, asked: False))

    def start(self, asked: Asked) -> Tally:
        """Begin a count."""
        return _EstimatedTally(self, asked)


class _EstimatedTally:
    def __init__(self, rule: Estimated, asked: Asked) -> None:
        self._rule, self._asked = rule, asked
        self._n = self._all = self._back = self._out = 0

    def take(self, row: Payload) -> None:
        """Add a visit."""
        self._out += sum(n for _, n in syringes_of(row, self._asked)) if self._rule.rate else 0
        if not brings_back(row, self._asked):
            return
        self._all += 1
        found = estimated(row, self._asked)
        if found is not None:
            self._n += 1
            self._back += found

    def figure(self) -> Figure:
        """Give the estimate or the share; None where there is none to give."""
        value: int | Decimal | None = self._back if self._n else None
        if self._rule.rate:
            value = percent(self._back, self._out) if self._n == self._all and self._n else None
        return Figure(self._n, self._all, value=value, has_own_value=True)


_WITH_RETURNS: Final = Count((Of(NX_VISIT, brings_back),), by=(Cut("return_method", _method),))
_GUESS: Final = "An estimate, by what a lead has measured. Visits of which nothing can be said are not in it."

LINES: Final = (
    Definition(
        id="MS-08", title="Visits that brought something back", unit="visits", rule=_WITH_RETURNS, out_of=VISITS
    ),
    Definition(
        id="MS-08.bins",
        title="Bins brought back",
        unit="bins",
        rule=Total((Of(NX_VISIT, brings_back),), _bins),
        counts_people_or_events=False,
    ),
    Definition(
        id="MS-08.litres",
        title="Litres in the bins brought back",
        unit="litres",
        rule=Litres(),
        notes=("Of the bins whose size and fill were said.",),
        counts_people_or_events=False,
    ),
    Definition(
        id="MS-08.estimate",
        title="Syringes brought back, estimated",
        unit="items",
        rule=Estimated(),
        notes=(_GUESS,),
        counts_people_or_events=False,
    ),
    Definition(
        id="MS-08.rate",
        title="Syringes brought back of those given out, estimated",
        unit=PERCENT,
        rule=Estimated(rate=True),
        notes=("Only where every return could be estimated; may exceed 100.",),
        counts_people_or_events=False,
    ),
    Definition(
        id="MS-08.disposal_advice",
        title="Visits with advice on disposal",
        unit="visits",
        rule=Count((Of(NX_VISIT, lambda row, asked: says_yes(row, "disposal_advice")),)),
        out_of=VISITS,
    ),
)
