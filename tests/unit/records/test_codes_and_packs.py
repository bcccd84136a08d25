"""Code lists with and without an area pack, and the packs themselves."""

from __future__ import annotations

from collections import Counter

import pytest

from broker_desktop import assets
from broker_desktop.records import CATALOGUE, safety
from broker_desktop.records.access import Role, default_compartments
from broker_desktop.records.codelist import PACK_LISTS, CodeLists
from broker_desktop.records.met import MET_OUTCOMES
from broker_desktop.records.pack import Pack, PackInvalid
from broker_desktop.records.pack.reading import Recipient

PACKS = [path.stem for path in assets.pack_paths()]


def pack(pack_id: str) -> Pack:
    return Pack.parse(assets.pack_text(pack_id))


def test_labels_groups_and_order(portsmouth: CodeLists) -> None:
    assert portsmouth.label("site_type", "fixed") == "Fixed site or static clinic"
    assert portsmouth.label("site_type", "drone") == "drone"
    assert portsmouth.group("outcome", "not_found") == "attempt"
    assert portsmouth.group("outcome", "drone") == ""
    assert portsmouth.in_group("outcome", "attempt") == {"not_found", "declined"}
    assert [entry.code for entry in portsmouth.entries("sex")] == ["female", "male", "not_specified"]
    assert portsmouth.nearest("site_type", "moblie") == "mobile"


def test_a_pack_of_equipment_opens_into_its_items(portsmouth: CodeLists) -> None:
    assert portsmouth.contents("PK_2ML_10") == {"BRL_2": 10, "NDL_25O_25": 10}
    assert portsmouth.contents("PK_MIX") == {}


def test_teams_and_places_are_those_of_the_pack(portsmouth: CodeLists) -> None:
    assert set(portsmouth.known("team")) == {"nx", "open-access", "assertive-outreach", "transitional-16-24"}
    hampshire = CodeLists.load(assets.codes_csv(), pack("hampshire-homer-2010"))
    assert "pharmacy_daat_46" in hampshire.known("place")
    assert "mobile_exchange" not in hampshire.known("place")
    assert CodeLists.load(assets.codes_csv()).entries("team") == ()


def test_what_only_the_pack_file_names_is_in_the_lists_too() -> None:
    birmingham = CodeLists.load(assets.codes_csv(), pack("birmingham-cri-2015"))
    assert [entry.code for entry in birmingham.entries("place")][:2] == ["job_centre", "employment_centre"]
    assert birmingham.label("service", "call-centre") == "Call centre"


@pytest.mark.parametrize("pack_id", ["portsmouth-2009-10", "hampshire-homer-2010"])
def test_the_places_of_a_pack_file_are_in_the_code_lists(pack_id: str) -> None:
    codes = CodeLists.load(assets.codes_csv(), pack(pack_id))
    assert {place.code for place in pack(pack_id).places} <= set(codes.known("place"))


@pytest.mark.parametrize("pack_id", PACKS)
def test_every_bundled_pack_is_read(pack_id: str) -> None:
    read = pack(pack_id)
    assert read.id == pack_id
    assert read.title


@pytest.mark.parametrize(
    ("pack_id", "month"),
    [
        ("portsmouth-2009-10", 4),
        ("portsmouth-rois-2013", 4),
        ("hampshire-homer-2010", 4),
        ("birmingham-cri-2015", 3),
        ("leicestershire-2016", 7),
    ],
)
def test_years_begin_where_requirements_6_5_says(pack_id: str, month: int) -> None:
    assert pack(pack_id).year_start == month


def test_what_a_document_does_not_say_is_a_gap() -> None:
    gaps = pack("portsmouth-2009-10").gaps
    printed = ("valid_from", "valid_to", "bbv.viruses", "kpi.7.target", "kpi.8.target")
    assert gaps == (*printed, "safeguarding.phone", "clinical_sign_off")


def test_labels_and_recipients() -> None:
    assert pack("portsmouth-rois-2013").labels == {"peer": "recovery broker"}
    assert pack("portsmouth-2009-10").recipients[0] == Recipient("Safer Portsmouth Partnership")
    told = Pack.parse("pack: p\ntitle: t\nrecipients: [{name: The Board, level: commissioner}]")
    assert told.recipients == (Recipient("The Board", "commissioner"),)


def test_a_pack_names_roles_and_changes_what_they_read() -> None:
    told = Pack.parse(
        "pack: p\ntitle: t\npeer_role: {label: mentor}\n"
        "roles: {worker: {label: broker, compartments: [general, clinical]}, peer: {compartments: []}}"
    )
    assert told.labels == {"peer": "mentor", "worker": "broker"}
    assert dict(told.compartments) == {"worker": frozenset({1, 2}), "peer": frozenset()}
    assert default_compartments(Role.WORKER, of_pack=told.compartments) == {1, 2, 3}
    assert default_compartments(Role.PEER, of_pack=told.compartments) == {3}
    assert default_compartments(Role.PEER, of_pack=told.compartments, clinical=True) == {2, 3}
    assert default_compartments(Role.NURSE, of_pack=told.compartments) == {1, 2, 3}


@pytest.mark.parametrize(
    "roles", ["[worker]", "{driver: {label: d}}", "{worker: {compartments: [admin]}}", "{lead: {compartments: []}}"]
)
def test_roles_that_a_pack_cannot_have(roles: str) -> None:
    with pytest.raises(PackInvalid):
        Pack.parse(f"pack: p\ntitle: t\nroles: {roles}")


@pytest.mark.parametrize("text", ["", "[1, 2]", "pack: [", "pack: p", "title: t", "pack: 7\ntitle: t"])
def test_what_is_no_pack_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(PackInvalid, match=r"pack"):
        Pack.parse(text)


def test_no_code_is_listed_twice() -> None:
    rows = [tuple(line.split(",")[:2]) for line in assets.codes_csv().splitlines()[1:]]
    of_packs = [row for row in rows if row[0] not in PACK_LISTS]
    assert sorted(row for row, times in Counter(of_packs).items() if times > 1) == []


def test_what_counts_as_met_is_the_group_of_the_code_list() -> None:
    codes = CodeLists.load(assets.codes_csv())
    assert set(MET_OUTCOMES) == codes.in_group("outcome", "met")


def test_answers_about_safety_are_answers_that_are_asked() -> None:
    asked = {field.name for kind in CATALOGUE for field in kind.fields}
    assert asked >= safety.FIELDS
    assert {kind.name for kind in CATALOGUE} >= safety.TYPES


def test_what_belongs_to_one_area_is_offered_to_no_other() -> None:
    codes = {"sds_broker", "carer_forum", "sp_project_1", "sp_project_2", "two_year_old_childcare"}
    for pack_id in PACKS:
        known = set(CodeLists.load(assets.codes_csv(), pack(pack_id)).known("referral_destination"))
        assert codes & known == (codes if pack_id == "hampshire-homer-2010" else set())
