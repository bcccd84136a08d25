"""What a pack's change does to a team: destinations, routes, names, zones, ended services, months of each pack."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from broker_desktop import assets
from broker_desktop.demo.overlay import demo_pack_text
from broker_desktop.errors import BadInput
from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.pack import Pack
from broker_desktop.session import Refused, Session, TeamAsked, create_team
from broker_desktop.session.pack_views import PackRefused
from broker_desktop.session.packs import checked
from broker_desktop.session.period import month_period
from broker_desktop.session.reference_data import bundled_pack
from tests.common.examples import example
from tests.common.vaults import HUB_URL, Desk, Service, in_step, moved_clock

PACKS = [path.stem for path in assets.pack_paths()]
ROIS, PORTSMOUTH, LEICESTER = "portsmouth-rois-2013", "portsmouth-2009-10", "leicestershire-2016"
IN = {
    "made_on": "2026-11-20",
    "direction": "in",
    "source": "probation",
    "person": {"code": "JOHN80M"},
    "consent": {"feedback": "yes", "recorded_on": "2026-11-20", "share": "yes"},
}
OUT = {**IN, "direction": "out", "destination": "prescribing"}


def found(tmp_path: Path, pack: str, at: datetime | None = None) -> Desk:
    desk = Service(tmp_path, pack=pack).found()
    return desk if at is None else moved_clock(desk, at)


def lists(pack_id: str) -> CodeLists:
    return CodeLists.load(assets.codes_csv(), bundled_pack(pack_id))


def test_a_spoke_becomes_a_destination_after_the_next_sync(tmp_path: Path) -> None:
    """PORT12-55. The file may come from a data officer; a lead puts it into use (protocol: pack is a lead's)."""
    service = Service(tmp_path, pack=ROIS)
    lead_desk = service.found()
    with lead_desk.opened() as lead:
        worker_desk = service.join(lead, "Wim Worker", "worker")
        lead.packs.load(
            assets.pack_text(ROIS).replace("commissioned: [prescribing,", "commissioned: [music therapy, prescribing,")
        )
        with worker_desk.opened() as worker:
            with pytest.raises(Refused):
                worker.save("referral", {**OUT, "destination": "music_therapy"})
            in_step(lead, worker)
            worker.save("referral", {**OUT, "destination": "music_therapy"})
            assert worker.records("referral")[0].cells["destination"] == "Music therapy"
            in_step(worker, lead)
            made = lead.summary(month_period("2026-11")).line("MS-13.made")
            assert [(cell.by["destination"], cell.value) for cell in made.cells] == [("music_therapy", 1)]


def test_the_four_commissioned_interventions_are_destinations() -> None:
    """PORT12-56, and HAMP10-182, -185: agencies with a name are destinations and sources."""
    rois, hampshire = lists(ROIS), lists("hampshire-homer-2010")
    for code in ("prescribing", "detoxification", "harm_reduction", "psychosocial_interventions"):
        assert code in rois.known("referral_destination")
    for name in ("catch_22", "care"):
        assert name in hampshire.known("referral_destination")
        assert name in hampshire.known("referral_source")


def test_the_next_criminal_justice_referral_goes_where_the_pack_says(tmp_path: Path) -> None:
    """PORT12-66: hub, then dip; one from housing is nobody's in particular, and a named team stays named."""
    dip = "teams: [{id: dip, name: DIP}]\nsettings: {cj_route: %s}\n"
    with found(tmp_path, ROIS).opened() as lead:

        def team_of(more: dict[str, object]) -> object:
            saved = lead.save("referral", {**IN, **more})
            return lead.record("referral", saved.id).payload.get("team")

        lead.packs.load(assets.pack_text(ROIS) + dip % "hub")
        assert team_of({}) == "hub"
        lead.packs.load(assets.pack_text(ROIS) + dip % "dip")
        assert team_of({}) == "dip"
        assert team_of({"team": "hub"}) == "hub"
        assert team_of({"source": "homelessness_service"}) is None


def test_another_operator_changes_the_cover_and_no_figure(tmp_path: Path) -> None:
    """PORT12-80."""
    with found(tmp_path, ROIS).opened() as lead:
        lead.save("referral", OUT)
        before = lead.summary(month_period("2026-11"))
        lead.packs.load(assets.pack_text(ROIS).replace("operator: null", "operator: Harbour Trust"))
        after = lead.summary(month_period("2026-11"))
        assert (before.operator, after.operator) == ("", "Harbour Trust")
        assert [line.to_json() for line in before.lines] == [line.to_json() for line in after.lines]


def test_a_zone_that_is_switched_on_changes_no_earlier_total(tmp_path: Path) -> None:
    """LEIC15-05: Rutland ships switched off; the one contact in the county stands in its area before and after."""
    service = Service(tmp_path, pack=LEICESTER)
    with service.found().opened() as lead, service.join(lead, "Sam Second", "lead").opened() as other:
        assert set(lead.codes.known("locality")) == {"leicestershire", "leicester_city"}
        met = {"occurred_at": "2026-11-20", "kind": "planned", "outcome": ["seen"], "setting": "hospital"}
        lead.save("contact", {**met, "locality": "leicestershire", "next_step": {"type": "none"}})
        in_step(lead, other)
        month = month_period("2026-11")
        before = [line.to_json() for line in lead.summary(month).lines]
        lead.packs.load(assets.pack_text(LEICESTER).replace("enabled: false", "enabled: true"))
        in_step(lead, other)
        for session in (lead, other):
            assert session.codes.label("locality", "rutland") == "Rutland"
            after = session.summary(month)
            cells = after.line("MS-01.met_by_locality").cells
            assert [(cell.by["locality"], cell.value) for cell in cells] == [("leicestershire", 1)]
            assert [line.to_json() for line in after.lines] == before


def test_an_ended_service_is_not_chosen_any_more_and_still_prints(tmp_path: Path) -> None:
    """PORT12-03: end-dated 31/03/2013; a referral of that day takes it, one of 01/04/2013 does not."""
    at = datetime(2013, 4, 20, 9, 0, tzinfo=UTC)
    text = assets.pack_text(PORTSMOUTH).replace("{id: aftercare,", "{id: aftercare, valid_to: 2013-03-31,")
    with found(tmp_path, PORTSMOUTH, at).opened() as lead:
        lead.packs.load(text)
        march = {**OUT, "destination": "gp", "service": "aftercare", "made_on": "2013-03-31"}
        march["consent"] = {"feedback": "yes", "recorded_on": "2013-03-31", "share": "yes"}
        saved = lead.save("referral", march)
        with pytest.raises(Refused) as refused:
            lead.save("referral", {**march, "made_on": "2013-04-01"})
        told = {issue.path: issue.message for issue in refused.value.issues}
        assert told["service"] == "This ended on Sun 31 Mar 2013. Choose another one for a later day."
        kind = lead.worded("referral")
        payload = lead.record("referral", saved.id).payload
        assert kind.by_name["service"].text(payload["service"], lead.codes) == "Aftercare"


def test_what_the_system_before_had_ends_the_day_before_the_new_one() -> None:
    """PORT12-35, -85: ROIS begins on 1 April 2013, so venues and services before it hold up to 31 March."""
    rois = lists(ROIS)
    for list_id, code in (("place", "kingsway_house"), ("service", "counselling")):
        assert str(rois.known(list_id)[code].valid_to) == "2013-03-31"


@pytest.mark.parametrize(
    ("words", "code"),
    [("mephadrone", "mephedrone"), ("Meow", "mephedrone"), ("m-cat", "mephedrone"), ("KETAMINE", "ketamine")],
)
def test_other_names_of_a_substance_lead_to_it(words: str, code: str) -> None:
    """HAMP10-093 and following: the seed prints Mephadrone; what is typed leads to one code."""
    assert lists("hampshire-homer-2010").named("substance", words) == code


def test_a_demo_pack_is_refused_outside_the_demo(tmp_path: Path) -> None:
    overlay = assets.asset_text("packs", "demo", f"{PORTSMOUTH}.yaml")
    with found(tmp_path / "one", PORTSMOUTH).opened() as lead:
        with pytest.raises(PackRefused, match="PACK-3"):
            lead.packs.load(overlay)
        with pytest.raises(BadInput, match="PACK-DEMO"):
            lead.packs.load(demo_pack_text(PORTSMOUTH))
        lead.packs.load(demo_pack_text(PORTSMOUTH), demo=True)
        assert lead.packs.state().demo
        with pytest.raises(BadInput, match="PACK-DEMO"):
            lead.packs.go_live()
    desk = found(tmp_path / "two", PORTSMOUTH)
    asked = TeamAsked(hub=HUB_URL, token="t", name="Team", person="Lee", pack=f"demo/{PORTSMOUTH}")
    with pytest.raises(BadInput, match="PACK-3"):
        create_team(desk.environment, tmp_path / "three", "glove amber canal tiger plaza", asked)


@pytest.mark.parametrize("pack_id", PACKS)
def test_each_pack_has_a_demo_overlay_that_fills_what_a_team_needs(pack_id: str) -> None:
    pack = checked(demo_pack_text(pack_id))
    assert pack.needs == ()
    assert pack.demo
    assert pack.year_start == bundled_pack(pack_id).year_start


@pytest.mark.parametrize("pack_id", PACKS)
def test_each_pack_makes_a_month_under_its_own_name(tmp_path: Path, pack_id: str) -> None:
    """One contact of one person in November: MS-01.met is 1, and the sheet says under which pack."""
    with found(tmp_path, pack_id).opened() as lead:
        meet(lead)
        month = lead.summary(month_period("2026-11"))
        assert month.line("MS-01.met").value == 1
        assert (month.pack_id, month.pack_version) == (pack_id, Pack.parse(assets.pack_text(pack_id)).version)


def meet(session: Session) -> None:
    example_of = example("contact")
    session.save("contact", {name: value for name, value in example_of.items() if name not in {"team", "venue"}})
