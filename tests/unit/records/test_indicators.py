"""Figures against what the five packs ask of them; targets, percents and differences worked out by a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from broker_desktop import assets
from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.measure import LINES, PERCENT
from broker_desktop.records.measure.against import TEAM_LINES, Against, Asked, against, tagged, variation
from broker_desktop.records.pack import Pack, PackInvalid
from broker_desktop.session.disclosure import Level
from tests.common.lines import contact, counted, person, referral
from tests.common.shown import shown_line

P09, HAMPSHIRE, BIRMINGHAM = "portsmouth-2009-10", "hampshire-homer-2010", "birmingham-cri-2015"
MONTH = Asked(first_day="2026-11-01", last_day="2026-11-30", cadence="monthly")
QUARTER = Asked(first_day="2026-10-01", last_day="2026-12-31", cadence="quarterly")
YEAR = Asked(first_day="2026-01-01", last_day="2026-12-31", cadence="annual")


@dataclass(frozen=True)
class Part:
    by: Mapping[str, str | None]
    value: int | Decimal | None
    hidden: bool = False
    small: bool = False


@dataclass(frozen=True)
class Shown:
    """A line as somebody sees it."""

    id: str
    value: int | Decimal | None
    unit: str = "people"
    numerator: int | None = None
    denominator: int | None = None
    cells: tuple[Part, ...] = ()
    hidden: bool = False
    small: bool = False
    withheld: bool = False
    unreadable: bool = False
    title: str = field(default="A line")


def pack(name: str) -> Pack:
    return Pack.parse(assets.pack_text(name))


def own(kpi: str, start: str = "") -> Pack:
    return Pack.parse(f"pack: x\ntitle: X\n{start}\nindicators:\n{kpi}\n")


def rows(of: Pack, asked: Asked, *lines: Shown) -> dict[str, Against]:
    return {one.indicator.id: one for one in against(of.indicators, lines, asked)}


def test_every_indicator_of_every_pack_is_read_from_lines_that_there_are() -> None:
    known = {line.id for line in LINES}
    for path in assets.pack_paths():
        found = Pack.parse(path.read_text(encoding="utf-8")).indicators
        assert {line for one in found for line in (*one.lines, *one.out_of)} <= known
        assert len({one.id for one in found}) == len(found) > 8
    assert set(TEAM_LINES) <= known


@pytest.mark.parametrize(("value", "status"), [(118, "below"), (120, "inside"), (130, "inside"), (141, "above")])
def test_a_quarter_against_its_band_of_120_to_140(value: int, status: str) -> None:
    """PORT09-063."""
    line = Shown("MS-15.assess_or_refer", value)
    assert rows(pack(P09), QUARTER, line)["outreach_assess_refer_quarter"].status == status
    assert rows(pack(P09), MONTH, line)["outreach_assess_refer_quarter"].status == "other_period"


def test_110_people_in_a_month_stand_beside_the_printed_110() -> None:
    found = rows(pack(P09), MONTH, Shown("MS-05", 104))["nx_individuals_month"].to_json()
    assert (found["value"], found["target"], found["difference"], found["percent_of_target"]) == (104, None, -6, 94.5)
    assert (found["status"], found["reference"]["value"], found["printed"]) == ("no_target", 110, None)


def test_74_of_120_against_targets_of_112_and_54() -> None:
    """PORT09-107: the printed 120 is 107.1 percent of 112, 74 is 137.0 of 54; ours stands apart from both."""
    into_work = (Part({"outcome": "employment"}, 50), Part({"outcome": "education"}, 9))
    found = rows(pack(P09), YEAR, Shown("MS-22.support", 112), Shown("MS-22.outcomes", 59, cells=into_work))
    supported, employed = found["ete_supported"].to_json(), found["ete_employed"].to_json()
    assert supported["printed"] == {"value": 120, "year": "2007/8", "target": 112, "percent_of_target": 107.1}
    assert employed["printed"] == {"value": 74, "year": "2007/8", "target": 54, "percent_of_target": 137}
    assert (supported["value"], supported["difference"], supported["status"]) == (112, 0, "reached")
    assert (employed["value"], employed["difference"], employed["status"]) == (50, -4, "below")
    share = own("- {id: into_jobs, line: MS-22.outcomes, by: {outcome: employment}, out_of: [MS-22.support]}")
    lines = (Shown("MS-22.outcomes", 80, cells=(Part({"outcome": "employment"}, 74),)), Shown("MS-22.support", 120))
    assert rows(share, YEAR, *lines)["into_jobs"].figure == Decimal("61.7")


def test_a_base_of_100_and_5_percent_make_a_target_of_105() -> None:
    """PORT09-068; with a fall of 5 percent, to be reached from above, 95."""
    grown = own("- {id: growth, line: MS-02, base: 100, change_percent: 5}\n"
                "- {id: fall, line: MS-02, base: 100, change_percent: -5, direction: at_most}")  # fmt: skip
    found = rows(grown, YEAR, Shown("MS-02", 104))
    assert (found["growth"].target, found["growth"].status, found["growth"].difference) == (105, "below", -1)
    assert (found["fall"].target, found["fall"].status, found["fall"].difference) == (95, "above", 9)


def test_top_forms_against_80_and_90_percent() -> None:
    """HAMP10-225, -235: start 40 of 50, review 45 of 50, exit 39 of 50; all three 124 of 150 are 82.7 percent."""
    lines = [
        Shown(f"MS-19.{stage}", Decimal(2 * done), PERCENT, done, 50)
        for stage, done in (("start", 40), ("review", 45), ("exit", 39))
    ]
    found = rows(pack(HAMPSHIRE), MONTH, *lines)
    told = {name: (found[name].target, found[name].status, found[name].difference) for name in (
        "top_start_review.start", "top_start_review.review", "top_exit", "tops_dscp")}  # fmt: skip
    assert told == {
        "top_start_review.start": (80, "reached", 0), "top_start_review.review": (80, "reached", 10),
        "top_exit": (80, "below", -2), "tops_dscp": (90, "below", Decimal("-7.3")),
    }  # fmt: skip
    for share, status in ((89, "below"), (90, "reached")):
        of_all = own("- {id: top, line: MS-19.exit, target_percent: 90}")
        assert rows(of_all, MONTH, Shown("MS-19.exit", Decimal(share), PERCENT, share, 100))["top"].status == status


def test_877_are_716_kept_107_gone_early_and_54_only_triaged() -> None:
    """Hampshire L341-346: 12.2 and 6.2 percent beside the printed 12 and 6; effective treatment is never ours."""
    lines = [
        Shown(f"MS-13.{name}", number, "referrals", number, 877)
        for name, number in (("kept", 716), ("left_early", 107), ("only_triaged", 54))
    ]
    assert sum(int(line.value or 0) for line in lines) == 716 + 107 + 54 == 877
    found = rows(pack(HAMPSHIRE), YEAR, *lines)
    assert (found["unplanned_exit_12wk"].figure, found["triage_only"].figure) == (Decimal("12.2"), Decimal("6.2"))
    assert found["triage_only"].difference == Decimal("0.2")
    assert (found["effective_treatment_12wk"].figure, found["effective_treatment_12wk"].status) == (None, "no_figure")


def test_the_printed_806_are_64_percent_of_1254_and_lie_between_58_and_70() -> None:
    """PORT09-083, -091, -093: 806/1254, 806/1384 and 806/1157; 681/1254."""
    found = rows(pack(P09), YEAR, Shown("MS-24.ring_pdu", 806))
    ours = found["bulls_eye.pdu"].to_json()
    assert (ours["value"], ours["percent_of_target"], ours["percent_range"]) == (806, 64.3, [58.2, 69.7])
    printed = found["penetration.in_treatment_2007_8"].to_json()["printed"]
    assert (printed["percent"], printed["percent_low"], printed["percent_high"]) == (64.3, 58.2, 69.7)
    assert found["penetration.structured"].to_json()["printed"]["percent"] == 54.3


def test_four_groups_stand_beside_their_estimates_and_are_never_added() -> None:
    """Requirements 2.5: 3197, 2717, 1385 and 1620; 320 people are 10.0 percent of 3197. No row adds the four."""
    ring = (
        Part({"treatment_ring": "in_now"}, 200),
        Part({"treatment_ring": "never"}, 100),
        Part({"treatment_ring": None}, 20),
    )
    found = rows(pack(HAMPSHIRE), YEAR, Shown("MS-24.ring_pdu", 320, cells=ring))
    pdu = found["bulls_eye.pdu"]
    assert (pdu.figure, pdu.percent_of_target, pdu.indicator.reference and pdu.indicator.reference.value) == (
        320, Decimal("10.0"), 3197,
    )  # fmt: skip
    assert [found[f"bulls_eye.pdu.{name}"].figure for name in ("in_now", "in_last_12m", "never")] == [200, 0, 100]
    groups = [one for one in found.values() if one.indicator.id.startswith("bulls_eye.")]
    assert len(groups) == 4 * (1 + 4)
    assert all(len(one.indicator.lines) == 1 for one in groups)


def test_what_is_paid_by_results_is_tagged_from_march_2016_on() -> None:
    """BIRM15-118, -120: Birmingham's year begins in March, so 2016-17 begins on 1 March 2016."""
    before = Asked(first_day="2016-02-01", last_day="2016-02-29", cadence="monthly")
    after = Asked(first_day="2016-03-01", last_day="2016-03-31", cadence="monthly")
    found = {asked: tagged(against(pack(BIRMINGHAM).indicators, (), asked), "pbr") for asked in (before, after)}
    assert [one.indicator.id for one in found[before]] == ["family_or_network_involvement"]
    lines = {line for one in found[after] for line in one.indicator.lines}
    assert lines == {"MS-22.outcomes", "MS-14.sources", "MS-30", "MS-13.completed"}
    justice = tagged(found[after], "PBR criminal justice")
    assert {"police", "probation", "crc"} <= {one.indicator.by["source"] for one in justice}


def test_a_target_of_july_leaves_march_as_it_was() -> None:
    """BIRM15-042, HAMP10-035: 100 until June, 120 from July; an indicator that ended is not printed."""
    said = own("- {id: seen, line: MS-02, version: 2, targets: [{to: 2026-06-30, target: 100}, "
               "{from: 2026-07-01, target: 120}]}\n- {id: old, line: MS-02, valid_to: 2026-06-30}")  # fmt: skip
    march = Asked(first_day="2026-03-01", last_day="2026-03-31", cadence="monthly")
    assert rows(said, march, Shown("MS-02", 110))["seen"].status == "reached"
    july = rows(said, Asked(first_day="2026-07-01", last_day="2026-07-31", cadence="monthly"), Shown("MS-02", 110))
    assert (july["seen"].status, july["seen"].to_json()["version"], "old" in july) == ("below", 2, False)


def test_an_outside_tag_and_a_place_in_a_plan() -> None:
    """HAMP10-032: a pack tags its own lines; nothing rests on the reference to a plan."""
    said = own(
        "- {id: made, line: MS-13.made, tags: [PSA 25], plan_reference: '4.2, page 7'}\n- {id: seen, line: MS-02}"
    )
    (found,) = tagged(against(said.indicators, (Shown("MS-13.made", 3), Shown("MS-02", 9)), MONTH), "psa25")
    assert (found.indicator.id, found.to_json()["plan_reference"], found.status) == ("made", "4.2, page 7", "no_target")


def test_five_objectives_are_headings_over_their_lines() -> None:
    """LEIC15-39 to -43."""
    headings: dict[str, set[str]] = {}
    for one in pack("leicestershire-2016").indicators:
        headings.setdefault(one.heading, set()).update(line.partition(".")[0] for line in one.lines)
    assert [name for name in headings if name not in ("Section 11 sheet", "Access")] == [
        "Ensure safe and effective service", "Support vulnerability", "Reduce harm", "Support sustainable recovery",
        "Strengthen groups and communities",
    ]  # fmt: skip
    assert headings["Reduce harm"] == {*(f"MS-{number:02d}" for number in range(4, 13)), "MS-18"}
    assert headings["Support sustainable recovery"] == {"MS-16", "MS-22"}
    assert headings["Strengthen groups and communities"] == {"MS-17"}


def test_a_hidden_line_hides_its_indicator_and_a_share_of_few_is_hidden_outside() -> None:
    jobs = own("- {id: jobs, line: MS-22.outcomes, by: {outcome: employment}, out_of: [MS-22.support]}\n"
               "- {id: seen, line: MS-02, target: 10}")  # fmt: skip
    support, few = Shown("MS-22.support", 19), (Part({"outcome": "employment"}, 5),)
    outcomes = Shown("MS-22.outcomes", 5, cells=few)
    outside = Asked(first_day="2026-11-01", last_day="2026-11-30", cadence="monthly", least=20)
    assert rows(jobs, MONTH, outcomes, support)["jobs"].figure == Decimal("26.3")
    found = rows(jobs, outside, outcomes, support, Shown("MS-02", None, hidden=True))
    for name in ("jobs", "seen"):
        told = found[name].to_json()
        assert (told["value"], told["numerator"], told["difference"], told["hidden"]) == (None, None, None, True)
    twenty = rows(jobs, outside, outcomes, Shown("MS-22.support", 20))["jobs"]
    assert twenty.figure == 25
    part = Shown("MS-22.outcomes", 5, cells=(Part({"outcome": "employment"}, None, hidden=True),))
    assert rows(jobs, outside, part, Shown("MS-22.support", 40))["jobs"].status == "hidden"
    assert rows(jobs, MONTH, Shown("MS-02", None, unreadable=True))["seen"].status == "unreadable"


def test_the_section_11_sheet_from_records() -> None:
    """HAMP10-261, BIRM15-055: 1 of 2 told of children, 2 concerns of two kinds, one taken up after 4 days."""
    codes = CodeLists.load(assets.codes_csv(), pack(BIRMINGHAM))
    concern: dict[str, Any] = {
        "type": "safeguarding_concern",
        "occurred_at": "2026-11-03",
        "person": {"code": "ANNA80F"},
    }
    lines = counted(
        codes, person("ANNA80F", parental_status="all_children_live_with"), contact("ANNA80F"), contact("BETH81F"),
        {**concern, "kind": "neglect", "taken_up_on": "2026-11-07"}, {**concern, "kind": "domestic_abuse"},
    )  # fmt: skip
    shown = [shown_line(line, Level.INTERNAL) for line in lines.values()]
    found = {one.indicator.lines[0]: one for one in against(pack(BIRMINGHAM).indicators, shown, YEAR)
             if one.indicator.heading == "Section 11 sheet"}  # fmt: skip
    assert (found["MS-20.asked"].figure, found["MS-20.concerns"].figure) == (50, 2)
    assert found["MS-20.days_to_action"].figure == 4
    assert sum(int(cell.value) for cell in lines["MS-20.concerns"].cells) == found["MS-20.concerns"].figure


def test_teams_beside_the_whole_service() -> None:
    """4 of 5 contacts and 1 of 2 referrals are the needle exchange's: 50 percent is 30 points under its 80 percent.

    It offered a broker in 1 of 4 contacts, the day service in 1 of 1, the service in 2 of 5: 40 percent.
    """
    codes = CodeLists.load(assets.codes_csv(), pack(P09))
    lines = counted(
        codes, *[contact("ANNA80F", team="nx")] * 3, contact("BETH81F", team="nx", offers={"broker": "declined"}),
        contact("CARL82M", team="open-access", offers={"broker": "accepted"}),
        referral(destination="gp", team="nx"), referral(destination="gp", team="open-access"),
    )  # fmt: skip
    found = {
        (one.line, one.team): one for one in variation(shown_line(line, Level.INTERNAL) for line in lines.values())
    }
    met, made = found["MS-01.met_by_team", "nx"], found["MS-13.made_by_team", "nx"]
    assert (met.value, met.share, met.difference) == (4, 80, None)
    assert (made.value, made.share, made.difference) == (1, 50, -30)
    assert found["MS-13.made_by_team", "open-access"].difference == 30
    broker = [found["MS-16.offered_by_team", team] for team in ("nx", "open-access")]
    assert [(one.value, one.share, one.difference) for one in broker] == [(1, 25, -15), (1, 100, 60)]
    assert found["MS-02.by_team", "nx"].value == 2
    outside = variation(shown_line(line, Level.COMMISSIONER) for line in lines.values())
    assert {one.line for one in outside if one.line.startswith("MS-02")} == set()  # 1 and 2 people are few


@pytest.mark.parametrize(
    "said",
    ["- {id: a, line: [MS-02], direction: up}", "- {id: a, target: [1]}", "- {id: a, targets: [{form: 2026-01-01}]}",
     "- {id: a, version: 0}"],
)  # fmt: skip
def test_an_indicator_with_a_fault_is_refused(said: str) -> None:
    with pytest.raises(PackInvalid):
        own(said)


def test_contract_years_name_their_tags_by_the_packs_own_start() -> None:
    said = own("- {id: a, line: MS-02, tags: [PBR], from: 2016-17}", "reporting: {contract_year_start: '07-01'}")
    (one,) = [one for one in said.indicators if one.id == "a"]
    assert [one.tags_on(day) for day in (date(2016, 6, 1), date(2016, 7, 1))] == [(), ("PBR",)]
