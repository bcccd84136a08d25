"""Sharps brought back: the questions, and the estimate of syringes that may be made from the answers.

There is no table of litres to syringes that anybody could rely on (domain.md 2.6), so nothing is estimated until a
lead has measured once (`sharps_calibration`). Every estimate names its method and the measurement it rests on. Nothing
here is per person, and nothing is ever a condition of supply.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.dates import london_day
from broker_desktop.records.field import Amount, Code, Number
from broker_desktop.records.structure import Group, Rows

RETURN_FIELDS: Final = (
    Code(name="method", label="How it is known", list_id="return_method"),
    Code(name="share", label="How much came back", list_id="returns_share"),
    Rows(
        name="bins",
        label="Bins",
        fields=(
            Code(name="bin", label="Bin", list_id="sharps_bin", required=True),
            Number(name="n", label="How many", required=True),
            Number(name="fill", label="How full", unit="%", one_of=(25, 50, 75, 100)),
        ),
    ),
    Number(name="stated", label="How many they say", unit="syringes"),
    Number(name="counted", label="Counted in sealed packs", unit="syringes"),
    Amount(name="weight_kg", label="Weight", unit="kg", most=Decimal(50)),
    Amount(name="tare_kg", label="Weight of the empty bin", unit="kg", most=Decimal(50)),
)


def returns_group(section: str) -> Group:
    """Give the questions about what was brought back, for a visit and for a sheet alike."""
    return Group(
        name="returns",
        label="Brought back",
        section=section,
        help="Never a condition of supply. Nobody opens or counts loose sharps.",
        fields=RETURN_FIELDS,
    )


@dataclass(frozen=True, slots=True)
class Factor:
    """One measurement by a lead."""

    day: str
    per_litre: Decimal | None = None
    """Syringes in a litre of bin, from filling one."""
    bin: str = ""
    per_bin: Decimal | None = None
    """Syringes in that bin when it is full."""
    unit_mass_g: Decimal | None = None
    """Weight of one syringe, from weighing unused ones."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """How many syringes came back, always to be shown as an estimate."""

    syringes: int
    method: str
    """A code of `return_method`."""
    factor: str = ""
    """The day of the measurement it rests on; empty where none is needed."""


def litres(bin_code: str, codes: CodeLists) -> Decimal | None:
    """Give what a bin holds, None for a container of no known size."""
    text = codes.group("sharps_bin", bin_code)
    return Decimal(text) if text else None


def factor_of(payload: Mapping[str, Any], codes: CodeLists) -> Factor | None:
    """Read a `sharps_calibration`; None where it measures nothing."""
    day = london_day(payload.get("occurred_at"))
    if day is None:
        return None
    if payload.get("method") == "weigh":
        grams, pieces = payload.get("weight_g"), payload.get("weighed")
        return Factor(day, unit_mass_g=_over(grams, pieces))
    size = payload.get("bin")
    counted, fill = payload.get("counted"), payload.get("fill", 100)
    volume = litres(size, codes) if isinstance(size, str) else None
    if type(counted) is not int or type(fill) is not int or not isinstance(size, str) or counted < 1:
        return None
    full = Decimal(counted) * 100 / fill
    return Factor(day, per_litre=None if volume is None else full / volume, bin=size, per_bin=full)


def factors_of(calibrations: Iterable[Mapping[str, Any]], codes: CodeLists) -> list[Factor]:
    """Read all measurements, the latest first; the same on every laptop."""
    found = [factor for one in calibrations if (factor := factor_of(one, codes)) is not None]
    return sorted(found, key=lambda one: (one.day, one.bin, one.per_bin or 0, one.unit_mass_g or 0), reverse=True)


def estimate(returns: object, day: str, factors: Iterable[Factor], codes: CodeLists) -> Estimate | None:
    """Estimate the syringes of one visit or sheet by the measurement in force on its day.

    None where nothing can be said without inventing it: then bins and litres are all there is to report. A bin whose
    kind, number or fill was not said, a weight without the weight of the empty bin, and "some" are no numbers
    (requirements.md PORT09-113).
    """
    if not isinstance(returns, dict) or "answer" in returns:
        return None
    method = returns.get("method") if isinstance(returns.get("method"), str) else None
    if method == "none":
        return Estimate(0, "none")
    known = [one for one in factors if one.day <= day]
    for name, source in (("counted", "counted_packs"), ("stated", "stated")):
        if type(returns.get(name)) is int and method in (source, None, "litter_pick"):
            return Estimate(returns[name], source)
    if method == "weighed":
        return _by_weight(returns, known)
    return _by_bins(returns.get("bins"), known, codes)


def bins_and_litres(returns: object, codes: CodeLists) -> tuple[int, Decimal]:
    """Give bins and the litres in them, as far as size and fill were said: what is reported without a measurement."""
    bins, volume = 0, Decimal(0)
    for row in _counted(returns.get("bins") if isinstance(returns, dict) else None):
        bins += row["n"]
        size = litres(row["bin"], codes) if isinstance(row.get("bin"), str) else None
        if size is not None and type(row.get("fill")) is int:
            volume += size * row["n"] * row["fill"] / 100
    return bins, volume


def _by_weight(returns: Mapping[str, Any], known: list[Factor]) -> Estimate | None:
    factor = next((one for one in known if one.unit_mass_g), None)
    gross, tare = _decimal(returns.get("weight_kg")), _decimal(returns.get("tare_kg"))
    if factor is None or factor.unit_mass_g is None or gross is None or tare is None or gross < tare:
        return None
    return Estimate(_whole((gross - tare) * 1000 / factor.unit_mass_g), "weighed", factor.day)


def _by_bins(bins: object, known: list[Factor], codes: CodeLists) -> Estimate | None:
    total, days = Decimal(0), set()
    rows = [row for row in bins if isinstance(row, dict)] if isinstance(bins, list) else []
    for row in rows:
        if type(row.get("n")) is not int or not isinstance(row.get("bin"), str):
            return None
        size, fill = litres(row["bin"], codes), row.get("fill")
        own = next((one for one in known if one.bin == row["bin"] and one.per_bin), None)
        factor = own or next((one for one in known if one.per_litre and size is not None), None)
        if factor is None or type(fill) is not int:
            return None
        full = factor.per_bin if factor is own else (factor.per_litre or 0) * (size or 0)
        total += (full or 0) * row["n"] * fill / 100
        days.add(factor.day)
    return Estimate(_whole(total), "bins", max(days)) if rows else None


def _counted(value: object) -> list[Mapping[str, Any]]:
    """Give the bins that were counted, also where nobody said of what kind."""
    rows = value if isinstance(value, list) else ()
    return [row for row in rows if isinstance(row, dict) and type(row.get("n")) is int]


def _over(top: object, below: object) -> Decimal | None:
    amount = _decimal(top)
    return amount / below if amount and type(below) is int and below > 0 else None


def _decimal(value: object) -> Decimal | None:
    return value if isinstance(value, Decimal) else Decimal(value) if type(value) is int else None


def _whole(number: Decimal) -> int:
    return int(number.quantize(Decimal(1), ROUND_HALF_UP))
