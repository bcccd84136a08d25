"""Lines and lists that Leicestershire asks for, from records whose figures a person worked out."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from broker_desktop import assets
from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.pack import Pack
from broker_desktop.session.period import month_period
from tests.common.lines import DAY, cells, contact, counted, person
from tests.common.vaults import Service

PACK = "leicestershire-2016"
COUNTY, CITY = "leicestershire", "leicester_city"


@pytest.fixture(scope="module")
def codes() -> CodeLists:
    return CodeLists.load(assets.codes_csv(), Pack.parse(assets.pack_text(PACK)))


LIVING = (
    person("ANNA80F", locality=CITY),
    person("BETH81F", locality=COUNTY),
    person("CARL82M", locality={"answer": "declined"}),
)
MET = (
    contact("ANNA80F", locality=CITY),
    contact("ANNA80F", locality=COUNTY),
    contact("ANNA80F", locality=COUNTY),
    contact("BETH81F", locality=COUNTY),
    contact("CARL82M", locality=COUNTY),
    contact("NONE80M", locality=CITY),
    contact(locality=CITY),
    contact("BETH81F", locality=CITY, outcome=["no_answer"]),
)
"""Seven met: Anna once at home in the city and twice in the county, Beth at home; the last met nobody."""


def test_area_of_service_against_area_of_living(codes: CodeLists) -> None:
    """LEIC15-32: 1 + 2 + 1 + 1, and 2 in the city of whose home nothing is known, are 7."""
    line = counted(codes, *LIVING, *MET)["MS-01.met_by_home"]
    assert cells(line) == {
        (CITY, CITY): 1, (COUNTY, CITY): 2, (COUNTY, COUNTY): 1, (COUNTY, "declined"): 1, (CITY, None): 2,
    }  # fmt: skip
    assert sum(cells(line).values()) == line.value == 7


def test_somebody_from_the_city_is_seen_in_the_county_without_a_warning(tmp_path: Path) -> None:
    """LEIC15-60: the form says no more of the county than of the city at home, and it is one contact in the county."""
    with Service(tmp_path, pack=PACK).found().opened() as lead:
        home = lead.save("person", {"identity_level": "code", "code": "ANNA80F", "locality": CITY}).id
        met = {"occurred_at": DAY, "kind": "planned", "outcome": ["seen"], "setting": "hospital",
               "person": {"id": home}, "next_step": {"type": "none"}}  # fmt: skip
        at_home, away = (lead.check("contact", {**met, "locality": area}) for area in (CITY, COUNTY))
        assert away == at_home
        assert [issue for issue in away if issue.path in ("locality", "person")] == []
        assert [issue.path for issue in lead.check("contact", {**met, "locality": "atlantis"})][:1] == ["locality"]
        lead.save("contact", {**met, "locality": COUNTY})
        lines = lead.summary(month_period("2026-11"))
        (where,) = [cell for cell in lines.line("MS-01.met_by_home").cells if cell.value]
        assert (tuple(where.by.values()), where.value) == ((COUNTY, CITY), 1)
        assert (lines.line("MS-01.met").value, lines.line("MS-02").value) == (1, 1)


def test_in_the_same_area_or_another(codes: CodeLists) -> None:
    """LEIC15-79: Anna once and Beth once at home, Anna twice elsewhere; of 3 contacts it is not known."""
    lines = counted(codes, *LIVING, *MET)
    assert cells(lines["MS-01.met_near_home"]) == {"same": 2, "other": 2, None: 3}
    assert lines["MS-01.met_near_home"].value == lines["MS-01.met"].value == 7


def test_exchange_offers_and_referrals_by_age(codes: CodeLists) -> None:
    """LEIC15-51: Anna is 18 to 24, Beth 25 to 34; an offer to nobody in particular is none."""
    people = (person("ANNA80F", age_band="18_24"), person("BETH81F", age_band="25_34"))
    visit = {"type": "nx_visit", "occurred_at": DAY, "site_type": "fixed", "items": {}}
    offered: dict[str, Any] = {"offers": {"bbv": "offered"}}
    sent = {"type": "referral", "made_on": DAY, "direction": "out", "destination": "mental_health"}
    came = {"events": [{"event": "attended_first", "on": "2026-11-12"}]}
    lines = counted(
        codes, *people,
        {**visit, "person": {"code": "ANNA80F"}}, {**visit, "person": {"code": "BETH81F"}}, visit,
        contact("ANNA80F", **offered), contact("BETH81F", **offered), contact(**offered),
        {**sent, **came, "person": {"code": "BETH81F"}},
    )  # fmt: skip
    assert cells(lines["MS-04.by_age_band"]) == {"18_24": 1, "25_34": 1, None: 1}
    assert cells(lines["MS-11.offered_by_age_band"]) == {"18_24": 1, "25_34": 1}
    assert lines["MS-11.offered_by_age_band"].value == lines["MS-11.offered"].value == 2
    assert cells(lines["MS-13.attended_by_age_band"]) == {"25_34": 1}


def test_contacts_for_each_group_we_want_to_reach(codes: CodeLists) -> None:
    """LEIC15-36: three contacts in search of people, two of them for a group, one for two groups."""
    searched = {"purpose": "proactive_engagement"}
    lines = counted(
        codes, contact(**searched, target_groups=["women_only"]), contact(**searched),
        contact(**searched, target_groups=["women_only", "sleeping_rough"]),
    )  # fmt: skip
    assert cells(lines["MS-01.met_by_target_group"]) == {"women_only": 2, "sleeping_rough": 1}
    assert cells(lines["MS-01.met_by_purpose"]) == {"proactive_engagement": 3}


def test_overdoses_told_of_and_advice_about_them(codes: CodeLists) -> None:
    """LEIC15-46."""
    lines = counted(codes, contact(overdose_reported="yes", advice=["overdose"]), contact(overdose_reported="no"))
    assert [lines[one].value for one in ("MS-18.advice", "MS-18.overdoses_reported")] == [1, 1]


def test_30_pieces_of_feedback_on_4_topics(codes: CodeLists) -> None:
    """LEIC15-59: 12 + 9 + 6 + 3 are 30."""
    topics = ["access_speed"] * 12 + ["care_planning"] * 9 + ["retention"] * 6 + ["opening_hours"] * 3
    said = {"type": "feedback", "occurred_at": DAY, "channel": "focus_group", "level": "service"}
    line = counted(codes, *({**said, "topic": topic} for topic in topics))["MS-26"]
    assert sorted(cell.value for cell in line.cells) == [3, 6, 9, 12]
    assert line.value == 30


def test_the_new_service_is_not_offered_before_1_july_2016(codes: CodeLists) -> None:
    """LEIC15-03: a service of the pack can be chosen from 1 July 2016 on."""
    service = "adult-criminal-justice"
    assert service not in {one.code for one in codes.offered_on(date(2016, 6, 30)).entries("service")}
    assert service in {one.code for one in codes.offered_on(date(2016, 7, 1)).entries("service")}


def test_a_service_in_criminal_justice_and_no_prison_among_its_places(codes: CodeLists) -> None:
    """LEIC15-64."""
    assert "adult-criminal-justice" in codes.known("service")
    assert not [code for code in codes.known("place") if "prison" in code and codes.group("place", code) == PACK]


LEVELS = """
recipients:
  - {name: Health Overview and Scrutiny Committee, level: publish}
  - {name: Leicestershire County Council public health, level: commissioner}
"""


@pytest.mark.parametrize(
    "recipient", ["Health Overview and Scrutiny Committee", "Leicestershire County Council public health"]
)
def test_a_recipient_with_a_level_sees_no_small_number(tmp_path: Path, recipient: str) -> None:
    """LEIC15-01, LEIC15-02, LEIC15-84: the lead gives the committee a level; one contact alone is hidden from it."""
    with Service(tmp_path, pack=PACK).found().opened() as lead:
        text = assets.pack_text(PACK)
        lead.packs.load(text[: text.index("recipients:")] + LEVELS)
        lead.save("contact", {**contact(), "setting": "street"})
        made = lead.summary(month_period("2026-11"), recipient)
        assert (made.line("MS-01.met").value, made.line("MS-01.met").hidden) == (None, True)
