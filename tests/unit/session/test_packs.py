"""A team's packs: loaded by a lead, carried by sync, in force by day, and never able to break a laptop."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from broker_desktop import assets
from broker_desktop.errors import BadInput, NotPermitted
from broker_desktop.records.pack.spells import Spell
from broker_desktop.records.record_type import COMMON
from broker_desktop.records.rules import Severity
from broker_desktop.session import Refused, Session
from broker_desktop.session.pack_views import PackRefused
from broker_desktop.session.packs import pack_from
from broker_desktop.session.period import month_period
from broker_desktop.session.reference_data import bundled_pack, code_lists, lists_of
from broker_desktop.store.system_rows import PACK
from tests.common.vaults import Desk, Service, in_step, moved_clock

PORTSMOUTH = "portsmouth-2009-10"
WITH_MDMB = (
    "codes: {substance: [{code: mdmb, label: MDMB resin, aliases: [spice]}], setting: [{code: dip, label: DIP}]}\n"
)
"""A substance and a setting that no list has."""

ANSWERS = {
    "valid_from": "01/04/2009",
    "safeguarding.phone": "01632 960 001",
    "clinical_sign_off": "Dr A. Example, clinical lead, 2009-04-01",
}
"""The three gaps that keep Portsmouth 2009/10 from going live (needs.py, worked out from the file)."""


def text_of(pack_id: str = PORTSMOUTH) -> str:
    return assets.pack_text(pack_id)


def contact(code: str, day: str = "2026-11-20") -> dict[str, object]:
    return {
        "occurred_at": f"{day}T18:00:00+00:00",
        "kind": "drop_in",
        "outcome": ["seen"],
        "setting": "street",
        "person": {"code": "JOHN80M"},
        "substances": [code],
        "next_step": {"type": "none"},
        "note": "invented",
    }


@pytest.fixture
def service(tmp_path: Path) -> Service:
    return Service(tmp_path)


@pytest.fixture
def lead_desk(service: Service) -> Desk:
    return service.found()


@pytest.fixture
def worker_desk(service: Service, lead_desk: Desk) -> Desk:
    with lead_desk.opened() as lead:
        return service.join(lead, "Wim Worker", "worker")


def made(session: Session, type_name: str, record_id: str) -> dict[str, object]:
    """What a record was made under."""
    context = session._context
    row = bytes.fromhex(record_id.replace("-", ""))
    found = context.vault.replica.shown(type_name, [row])[row]["_made"]
    assert isinstance(found, dict)
    return found


def test_a_new_substance_reaches_the_second_laptop_with_its_next_sync(lead_desk: Desk, worker_desk: Desk) -> None:
    with lead_desk.opened() as lead, worker_desk.opened() as worker:
        before = worker.save("contact", contact("heroin"))
        with pytest.raises(Refused):
            worker.save("contact", contact("mdmb"))
        lead.packs.load(text_of() + WITH_MDMB)
        assert lead.codes.label("substance", "mdmb") == "MDMB resin"
        assert worker.codes.label("substance", "mdmb") == "mdmb"
        lead.sync_once()
        worker.sync_once()
        assert worker.codes.label("substance", "mdmb") == "MDMB resin"
        assert worker.codes.named("substance", "Spice") == "mdmb"
        assert "dip" in worker.codes.known("setting")
        after = worker.save("contact", contact("mdmb"))
        assert made(worker, "contact", before.id)["pack_version"] == bundled_pack(PORTSMOUTH).version
        assert made(worker, "contact", after.id)["pack_version"] == worker.packs.state().version
        assert made(worker, "contact", after.id)["pack"] == PORTSMOUTH


def test_a_code_of_a_newer_pack_reads_as_itself_where_the_pack_has_not_come(lead_desk: Desk, worker_desk: Desk) -> None:
    """The lead's records are in general and common; the pack row is set aside here to stand for one that is late."""
    with lead_desk.opened() as lead, worker_desk.opened() as worker:
        lead.packs.load(text_of() + "format: 1\n" + WITH_MDMB)
        lead.save("contact", contact("mdmb"))
        lead.sync_once()
        worker.sync_once()
        worker._context.codes = code_lists(PORTSMOUTH)
        (row,) = worker.records("contact")
        assert row.payload["substances"] == ["mdmb"]
        assert worker.worded("contact").by_name["substances"].text(["mdmb"], worker.codes) == "mdmb"


def test_only_a_lead_loads_a_pack(worker_desk: Desk) -> None:
    with worker_desk.opened() as worker:
        with pytest.raises(NotPermitted):
            worker.packs.load(text_of() + WITH_MDMB)
        with pytest.raises(NotPermitted):
            worker.packs.go_live()


def test_a_pack_row_that_a_worker_made_is_used_nowhere(lead_desk: Desk, worker_desk: Desk) -> None:
    """A changed program of a worker writes one: every other laptop sets it aside as not permitted."""
    with lead_desk.opened() as lead, worker_desk.opened() as worker:
        fields = {"pack": PORTSMOUTH, "text": text_of() + WITH_MDMB, "rank": 9, "at": ""}
        with worker._context.vault.replica.transaction() as tx:
            tx.create(PACK, bytes(16), COMMON, fields)
        in_step(worker, lead)
        assert "mdmb" not in lead.codes.known("substance")
        assert [one.code for one in lead.check_vault().findings if one.code == "set_aside"] == ["set_aside"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("format: 2\n", "is made for a newer program"),
        ("venue_typs: [van]\n", "has a fault in line 54"),
    ],
)
def test_a_pack_that_cannot_be_used_here_breaks_nothing(lead_desk: Desk, text: str, sentence: str) -> None:
    """Portsmouth's file has 53 lines, so a line added at its end is line 54."""
    with lead_desk.opened() as lead:
        fields = {"pack": PORTSMOUTH, "text": text_of() + text, "rank": 1, "at": ""}
        with lead._context.vault.replica.transaction() as tx:
            tx.create(PACK, bytes(16), COMMON, fields)
        state = lead.packs.state()
        assert state.version == bundled_pack(PORTSMOUTH).version
        report = lead.check_vault()
        assert report.ok
        assert [sentence in one.text for one in report.findings if one.code == "pack_unusable"] == [True]
        lead.save("contact", contact("heroin"))


def test_loading_a_pack_with_faults_changes_nothing_and_names_each_line(lead_desk: Desk) -> None:
    with lead_desk.opened() as lead:
        before = lead.packs.state()
        with pytest.raises(PackRefused) as refused:
            lead.packs.load(text_of().replace("valid_to: null", "valid_to: soon"), "p.yaml")
        assert refused.value.place.line == 4
        assert "p.yaml, line 4, valid_to: This is not a day." in refused.value.detail
        assert lead.packs.state() == before


def test_a_team_goes_live_once_its_gaps_are_filled(lead_desk: Desk, worker_desk: Desk) -> None:
    with lead_desk.opened() as lead, worker_desk.opened() as worker:
        assert lead.packs.state().live_since == ""
        with pytest.raises(BadInput) as refused:
            lead.packs.go_live()
        assert refused.value.code == "PACK-GAPS"
        for gap in ANSWERS:
            assert gap in refused.value.detail
        text = pack_from(bundled_pack(PORTSMOUTH), "harbour-2026", "Harbour", ANSWERS)
        lead.packs.load(text)
        assert lead.packs.state().needs == ()
        lead.packs.go_live()
        in_step(lead, worker)
        assert worker.packs.state().live_since == lead.packs.state().live_since != ""
        with pytest.raises(BadInput, match="PACK-GAPS"):
            lead.packs.load(
                text.replace("01632 960 001", "")
                .replace('phone: ""', "phone: null")
                .replace("phone: ''", "phone: null")
            )


def test_two_packs_of_one_service_share_a_handover_month(service: Service, lead_desk: Desk) -> None:
    """PORT12-88, PORT12-03: ROIS begins on 1 April 2013, so Portsmouth 2009/10 holds up to 31 March 2013."""
    at = moved_clock(lead_desk, datetime(2013, 4, 20, 9, 0, tzinfo=UTC))
    with at.opened() as lead:
        lead.packs.load(text_of("portsmouth-rois-2013"))
        old, new = lead.packs.state().packs
        assert (old.id, str(old.last), old.today) == (PORTSMOUTH, "2013-03-31", False)
        assert (new.id, str(new.first), new.today) == ("portsmouth-rois-2013", "2013-04-01", True)
        lead.save("contact", {**contact("heroin", "2013-03-31"), "team": "nx"})
        lead.save("contact", {**contact("heroin", "2013-04-01"), "team": "hub"})
        with pytest.raises(Refused, match=r".") as refused:
            lead.save("contact", {**contact("heroin", "2013-04-01"), "team": "nx"})
        assert [one.path for one in refused.value.issues if one.severity is Severity.REFUSE] == ["team"]
        with pytest.raises(Refused):
            lead.save("contact", {**contact("heroin", "2013-03-31"), "team": "hub"})
        march, april = lead.summary(month_period("2013-03")), lead.summary(month_period("2013-04"))
        assert (march.pack_id, april.pack_id) == (PORTSMOUTH, "portsmouth-rois-2013")
        assert march.line("MS-01.met").value == april.line("MS-01.met").value == 1
        assert lead.codes.label("team", "nx") == "Needle exchange"
        assert "nx" not in {one.code for one in lead.codes.offered_on(date(2014, 1, 1)).entries("team")}


def test_a_pack_that_is_still_to_come_stands_against_going_live_too(service: Service, lead_desk: Desk) -> None:
    """On 20 March 2013 a complete Portsmouth holds; ROIS, which takes over on 1 April, has no number to call."""
    at = moved_clock(lead_desk, datetime(2013, 3, 20, 9, 0, tzinfo=UTC))
    with at.opened() as lead:
        complete = text_of().replace("valid_from: null", "valid_from: 2009-04-01")
        signed = "clinical_sign_off: {by: Dr A. Example, role: lead, day: 2009-04-01}\n"
        lead.packs.load(f"{complete}safeguarding: {{phone: '01632 960 001'}}\n{signed}")
        assert lead.packs.state().needs == ()
        lead.packs.load(text_of("portsmouth-rois-2013"))
        assert lead.packs.state().id == PORTSMOUTH
        assert "safeguarding.phone" in [need.path for need in lead.packs.state().needs]
        with pytest.raises(BadInput, match="PACK-GAPS") as refused:
            lead.packs.go_live()
        assert "The pack portsmouth-rois-2013" in refused.value.detail


def test_forms_speak_in_the_words_of_todays_pack_and_not_of_the_coming_one(service: Service, lead_desk: Desk) -> None:
    """ROIS says recovery broker from 1 April 2013; a role's label is a code of a list that packs reword."""
    codes = lists_of(
        (Spell(bundled_pack(PORTSMOUTH)), Spell(bundled_pack("portsmouth-rois-2013"))), bundled_pack(PORTSMOUTH)
    )
    later = lists_of(
        (Spell(bundled_pack(PORTSMOUTH)), Spell(bundled_pack("portsmouth-rois-2013"))),
        bundled_pack("portsmouth-rois-2013"),
    )
    changed = {
        (name, code) for name in codes for code, entry in codes.known(name).items()
        if entry.label != later.label(name, code)
    }  # fmt: skip
    assert changed
    assert all("recovery broker" in later.label(*one).lower() for one in changed)
    assert codes.label("referral_source", "peer_broker") == "Peer broker"
    assert later.label("referral_source", "peer_broker") == "Recovery broker"
