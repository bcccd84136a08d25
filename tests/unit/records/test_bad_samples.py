"""Every defect of tests/samples/bad is found at the stated line and field, and nothing else is found."""

from __future__ import annotations

import json
from typing import Any

import pytest

from broker_desktop.records import record_type
from broker_desktop.records.contract_json import BadLine, parse_line
from broker_desktop.records.rules import CheckContext, Severity
from tests.common.facts import SAMPLES

BAD = SAMPLES / "bad"
EXPECTED: dict[str, dict[str, Any]] = json.loads((BAD / "expected.json").read_text())["files"]
ONE_LINE = {name: stated for name, stated in EXPECTED.items() if name != "08-one-id-two-contents.ndjson"}
"""Two lines of one id are the business of whoever reads the whole file."""


def found_in(line: bytes, context: CheckContext) -> tuple[str | None, str | None] | None:
    """Give (field, nearest) of the first thing that keeps a line out, None for a good one."""
    try:
        record = parse_line(line)
    except BadLine:
        return None, None
    issues = [
        issue for issue in record_type(record["type"]).check(record, context) if issue.severity is Severity.REFUSE
    ]
    return (issues[0].path, issues[0].nearest) if issues else None


@pytest.mark.parametrize("name", ONE_LINE)
def test_the_stated_line_and_field_are_found_and_the_others_are_good(name: str, importing: CheckContext) -> None:
    stated = EXPECTED[name]
    lines = (BAD / name).read_bytes().split(b"\n")
    found = {n: found for n, line in enumerate(lines, start=1) if line.strip() and (found := found_in(line, importing))}
    expected = {} if stated["line"] is None else {stated["line"]: (stated["field"], stated.get("nearest"))}
    assert found == expected
    assert sum(bool(line.strip()) for line in lines) == stated["read"]


@pytest.mark.parametrize("name", sorted(path.name for path in SAMPLES.glob("*portsmouth*.ndjson")))
def test_no_line_of_the_good_samples_is_refused(name: str, importing: CheckContext) -> None:
    lines = (SAMPLES / name).read_bytes().splitlines()
    assert [n for n, line in enumerate(lines, start=1) if found_in(line, importing)] == []
