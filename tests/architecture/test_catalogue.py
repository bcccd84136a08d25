"""Nothing of a record type may be forgotten: walk the catalogue and ask every entry for what it must have."""

from datetime import UTC, datetime

import pytest

from broker_desktop.assets import asset_path, codes_csv, help_text, icon_path, pack_text
from broker_desktop.records import CATALOGUE
from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.pack import Pack
from broker_desktop.records.record_type import RecordType
from broker_desktop.records.rules import CheckContext, Severity
from broker_desktop.ui.pages import places
from tests.common.examples import example, example_names

NOW = datetime(2026, 12, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def codes() -> CodeLists:
    return CodeLists.load(codes_csv(), Pack.parse(pack_text("portsmouth-2009-10")))


each_type = pytest.mark.parametrize("kind", CATALOGUE, ids=lambda kind: kind.name)


def test_names_and_titles_are_used_once() -> None:
    assert len({kind.name for kind in CATALOGUE}) == len(CATALOGUE)
    assert len({kind.title for kind in CATALOGUE}) == len(CATALOGUE)


def test_no_example_or_help_page_outlives_its_record_type() -> None:
    names = {kind.name for kind in CATALOGUE}
    assert example_names() == names
    pages = {path.stem for path in asset_path("help").glob("*.md")}
    topics = {"month-summary", "needlestick", "packs", "returns", "signing", "what-others-could-learn"}
    assert pages == names | topics


@each_type
def test_it_has_an_icon_and_a_help_page_that_opens_with_its_title(kind: RecordType) -> None:
    assert icon_path(kind.icon).is_file()
    assert help_text(kind.name).startswith(f"# {kind.title}\n")
    assert kind.help.strip()


@each_type
def test_every_question_can_be_read_and_every_code_list_exists(kind: RecordType, codes: CodeLists) -> None:
    for field in kind.fields:
        assert field.label.strip(), field.name
        list_id = getattr(field, "list_id", None)
        assert list_id is None or codes.entries(list_id), f"{field.name}: code list {list_id} is empty"


@each_type
def test_its_list_has_a_column(kind: RecordType) -> None:
    assert kind.columns


@each_type
def test_its_example_is_a_record_a_form_would_save(kind: RecordType, codes: CodeLists) -> None:
    found = kind.check(example(kind.name), CheckContext(codes, NOW))
    assert [(issue.path, issue.message) for issue in found if issue.severity is not Severity.WARN] == []


@each_type
def test_its_example_survives_the_wire(kind: RecordType, codes: CodeLists) -> None:
    payload = example(kind.name)
    assert kind.from_wire(kind.to_wire(payload), codes) == payload


@each_type
def test_its_example_reads_as_one_line_of_words(kind: RecordType, codes: CodeLists) -> None:
    line = kind.summary_line(example(kind.name), codes)
    assert line.strip()
    assert "\n" not in line
    assert "None" not in line


def test_most_record_types_have_no_page_made_by_hand() -> None:
    """The form and the list come from the declaration: types with a page of their own stay under a third."""
    own = {*places._OWN_NEW, *places._OWN_EDIT, *places._OWN_LIST}
    assert own <= {kind.name for kind in CATALOGUE}
    assert 3 * len(own) < len(CATALOGUE)
