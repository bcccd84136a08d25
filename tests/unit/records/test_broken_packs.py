"""Fifty broken packs, one field each: every one is refused whole, with the line, the place, the fault and the remedy.

A row says: pack, line, what stands in that line, what is written instead, and the finding that a person worked out by
reading the file. The lines are those of the five files that ship; a fault that moves nothing is found on its own line.
"""

from __future__ import annotations

import pytest

from broker_desktop import assets
from broker_desktop.records.pack import Finding, Pack, PackInvalid
from broker_desktop.session.reference_data import names, read_pack

P09, P12 = "portsmouth-2009-10", "portsmouth-rois-2013"
HAM, BIR, LEI = "hampshire-homer-2010", "birmingham-cri-2015", "leicestershire-2016"

NO_DAY = "This is not a day."
A_DAY = "Write a day that exists, such as 2013-04-01."
A_MONTH = "Write a day that exists, such as 2013-04-01, or a month such as 2013-04."
NO_TEXT, A_TEXT = "This takes text.", "Write it as text, in quotes if it looks like a number or a date."
NO_LIST, A_LIST = "This takes a list.", "Put what stands here in square brackets: [ ]."
NO_FLAG, A_FLAG = "This takes true or false.", "Write true or false, without quotes."
NO_NUMBER = "This takes a whole number."
NO_NAME = "There is no such name here."
ID = "Write small letters and digits with - or _ between them."
AS_IT_HAS_TO = "This is not written as it has to be."

CADENCES = "There are: weekly, fortnightly, monthly, quarterly, half_year, annual, rolling_12_month."

BROKEN = [
    (P09, 1, "pack: portsmouth-2009-10", "pack: Portsmouth 2009", "pack", AS_IT_HAS_TO, ID),
    (P09, 1, "pack: portsmouth-2009-10", "pak: portsmouth-2009-10", "pak", "There is no key pak here.",
     "Did you mean pack?"),
    (P09, 2, '"Safer Portsmouth Partnership adult drug treatment 2009/10"', "2009", "title", NO_TEXT, A_TEXT),
    (P09, 3, "null", "2009-02-30", "valid_from", NO_DAY, A_MONTH),
    (P09, 4, "null", "2010-03", "valid_to", NO_DAY, A_DAY),
    (P09, 4, "null", "31/03/2010", "valid_to", NO_DAY, A_DAY),
    (P09, 6, "[city]", "city", "geography.levels", NO_LIST, A_LIST),
    (P09, 7, "zones:", "zone:", "geography.zone", "There is no key zone here.", "Did you mean zones?"),
    (P09, 9, "id: nx", "id: N X", "teams.0.id", AS_IT_HAS_TO, ID),
    (P09, 10, "id: open-access", "id: nx", "teams.1.id", "The id nx stands here twice.",
     "Give one of them another id."),
    (P09, 11, "2008-04", "April 2008", "teams.2.full_staffing_since", NO_DAY, A_MONTH),
    (P09, 14, "access: open", "access: opne", "services.0.access", NO_NAME,
     "Did you mean open? There are: open, structured."),
    (P09, 22, "id: detox-inpatient", "id: structured-groupwork", "services.8.id",
     "The id structured-groupwork stands here twice.", "Give one of them another id."),
    (P09, 30, "tier: 4", "tier: 5", "services.16.tier", NO_NUMBER, "Write a number of 1 to 4, without quotes."),
    (P09, 32, "method: blood-spot", "methd: blood-spot", "bbv.methd", "There is no key methd here.",
     "Did you mean method?"),
    (P09, 36, "incentives: true", "incentives: often", "harm_reduction.overdose_workshops.incentives", NO_FLAG, A_FLAG),
    (P09, 38, "[mobile exchange, static clinic, drop-in day service, hostel, support centre]", "van", "venue_types",
     NO_LIST, A_LIST),
    (P09, 44, "[900, 1500]", "[1500, 900]", "kpi.2.reference", "A band has two numbers, the smaller one first.",
     "Write it as [120, 140]."),
    (P09, 45, "[120, 140]", "[120]", "kpi.3.reference", "A band has two numbers, the smaller one first.",
     "Write it as [120, 140]."),
    (P09, 46, "target_percent: 5", "target_percent: 500", "kpi.4.target_percent", NO_NUMBER,
     "Write a number of 0 to 100, without quotes."),
    (P09, 53, "[Safer Portsmouth Partnership,", "[{name: Safer Portsmouth Partnership, level: public},",
     "recipients.0.level", NO_NAME, "Did you mean publish? There are: internal, commissioner, publish."),
    (P12, 2, "title: Recovery Oriented Integrated System (ROIS)", "titel: ROIS", "titel", "There is no key titel here.",
     "Did you mean title?"),
    (P12, 4, "null", "2013-03-31", "valid_to", "This ends before it begins.",
     "Write a valid_to that is not before valid_from."),
    (P12, 6, "single_team: true", "single_team: one", "hub.single_team", NO_FLAG, A_FLAG),
    (P12, 6, "operator: null", "operater: null", "hub.operater", "There is no key operater here.",
     "Did you mean operator?"),
    (P12, 7, "label: recovery broker", "label: 7", "peer_role.label", NO_TEXT, A_TEXT),
    (P12, 9, "[prescribing,", "[{id: Prescribing!},", "spokes.commissioned.0.id", AS_IT_HAS_TO, ID),
    (P12, 12, "options: [distinct, integrated in hub]", "options: distinct", "spokes.criminal_justice.options", NO_LIST,
     A_LIST),
    (P12, 15, "provider: Cranstoun", "providr: Cranstoun", "previous_system.services.0.providr",
     "There is no key providr here.", "Did you mean provider?"),
    (P12, 22, "[individual,", "[null,", "feedback_levels.0", "A place of this list is empty.",
     "Fill it in or take it out."),
    (P12, 26, "id: successful_completion_and_staying_out", "id: numbers_accessing_treatment", "kpi.1.id",
     "The id numbers_accessing_treatment stands here twice.", "Give one of them another id."),
    (P12, 30, "quarterly: [Recovery Action Alliance open forum]", "quarterly: often", "reporting.quarterly",
     NO_FLAG, A_FLAG),
    (HAM, 3, "2010-12", "2010-13", "valid_from", NO_DAY, A_MONTH),
    (HAM, 8, "id: east, ", "", "geography.zones.0", "The key id is missing here.", "Add id: with its value."),
    (HAM, 9, "id: west", "id: east", "geography.zones.1.id", "The id east stands here twice.",
     "Give one of them another id."),
    (HAM, 14, "596", "-596", "assumed_demand.Eastleigh.3", NO_NUMBER, "Write a number of 0 or more, without quotes."),
    (HAM, 27, "{pattern: multi-disciplinary locality teams, names: null}", "none", "teams",
     "This has another shape than it takes.", "Write a list of teams, each with an id and a name."),
    (HAM, 30, "fixed: 7", "fixed: seven", "needle_exchange.sites.fixed", NO_NUMBER,
     "Write a number of 0 to 999, without quotes."),
    (HAM, 30, "mobile: 3", "mobil: 3", "needle_exchange.sites.mobil", "There is no kind of site mobil.",
     "Did you mean mobile?"),
    (HAM, 36, "tier: 3", "tier: three", "bbv.programme.tier", NO_NUMBER, "Write a number of 1 to 4, without quotes."),
    (HAM, 42, "seed_term: broker, ", "", "label_clash", "The key seed_term is missing here.",
     "Add seed_term: with its value."),
    (HAM, 46, "id: top_start_review, ", "", "kpi.0", "The key id is missing here.", "Add id: with its value."),
    (HAM, 57, "half_year: true", "half_year: 2", "reporting.half_year", NO_FLAG, A_FLAG),
    (BIR, 3, "2015-03-01", '"1 March 2015"', "valid_from", NO_DAY, A_MONTH),
    (BIR, 5, "name: Crime Reduction Initiatives (CRI), ", "", "lead_provider", "The key name is missing here.",
     "Add name: with its value."),
    (BIR, 22, "placeholders: 4", "placeholders: four", "agencies.11.placeholders", NO_NUMBER,
     "Write a number of 0 to 9999, without quotes."),
    (BIR, 27, "peer_role: {label: peer mentor", "peer_role: {lable: peer mentor", "peer_role.lable",
     "There is no key lable here.", "Did you mean label?"),
    (BIR, 35, "pbr: true", "pbr: 'yes'", "kpi.0.pbr", NO_FLAG, A_FLAG),
    (BIR, 42, "[monthly,", "[montly,", "reporting.cadence.0", NO_NAME, f"Did you mean monthly? {CADENCES}"),
    (BIR, 42, "contract_year_start: 03-01", "contract_year_start: 13-01", "reporting.contract_year_start", AS_IT_HAS_TO,
     "Write the month and the day, in quotes, such as '04-01'."),
    (LEI, 9, "enabled: false", "enabled: later", "geography.zones.2.enabled", NO_FLAG, A_FLAG),
    (LEI, 12, "names: null, area", "names: [Hinckley], area", "venues.hubs.names",
     "Rule venues.hubs.minimum: at least 2 hubs, and here stand 1.", "Name the other hubs, or lower the minimum."),
    (LEI, 13, "days_a_week: 6", "days_a_week: 8", "opening.days_a_week", NO_NUMBER,
     "Write a number of 1 to 7, without quotes."),
    (LEI, 14, "young_person: null", "young_person: 18 years", "age_groups.young_person", NO_NUMBER,
     "Write a number of 5 to 30, without quotes."),
    (LEI, 18, "excludes: [prisons]", "exclude: [prisons]", "services.0.exclude", "There is no key exclude here.",
     "Did you mean excludes?"),
    (LEI, 28, "- prevention of drug related deaths", "- 28", "outcomes.2", NO_TEXT, A_TEXT),
]  # fmt: skip

PROGRAM = [
    # What the program takes beside the printed keys, as a line added at the end of Portsmouth 2009/10 (line 54).
    ("settings: {lock_minutes: 16}", "settings.lock_minutes", NO_NUMBER, "Write a number of 1 to 15, without quotes."),
    ("settings: {ask_above: 50}", "settings.ask_above", "There is no key ask_above here.", "Did you mean snapshot?"),
    ("settings: {cj_route: dib}", "settings.cj_route", NO_NAME, "Did you mean dip? There are: hub, dip."),
    ("modules: {nx_vist: false}", "modules.nx_vist", "There is no record type nx_vist.", "Did you mean nx_visit?"),
    ("modules: {nx_visit: off please}", "modules.nx_visit", NO_FLAG, A_FLAG),
    ("codes: {substanc: [{code: m}]}", "codes.substanc", "There is no code list substanc.", "Did you mean substance?"),
    ("codes: {substance: [{label: M}]}", "codes.substance.0", "The key code is missing here.",
     "Add code: with its value."),
    ("codes: {outcome: [{code: m, group: met}]}", "codes.outcome.0.group", "A pack does not decide what counts as met.",
     "Take group out."),
    ("codes: {bbv_state: [{code: m}]}", "codes.bbv_state", "The list bbv_state is the program's.",
     "Take it out; ask for the code in a new version."),
    ("roles: {lead: {compartments: [general]}}", "roles.lead.compartments",
     "A pack cannot change what a lead reads.", "Take compartments of lead out."),
    ("roles: {driver: {label: d}}", "roles.driver", "There is no role driver.", "Did you mean worker?"),
    ("disclosure: {commissioner: {hide_up_to: 2}}", "disclosure.commissioner.hide_up_to", NO_NUMBER,
     "Write a number of 4 to 99, without quotes."),
    ("retention: {years: 0}", "retention.years", NO_NUMBER, "Write a number of 1 to 100, without quotes."),
    ("safeguarding: {phone: 999}", "safeguarding.phone", NO_TEXT,
     "Write the number as text in quotes, such as '01632 960 001'."),
    ("places: [{code: van_1, valid_from: 2026-05-01, valid_to: 2026-04-01}]", "places.0.valid_to",
     "This ends before it begins.", "Write a valid_to that is not before valid_from."),
    ("labels: {driver: d}", "labels.driver", "There is no key driver here.", "Did you mean worker?"),
    ("indicators: [{id: a, line: MS-2}]", "indicators.0.line", "The summary has no line MS-2.", "Did you mean MS-26?"),
    ("indicators: [{id: a, line: [MS-02, MS-22.suport]}]", "indicators.0.line.1",
     "The summary has no line MS-22.suport.", "Did you mean MS-22.support?"),
    ("indicators: [{id: a, line: MS-22.outcomes, out_of: [MS-22.all]}]", "indicators.0.out_of.0",
     "The summary has no line MS-22.all.", "Did you mean MS-22.social?"),
    ("indicators: [{id: a, line: MS-22.outcomes, by: {outcom: employment}}]", "indicators.0.by.outcom",
     "The line has no parts by outcom.", "Did you mean outcome?"),
    ("indicators: [{id: a, line: [MS-21.outcomes, MS-02], by: {outcome: housed}}]", "indicators.0.by.outcome",
     "The line has no parts by outcome.", "Take by out, or name a line that has parts."),
    ("indicators: [{id: ete_employed, by: {team: nx}}]", "indicators.0.by.team", "The line has no parts by team.",
     "Did you mean outcome?"),
    ("indicators: [{id: a, line: MS-22.outcomes, by: {outcome: employmnt}}]", "indicators.0.by.outcome",
     "There is no outcome employmnt.", "Did you mean employment?"),
    ("indicators: [{id: r, line: MS-18.reversals, by: {outcome: died}}, {id: ete_employed, by: {outcome: employd}}]",
     "indicators.1.by.outcome", "There is no outcome employd.", "Did you mean employment?"),
    ("indicators: [{id: a, line: MS-01.met_by_team, by: {team: open-acces}}]", "indicators.0.by.team",
     "There is no team open-acces.", "Did you mean open-access?"),
    ("indicators: [{id: a, line: MS-02, pbr: true, from: soon}]", "indicators.0.from",
     "This is no day, month or year.", "Write it such as 2016-03-01, 2016-03 or 2016/17."),
    ("title: Another", "title", "The key title stands here twice.", "Keep one of them."),
    ("overlay: portsmouth-2009-10", "overlay", "This is a demo overlay, with invented names and numbers, and no pack.",
     "Load the pack of your service and fill its gaps."),
    ("format: 2", "format", "This pack is of format 2; this program reads format 1.",
     "Get a newer program, or a pack of this format."),
]  # fmt: skip


def broken(pack_id: str, line: int, old: str, new: str) -> str:
    """Give a shipped pack with one field of one line changed."""
    lines = assets.pack_text(pack_id).splitlines(keepends=True)
    assert lines[line - 1].count(old) >= 1, "the table names something that does not stand in that line"
    lines[line - 1] = lines[line - 1].replace(old, new, 1)
    return "".join(lines)


def refused(text: str) -> tuple[Finding, ...]:
    with pytest.raises(PackInvalid) as error:
        read_pack(text)
    return error.value.findings


def test_there_are_at_least_fifty_and_all_five_packs_are_among_them() -> None:
    assert len(BROKEN) >= 50
    assert {row[0] for row in BROKEN} == {path.stem for path in assets.pack_paths()}


@pytest.mark.parametrize(
    ("pack_id", "line", "old", "new", "path", "text", "remedy"), BROKEN, ids=lambda value: str(value)[:24]
)
def test_a_broken_pack_says_line_place_and_remedy_and_is_not_used(
    pack_id: str, line: int, old: str, new: str, path: str, text: str, remedy: str
) -> None:
    findings = refused(broken(pack_id, line, old, new))
    assert Finding(line, path, text, remedy) in findings
    missing = {
        Finding(1, "", f"The key {name} is missing here.", f"Add {name}: with its value.") for name in ("pack", "title")
    }
    assert set(findings) - missing == {Finding(line, path, text, remedy)}, "one fault, one finding"


@pytest.mark.parametrize(("added", "path", "text", "remedy"), PROGRAM, ids=lambda value: str(value)[:24])
def test_a_broken_setting_says_line_place_and_remedy(added: str, path: str, text: str, remedy: str) -> None:
    found = refused(f"{assets.pack_text(P09)}{added}\n")
    assert found == (Finding(54, path, text, remedy),)


def test_a_finding_reads_as_one_line_with_the_file_before_it() -> None:
    (found,) = refused(broken(P09, 4, "null", "soon"))
    assert found.sentence("p.yaml") == f"p.yaml, line 4, valid_to: {NO_DAY} {A_DAY}"


@pytest.mark.parametrize(
    ("text", "line"),
    [("pack: [", 1), ("pack: p\ntitle: t\nteams: [a, b\nx: y\n", 4), ("pack: p\n  title: t\n", 2), ("a: &x [*x]", 1)],
)
def test_what_is_no_yaml_says_about_where(text: str, line: int) -> None:
    assert refused(text)[0].line == line


def test_a_file_that_would_never_end_is_refused() -> None:
    """Nine lists of nine lists of the one before: a hundred lines of text, four hundred million values."""
    layers = "\n".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 10))
    text = f"pack: p\ntitle: t\nl0: &l0 [a, b]\n{layers}\n"
    assert "too large" in refused(text)[0].text
    assert "too long" in refused("pack: p\ntitle: " + "t" * 70_000)[0].text


def test_all_faults_of_a_file_are_said_at_once_in_the_order_of_its_lines() -> None:
    text = broken(P09, 4, "null", "soon").replace("tier: 4", "tier: 9")
    assert [one.line for one in refused(text)] == [4, 30]


GAPS = {
    # Nulls in the order of each file, then what a team needs and the file does not name.
    P09: ["valid_from", "valid_to", "bbv.viruses", "kpi.7.target", "kpi.8.target", "safeguarding.phone",
          "clinical_sign_off"],
    P12: ["valid_to", "hub.access_point_names", "hub.operator", "figure_2", "kpi.0.target", "kpi.1.target",
          "kpi.2.target", "kpi.3.target", "kpi.4.target", "reporting.monthly", "safeguarding.phone",
          "clinical_sign_off"],
    HAM: ["geography.places.2.district", "teams.names", "valid_from", "safeguarding.phone", "clinical_sign_off"],
    BIR: ["agencies.13.placeholders", "needle_exchange", "kpi.0.target", "teams", "age_groups.young_person",
          "safeguarding.phone", "clinical_sign_off"],
    LEI: ["venues.hubs.names", "venues.spokes.names", "opening.hours", "age_groups.adult", "age_groups.young_person",
          "teams", "kpi", "reporting.cadence", "safeguarding.phone", "clinical_sign_off"],
}  # fmt: skip

NEEDED = {
    # Hampshire prints a month and no day; ROIS has one team, its hub; Birmingham is for adults, its age not printed.
    P09: ["valid_from", "safeguarding.phone", "clinical_sign_off"],
    P12: ["safeguarding.phone", "clinical_sign_off"],
    HAM: ["valid_from", "teams.names", "safeguarding.phone", "clinical_sign_off"],
    BIR: ["teams", "age_groups.young_person", "safeguarding.phone", "clinical_sign_off"],
    LEI: ["teams", "age_groups.adult", "age_groups.young_person", "safeguarding.phone", "clinical_sign_off"],
}


@pytest.mark.parametrize("pack_id", GAPS)
def test_each_pack_loads_with_its_gaps_listed(pack_id: str) -> None:
    read = Pack.parse(assets.pack_text(pack_id), names())
    assert list(read.gaps) == GAPS[pack_id]
    assert [need.path for need in read.needs] == NEEDED[pack_id]
