"""A saved return: kept in the vault, run for the last whole period, with the lines that were chosen."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from broker_desktop.errors import BadInput, NotFound, UsageError
from broker_desktop.session import Session, month_period
from broker_desktop.session.audit_trail import trail
from broker_desktop.session.returns import SavedReturn, chosen, last_whole

SAMPLES = Path(__file__).parents[2] / "samples"
NOVEMBER = month_period("2026-11")


@pytest.fixture
def november(lead: Session) -> Session:
    lead.import_file("mixed", SAMPLES / "portsmouth-2026-11-b.ndjson")
    return lead


def asked(place: Path, **more: object) -> SavedReturn:
    plain = {
        "name": "Monthly to the DAT", "recipient": "commissioner", "cadence": "month",
        "formats": ("json", "xlsx", "pdf"), "folder": str(place), "lines": ("exchange", "MS-11.given"),
    }  # fmt: skip
    return SavedReturn(**{**plain, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cadence", "today", "first_month", "label"),
    [
        ("month", "2026-11-30", 4, "2026-10"),  # November is not over on its last day
        ("month", "2026-12-01", 4, "2026-11"),
        ("month", "2027-01-31", 4, "2026-12"),
        ("quarter", "2026-12-31", 4, "2026-Q3"),
        ("quarter", "2027-01-01", 4, "2026-Q4"),
        ("quarter", "2027-05-31", 4, "2027-Q1"),
        ("year", "2026-12-31", 4, "2025"),
        ("rolling", "2026-12-02", 4, "12 months to 2026-11"),
        ("fiscal-quarter", "2026-12-02", 4, "2026/27-Q2"),  # July to September
        ("fiscal-quarter", "2027-01-01", 4, "2026/27-Q3"),  # October to December
        ("fiscal-quarter", "2027-04-01", 4, "2026/27-Q4"),  # January to March
        ("fiscal-quarter", "2027-04-30", 1, "2027/28-Q1"),  # a year from January: January to March
        ("fiscal-quarter", "2026-12-02", 9, "2026/27-Q1"),  # a year from September: September to November
        ("fiscal-year", "2027-03-31", 4, "2025/26"),
        ("fiscal-year", "2027-04-01", 4, "2026/27"),
    ],
)
def test_the_last_whole_period(cadence: str, today: str, first_month: int, label: str) -> None:
    period = last_whole(cadence, date.fromisoformat(today), first_month)
    assert period.label == label
    assert period.last_day < today


def test_a_run_writes_the_last_month_in_every_format(november: Session, tmp_path: Path) -> None:
    november.returns.keep(asked(tmp_path))
    written = november.returns.run("Monthly to the DAT")
    assert (written.period, written.state, written.missing) == (NOVEMBER, "draft", ())
    assert [path.name for path in written.files] == [
        f"monthly-to-the-dat-commissioner-2026-11-draft.{form}" for form in ("json", "xlsx", "pdf")
    ]
    told = json.loads(written.files[0].read_text())
    whole = november.summary(NOVEMBER, "commissioner")
    numbers = {line["id"].partition(".")[0] for line in told["lines"]}
    assert numbers == {"MS-04", "MS-05", "MS-06", "MS-07", "MS-08", "MS-09", "MS-11"}
    assert told["chosen"] == [line["id"] for line in told["lines"]]
    assert told["hash"] == whole.hash
    given = next(line for line in told["lines"] if line["id"] == "MS-11.given")
    assert given["value"] == whole.line("MS-11.given").value
    sheet = openpyxl.load_workbook(written.files[1])["Summary"]
    names = {str(row[0].value) for row in sheet.iter_rows(min_row=2)}
    assert {name for name in names if name.startswith("MS-")} == set(told["chosen"])
    assert written.files[2].read_bytes().startswith(b"%PDF")
    assert [row.action for row in trail(november._context)].count("export") == 3


def test_a_run_that_is_stopped_in_its_last_file_leaves_none(november: Session, tmp_path: Path) -> None:
    """Three files: what is told never goes back, and nothing is written before all of them are made."""
    november.returns.keep(asked(tmp_path))
    shares: list[float] = []

    def tell(done: int, whole: int) -> None:
        shares.append(done / whole)
        if shares[-1] > 2 / 3:
            raise TimeoutError

    with pytest.raises(TimeoutError):
        november.returns.run("Monthly to the DAT", told=tell)
    assert shares == sorted(shares)
    assert list(tmp_path.glob("monthly*")) == []


def test_a_signed_month_is_written_as_signed_beside_the_draft(november: Session, tmp_path: Path) -> None:
    november.returns.keep(asked(tmp_path, formats=("csv",)))
    draft = november.returns.run("Monthly to the DAT")
    november.months.sign(NOVEMBER, commentary={"exchange": "Off the road.", "life": "Quiet."})
    signed = november.returns.run("Monthly to the DAT")
    assert signed.state == "signed"
    assert [path.name for path in (*draft.files, *signed.files)] == [
        "monthly-to-the-dat-commissioner-2026-11-draft.csv", "monthly-to-the-dat-commissioner-2026-11-issue-1.csv",
    ]  # fmt: skip
    assert chosen(november.summary(NOVEMBER), ("exchange",)).commentary == {"exchange": "Off the road."}


def test_returns_are_kept_replaced_and_forgotten(november: Session, tmp_path: Path) -> None:
    november.returns.keep(asked(tmp_path))
    november.returns.keep(asked(tmp_path, name=" Monthly to the DAT ", cadence="quarter"))
    november.returns.keep(asked(tmp_path, name="A second one", lines=()))
    assert [(one.name, one.cadence) for one in november.returns.saved()] == [
        ("A second one", "month"), ("Monthly to the DAT", "quarter"),
    ]  # fmt: skip
    november.returns.drop("A second one")
    assert [one.name for one in november.returns.saved()] == ["Monthly to the DAT"]
    with pytest.raises(NotFound):
        november.returns.run("A second one")


@pytest.mark.parametrize(
    ("name", "recipient"),
    [
        ("monthly to the dat!", "publish"),  # monthly-to-the-dat, as the first one
        ("Monthly", "to the DAT commissioner"),  # its files too would begin monthly-to-the-dat-commissioner
    ],
)
def test_no_return_writes_over_the_files_of_another(
    november: Session, tmp_path: Path, name: str, recipient: str
) -> None:
    november.packs.load(
        "pack: own\ntitle: A service\nvalid_from: 2026-01-01\n"
        "recipients:\n- {name: to the DAT commissioner, level: commissioner}\n"
    )
    november.returns.keep(asked(tmp_path))
    with pytest.raises(BadInput) as told:
        november.returns.keep(asked(tmp_path, name=name, recipient=recipient))
    assert told.value.code == "RETURN-5"
    assert [one.name for one in november.returns.saved()] == ["Monthly to the DAT"]


@pytest.mark.parametrize(
    "wrong",
    [{"name": " "}, {"cadence": "weekly"}, {"formats": ()}, {"formats": ("docx",)}, {"lines": ("MS-99",)},
     {"folder": "reports"}],
)  # fmt: skip
def test_a_return_that_cannot_work_is_refused_when_it_is_saved(
    november: Session, tmp_path: Path, wrong: dict[str, object]
) -> None:
    with pytest.raises(BadInput):
        november.returns.keep(asked(tmp_path, **wrong))
    assert november.returns.saved() == []


def test_a_recipient_must_be_one(november: Session, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        november.returns.keep(asked(tmp_path, recipient="the newspaper"))


def test_a_folder_that_is_gone_is_said(november: Session, tmp_path: Path) -> None:
    november.returns.keep(asked(tmp_path / "stick"))
    with pytest.raises(BadInput) as told:
        november.returns.run("Monthly to the DAT")
    assert told.value.code == "RETURN-3"
    assert november.returns.run("Monthly to the DAT", tmp_path).files[0].parent == tmp_path
