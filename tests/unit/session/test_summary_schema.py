"""The published shape of a summary holds for what is written, for every recipient, and names everything in it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from broker_desktop import assets
from broker_desktop.session import Session, month_period, to_bytes
from broker_desktop.session.catalogue import schemas_json

SAMPLES = Path(__file__).parents[2] / "samples"
NOVEMBER = month_period("2026-11")
SCHEMA: dict[str, Any] = json.loads(assets.asset_text("schemas", "summary.json"))
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)
MAPS = {"by", "commentary"}
"""Objects whose names are codes."""


@pytest.fixture
def november(lead: Session) -> Session:
    for part in ("10-a", "10-b", "11-a", "11-b"):
        lead.import_file("mixed", SAMPLES / f"portsmouth-2026-{part}.ndjson")
    return lead


def as_written(session: Session, recipient: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(to_bytes(session.summary(NOVEMBER, recipient), "json"))
    return told


def named(value: Any) -> Iterator[str]:
    """Give every name in what was written, but those that are codes."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield name
            if name not in MAPS:
                yield from named(inner)
    elif isinstance(value, list):
        for one in value:
            yield from named(one)


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_other_programs_are_given_it_by_the_command_line() -> None:
    assert schemas_json("summary") == SCHEMA


@pytest.mark.parametrize("recipient", ["internal", "commissioner", "publish"])
def test_what_is_written_has_the_published_shape(november: Session, recipient: str) -> None:
    november.months.sign(NOVEMBER, commentary={"exchange": "The van was off the road."})
    november.save(
        "site_report",
        {"kind": "service_disruption", "occurred_at": "2026-11-20", "source": "police", "localities": ["portsmouth"],
         "reason": "staff", "confidence": "confirmed"},
    )  # fmt: skip
    told = as_written(november, recipient)
    assert [f"{list(one.path)}: {one.message}" for one in VALIDATOR.iter_errors(told)] == []
    assert told["state"] == "signed"
    assert any(line.get("hidden") for line in told["lines"]) == (recipient != "internal")


def test_every_name_that_is_written_is_published(november: Session) -> None:
    known = set(named(SCHEMA)) | {"const"}
    written = set(named(as_written(november, "commissioner"))) | set(named(as_written(november, "internal")))
    assert written - known == set(), "say in resources/schemas/summary.json what the new name means"


@pytest.mark.parametrize(
    ("where", "wrong"),
    [(("lines", 0, "value"), "12"), (("state",), "final"), (("hash",), "abc"), (("period", "from"), "1 November")],
)
def test_a_wrong_summary_is_refused(november: Session, where: tuple[Any, ...], wrong: str) -> None:
    told: Any = as_written(november, "internal")
    inner = told
    for step in where[:-1]:
        inner = inner[step]
    inner[where[-1]] = wrong
    assert not VALIDATOR.is_valid(told)


def test_a_hidden_figure_with_a_value_is_refused(november: Session) -> None:
    told = as_written(november, "commissioner")
    hidden = next(line for line in told["lines"] if line.get("hidden"))
    hidden["value"] = 3
    assert not VALIDATOR.is_valid(told)
