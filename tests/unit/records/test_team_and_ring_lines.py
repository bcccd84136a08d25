"""How teams differ, who stands in which ring, and homes assessed: figures that a person worked out."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from broker_desktop import assets
from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.measure.against import variation
from broker_desktop.records.pack import Pack
from broker_desktop.session.disclosure import Level
from tests.common.lines import DAY, cells, contact, counted, person, referral, visit
from tests.common.shown import shown_line


@pytest.fixture(scope="module")
def codes() -> CodeLists:
    return CodeLists.load(assets.codes_csv(), Pack.parse(assets.pack_text("portsmouth-2009-10")))


def test_two_teams_offer_a_broker_to_half_and_to_a_tenth(codes: CodeLists) -> None:
    """PORT12-27: 10 of 20 and 2 of 20; together 12 of 40 are 30 percent. Attempts are not looked at."""
    nx, day = {"team": "nx"}, {"team": "open-access"}
    lines = counted(
        codes,
        *[contact(offers={"broker": "offered"}, **nx)] * 4,
        *[contact(offers={"broker": "accepted"}, **nx)] * 3,
        *[contact("ANNA80F", offers={"broker": "declined"}, **nx)] * 3,
        *[contact(offers={"broker": "not_asked"}, **nx)] * 10,
        *[contact(offers={"broker": "offered"}, **day)] * 2,
        *[contact(**day)] * 18,
        contact(outcome=["not_found"], offers={"broker": "offered"}, **day),
    )
    line = lines["MS-16.offered_by_team"]
    assert cells(line) == {"nx": 10, "open-access": 2}
    assert (line.value, line.denominator, lines["MS-11.offered_by_team"].value) == (12, 40, 0)
    shown = [shown_line(one, Level.INTERNAL) for one in lines.values()]
    offers = {one.team: one for one in variation(shown) if one.line == line.id}
    assert {team: (one.share, one.difference) for team, one in offers.items()} == {
        "nx": (50, 20), "open-access": (10, -20),
    }  # fmt: skip


def test_completeness_by_team(codes: CodeLists) -> None:
    """PORT12-68: a team's answers given and missing are the parts of the whole."""
    lines = counted(codes, contact(team="nx", setting="street"), contact(team="open-access"), visit("ANNA80F"))
    whole, line = lines["MS-28.complete"], lines["MS-28.complete_by_team"]
    assert (line.value, line.numerator, line.denominator) == (whole.value, whole.numerator, whole.denominator)
    assert sum(cell.rests_on or 0 for cell in line.cells) == line.denominator
    found = cells(line)
    assert list(found) == ["nx", "open-access", None]
    assert found["nx"] > found["open-access"]
    missing = cells(lines["MS-28.missing_by_team"])
    assert {cell.by["team"]: (cell.rests_on or 0) - (cell.numerator or 0) for cell in line.cells} == {
        team: missing.get(team, 0) for team in found
    }


def test_four_groups_by_ring_overlap(codes: CodeLists) -> None:
    """Anna uses heroin and is in treatment, Beth crack and never was, Carl injects heroin and was not asked."""
    lines = counted(
        codes,
        person("ANNA80F", treatment_ring="in_now"), person("BETH81F", treatment_ring="never"), person("CARL82M"),
        contact("ANNA80F", substances=["heroin"]), contact("BETH81F", substances=["crack"]),
        visit("CARL82M", drug_injected=["heroin"]),
    )  # fmt: skip
    assert {name: cells(lines[f"MS-24.ring_{name}"]) for name in ("pdu", "opiate", "crack", "idu")} == {
        "pdu": {"in_now": 1, "never": 1, None: 1}, "opiate": {"in_now": 1, None: 1}, "crack": {"never": 1},
        "idu": {None: 1},
    }  # fmt: skip
    assert [lines[f"MS-24.ring_{name}"].value for name in ("pdu", "opiate", "crack", "idu")] == [3, 2, 1, 1]


def test_45_of_60_parents_had_their_home_assessed(codes: CodeLists) -> None:
    """BIRM15-045: done in October or now; asked for only is not done, and who is no parent is not in it."""
    parents = [f"ANNA{n}F" for n in range(60)]
    done: dict[str, Any] = {"type": "home_assessment", "requested_on": "2026-10-01", "state": "done"}
    lines = counted(
        codes,
        *(person(code, parental_status="all_children_live_with") for code in parents),
        person("CARL82M", parental_status="not_a_parent"),
        *(contact(code) for code in (*parents, "CARL82M")),
        *({**done, "done_on": DAY, "person": {"code": code}} for code in (*parents[:45], "CARL82M", parents[0])),
        {**done, "state": "requested", "person": {"code": parents[50]}},
    )
    line = lines["MS-20.home_assessed"]
    assert (line.value, line.numerator, line.denominator) == (Decimal(75), 45, 60)


def test_17_of_100_people_with_a_concern(codes: CodeLists) -> None:
    """BIRM15-052: two concerns about one person count once, one about nobody who was seen not at all."""
    seen = [f"ANNA{n}F" for n in range(100)]
    concern = {"type": "safeguarding_concern", "occurred_at": "2026-10-02", "kind": "neglect"}
    about = [*seen[:17], seen[0], "NOBODY1M"]
    lines = counted(
        codes, *(contact(code) for code in seen), *({**concern, "person": {"code": code}} for code in about)
    )
    line = lines["MS-20.with_concern"]
    assert (line.value, line.numerator, line.denominator) == (Decimal(17), 17, 100)


def test_5_of_100_at_the_needle_exchange_were_referred_and_came(codes: CodeLists) -> None:
    """PORT09-053: somebody who came twice counts once; one who only was referred, and one never here, do not."""
    here = [f"ANNA{n}F" for n in range(100)]
    came = ("attended_first", "2026-11-12")
    lines = counted(
        codes, *(visit(code) for code in here), *(referral(code, came) for code in (*here[:5], here[0], "CARL82M")),
        referral(here[9]),
    )  # fmt: skip
    line = lines["MS-13.attended_of_exchange"]
    assert (line.value, line.numerator, line.denominator) == (Decimal(5), 5, 100)
