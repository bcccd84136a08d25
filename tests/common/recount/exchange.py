"""Needle exchange, counted by hand: visits and sheets, items out, what came back, secondary supply (MS-04 to MS-09)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tests.common.recount.contacts import by, by_each
from tests.common.recount.reading import (
    Line,
    Part,
    Service,
    Told,
    added,
    code,
    number,
    percent,
    said,
    tell,
    tell_people,
)

NOT_FOR_SELF_ALONE = {"self_and_others", "others_only", "partner"}


def recount(service: Service) -> dict[str, Told]:
    """Count the lines."""
    return {**_visits(service), **_sheets(service), **_back(service), **_for_others(service)}


def _visits(service: Service) -> dict[str, Told]:
    visits = service.now("nx_visit")
    pairs = [(service.who(line), line) for line in visits]
    items = [piece for line in visits for piece in service.open_packs(line)]
    syringes = [n for item, n in items if service.group("equipment_item", item) == "1"]
    return {
        "MS-04": tell(visits, by("site_type")),
        "MS-04.not_attributable": tell([line for line in visits if service.who(line) is None]),
        "MS-04.by_site": tell(visits, by("site")),
        "MS-04.by_age_band": tell(visits, lambda line: said(service.whose(line), "age_band")),
        "MS-04.by_drug": tell(visits, by_each("drug_injected")),
        "MS-05": tell_people(pairs, by("site_type")),
        "MS-05.by_age_band": tell_people(pairs, lambda line: said(service.whose(line), "age_band")),
        "MS-07": added(items),
        "MS-07.syringes_out": Told(sum(syringes)),
    }


def _sheets(service: Service) -> dict[str, Told]:
    """Count final sheets of a site and month; what is expected are the pharmacies of the pack, each month."""
    final = [line for line in service.now("nx_tally") if code(line, "status") == "final"]
    months = _months(service)
    expected = [site for site in service.lists.known("place") if site.startswith("pharmacy_")]
    wanted = {(month, site) for month in months for site in expected}
    came = {(line["month"], code(line, "site")) for line in final}
    transactions: Counter[Part] = Counter()
    for line in final:
        transactions[code(line, "commissioned_by"),] += number(line, "transactions")
    bins = sum(number(one, "n") for line in final for one in _bins(line))
    missing: dict[Part, Any] = dict.fromkeys(wanted - came, 1)
    return {
        "MS-06": Told(transactions.total(), cells={part: n for part, n in transactions.items() if n}),
        "MS-06.sites": Told(len(wanted & came), len(wanted)),
        "MS-06.sites_missing": Told(len(missing), len(wanted), missing),
        "MS-06.sites_by_commissioner": tell(final, by("commissioned_by")),
        "MS-06.items": added(piece for line in final for piece in service.open_packs(line)),
        "MS-06.bins": Told(bins),
        "MS-06.leaflets": Told(sum(number(line, "leaflets") for line in final)),
    }


def _months(service: Service) -> list[str]:
    first, last = service.first[:7], service.last[:7]
    months = [first]
    while months[-1] < last:
        year, month = map(int, months[-1].split("-"))
        months.append(f"{year + month // 12}-{month % 12 + 1:02}")
    return months


def _returns(line: Line) -> Line:
    told = line.get("returns")
    return told if isinstance(told, dict) and "answer" not in told else {}


def _bins(line: Line) -> list[Line]:
    told = _returns(line).get("bins")
    return told if isinstance(told, list) else []


def _back(service: Service) -> dict[str, Told]:
    visits = service.now("nx_visit")
    back = [line for line in visits if _brings_back(_returns(line))]
    bins = [one for line in back for one in _bins(line)]
    advised = [line for line in visits if code(line, "disposal_advice") == "yes"]
    estimates = [_estimate(service, line) for line in back]
    sure = [one for one in estimates if one is not None]
    out = sum(
        n for line in visits for item, n in service.open_packs(line) if service.group("equipment_item", item) == "1"
    )
    litres = [_litres(service, line) for line in back]
    return {
        "MS-08": tell(back, lambda line: code(_returns(line), "method"), out_of=len(visits)),
        "MS-08.bins": Told(sum(number(one, "n") for one in bins)),
        "MS-08.litres": Told(sum(litres, Decimal(0)).quantize(Decimal("0.1"), ROUND_HALF_UP), len(back)),
        "MS-08.estimate": Told(sum(sure) if sure else None, len(back)),
        "MS-08.rate": Told(percent(sum(sure), out) if sure and len(sure) == len(back) else None, len(back)),
        "MS-08.disposal_advice": tell(advised, out_of=len(visits)),
    }


def _brings_back(returns: Line) -> bool:
    """Tell whether anything came back: not where it says none (PORT09-113: none, some, most, all, bins or a count)."""
    if "none" in (code(returns, "method"), code(returns, "share")):
        return False
    bins = [one.get("n") for one in returns["bins"]] if isinstance(returns.get("bins"), list) else []
    numbers = [returns.get(name) for name in ("stated", "counted", "weight_kg")]
    told = [n for n in (*bins, *numbers) if isinstance(n, int | Decimal)]
    if code(returns, "share") or any(told):
        return True
    return not told and code(returns, "method") is not None


def _litres(service: Service, line: Line) -> Decimal:
    """Add up the bins whose size and fill were said."""
    litres = Decimal(0)
    for one in _bins(line):
        size = service.group("sharps_bin", code(one, "bin"))
        if size is not None and isinstance(one.get("fill"), int):
            litres += Decimal(size) * number(one, "n") * one["fill"] / 100
    return litres


def _estimate(service: Service, line: Line) -> int | None:
    """Estimate by domain.md 2.6: as told or counted, by weight, or by the bins and what a lead has measured."""
    returns = _returns(line)
    method = code(returns, "method")
    for name, way in (("counted", "counted_packs"), ("stated", "stated")):
        if isinstance(returns.get(name), int) and method in (way, None, "litter_pick"):
            return number(returns, name)
    measured = [
        one for one in service.held("sharps_calibration") if (service.day(one) or "9") <= (service.day(line) or "")
    ]
    measured.sort(key=lambda one: service.day(one) or "", reverse=True)
    if method == "weighed":
        return _by_weight(returns, measured)
    found = [_in_bin(service, one, measured) for one in _bins(line)]
    if not found or None in found:
        return None
    return _whole(sum((one for one in found if one is not None), Decimal(0)))


def _by_weight(returns: Line, measured: Iterable[Line]) -> int | None:
    gross, tare = returns.get("weight_kg"), returns.get("tare_kg")
    if not isinstance(gross, int | Decimal) or not isinstance(tare, int | Decimal) or gross < tare:
        return None
    for one in measured:
        grams, pieces = one.get("weight_g"), one.get("weighed")
        if code(one, "method") == "weigh" and isinstance(grams, int | Decimal) and grams and isinstance(pieces, int):
            return _whole(Decimal(gross - tare) * 1000 / (Decimal(grams) / pieces))
    return None


def _in_bin(service: Service, one: Line, measured: Iterable[Line]) -> Decimal | None:
    """Estimate the syringes in bins of one size: by a measurement of that very bin, else of another, by the litre."""
    if not isinstance(one.get("fill"), int) or not isinstance(one.get("n"), int) or code(one, "bin") is None:
        return None
    size = service.group("sharps_bin", code(one, "bin"))
    filled = [
        row for row in measured if code(row, "method") != "weigh" and code(row, "bin") and number(row, "counted")
        and isinstance(row.get("fill", 100), int)
    ]  # fmt: skip
    own = [row for row in filled if row["bin"] == one["bin"]]
    if own:
        full = Decimal(number(own[0], "counted") * 100) / own[0].get("fill", 100)
    else:
        sized = [row for row in filled if service.group("sharps_bin", row["bin"])]
        if not sized or size is None:
            return None
        litre = Decimal(sized[0]["counted"]) * 100 / sized[0].get("fill", 100)
        full = litre / Decimal(service.group("sharps_bin", sized[0]["bin"]) or 1) * Decimal(size)
    return full * number(one, "n") * number(one, "fill") / 100


def _whole(number: Decimal) -> int:
    return int(number.quantize(Decimal(1), ROUND_HALF_UP))


def _for_others(service: Service) -> dict[str, Told]:
    """Count MS-09: visits for others, and how many others (contract.md)."""
    collecting = [line for line in service.now("nx_visit") if code(line, "collecting_for") in NOT_FOR_SELF_ALONE]
    others = 0
    for line in collecting:
        covered = number(line, "people_covered")
        if line["collecting_for"] == "partner":
            others += 1
        elif line["collecting_for"] == "others_only":
            others += covered
        else:
            others += max(covered - 1, 0)
    return {"MS-09": tell(collecting), "MS-09.others": Told(others)}
