"""Tests, doses and naloxone, counted by hand: MS-11, MS-12 and the supplies of MS-18."""

from __future__ import annotations

from collections import Counter

from tests.common.recount.contacts import by
from tests.common.recount.reading import (
    Line,
    Part,
    Service,
    Told,
    code,
    codes,
    days_from,
    london,
    number,
    offer,
    percent,
    said,
    tell,
)
from tests.common.recount.referrals import CAME, steps

ANSWERED = ("offered", "accepted", "declined")


def recount(service: Service) -> dict[str, Told]:
    """Count the lines."""
    return {**_offers(service), **_samples(service), **_doses(service), **_naloxone(service)}


def _offers(service: Service) -> dict[str, Told]:
    """Count the tests, and the offers to a person without a test of the same day (contract.md, MS-11)."""
    tests = service.now("bbv_test")
    tested = {(service.who(line), service.day(line)) for line in tests}
    elsewhere = [
        line for line in [*service.now("contact"), *service.now("nx_visit")]
        if offer(line, "bbv") in ANSWERED and service.who(line) is not None
        and (service.who(line), service.day(line)) not in tested
    ]  # fmt: skip
    offered = [*tests, *elsewhere]
    accepted = [line for line in offered if _said(line) not in ("offered", "declined")]
    declined = [line for line in offered if _said(line) == "declined"]
    taken = [line for line in service.held("bbv_test") if service.within(london(line.get("taken_at")))]
    return {
        "MS-11.offered": tell(offered),
        "MS-11.accepted": tell(accepted, out_of=len(offered)),
        "MS-11.declined": tell(declined, out_of=len(offered)),
        "MS-11.offered_by_age_band": tell(offered, lambda line: said(service.whose(line), "age_band")),
        "MS-11.taken": tell(taken, out_of=len(accepted)),
        "MS-11.taken_by_setting": tell(taken, by("setting")),
        "MS-11.taken_by_age_band": tell(taken, lambda line: said(service.whose(line), "age_band")),
    }


def _said(line: Line) -> str | None:
    """Give what was said to an offer: accepted is every state beyond offered and declined."""
    return code(line, "state") if line["type"] == "bbv_test" else offer(line, "bbv")


def _last_result(service: Service, line: Line) -> str | None:
    """Give the day of the last result once every analyte has a final one; "" where nobody wrote the day."""
    results = line.get("results")
    if not isinstance(results, dict) or "answer" in results:
        return None
    wanted = codes(line, "analytes") or list(results)
    told = [results.get(analyte) for analyte in wanted]
    final = [one for one in told if isinstance(one, dict) and service.group("bbv_result", code(one, "result")) == "1"]
    if not wanted or len(final) < len(wanted):
        return None
    return max(london(one.get("reported_on")) or "" for one in final)


def _of_samples(service: Service) -> tuple[list[Line], list[Line], list[Line]]:
    """Give the tests whose sample was taken in the period, of these those resulted, of these those given."""
    taken = [line for line in service.held("bbv_test") if service.within(london(line.get("taken_at")))]
    resulted = [line for line in taken if _last_result(service, line) is not None]
    return taken, resulted, [line for line in resulted if london(line.get("result_given_on"))]


def _samples(service: Service) -> dict[str, Told]:
    tests = service.held("bbv_test")
    taken, resulted, given = _of_samples(service)
    referred = [one for one in given if "refer" in codes(one, "actions")]
    return {
        "MS-11.resulted": tell(resulted, out_of=len(taken)),
        "MS-11.given": tell(given, out_of=len(resulted)),
        "MS-11.referred": tell(referred, out_of=len(given)),
        "MS-11.attended": tell([one for one in referred if _came(service, one)], out_of=len(referred)),
        "MS-11.resulted_in_period": tell([one for one in tests if service.within(_last_result(service, one))]),
        "MS-11.given_in_period": tell([one for one in tests if service.within(london(one.get("result_given_on")))]),
    }


def _came(service: Service, test: Line) -> bool:
    """Tell whether the person came where it is treated, by a referral of ours made 0 to 183 days after the sample."""
    who, taken = service.who(test), london(test.get("taken_at"))
    made = [
        service.day(one) for one in service.held("referral")
        if who is not None and service.who(one) == who and one["direction"] != "in" and CAME & steps(one).keys()
        and code(one, "destination") in ("hospital_liver", "sexual_health", "gp")
    ]  # fmt: skip
    return any(taken and day and 0 <= days_from(taken, day) <= 183 for day in made)


def _doses(service: Service) -> dict[str, Told]:
    now = service.now("bbv_vaccination")
    refused = [line for line in now if code(line, "decline_reason")]
    had = [line for line in now if not code(line, "decline_reason")]
    ever = [line for line in service.held("bbv_vaccination") if (service.day(line) or "") <= service.last]
    asked = {who for line in ever if (who := service.who(line))}
    one_dose = {who for line in ever if (who := service.who(line)) and not code(line, "decline_reason")}
    return {
        "MS-12": tell([line for line in had if code(line, "source") == "by_us"], _dose),
        "MS-12.declined": tell(refused, by("decline_reason")),
        "MS-12.known_by_source": tell(had, by("source")),
        "MS-12.coverage": Told(percent(len(one_dose), len(asked)), len(asked)),
    }


def _dose(line: Line) -> str | None:
    return str(line["dose"]) if isinstance(line.get("dose"), int) else None


def _naloxone(service: Service) -> dict[str, Told]:
    supplies = service.now("naloxone_supply")
    kits: Counter[Part] = Counter()
    for line in supplies:
        kits[code(line, "product"),] += number(line, "qty_kits")
    trained = [line for line in supplies if code(line, "training") in ("full", "brief_refresher")]
    used = [line for line in supplies if service.group("naloxone_repeat_reason", code(line, "repeat_reason")) == "used"]
    return {
        "MS-18.kits": Told(kits.total(), cells=dict(kits)),
        "MS-18.supplied": tell(supplies, by("supply_type")),
        "MS-18.trained": tell(trained, out_of=len(supplies)),
        "MS-18.replaced_used": tell(used, out_of=len(supplies)),
        "MS-18.reversals": tell(service.now("naloxone_reversal"), by("outcome")),
    }
