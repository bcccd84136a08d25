"""A lead at the command line: two codes of one person, erasing, what is closed, police, and the audit list."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.common.programs import Laptop, Server, Team

VISIT = (
    '{"occurred_at": "2026-11-20T18:02:00+00:00", "site_type": "mobile", "items": {"SYR_FX_1_29": 10},'
    ' "collecting_for": "self", "person": {"code": "%s"}}'
)


@pytest.fixture
def lead(tmp_path: Path) -> Iterator[Laptop]:
    with Server(tmp_path / "server") as server:
        yield Team.founded(tmp_path, server).lead


def test_a_lead_oversees(lead: Laptop, tmp_path: Path) -> None:
    for code in ("JOHN80M", "JON80M"):
        assert lead.within("record", "add", "nx_visit", "--data", VISIT % code).code == 0
    people = {line["code"]: line["id"] for line in lead.within("record", "list", "person").lines}
    first, second = people["JOHN80M"], people["JON80M"]
    assert lead.within("alias", second, first, "--reason", "the same man").code == 0
    assert [line["id"] for line in lead.within("record", "list", "person").lines] == [first]
    assert lead.within("unalias", second).code == 0
    assert lead.within("unalias", second).error["code"] == "SAME-4"

    wrong = lead.within("erase", "person", first, "--reason", "because")
    assert (wrong.code, wrong.error["code"]) == (2, "USE-2")
    assert lead.within("erase", "person", first, "--reason", "asked").json == {
        "people": 1, "records": 0, "anonymous": 1,
    }  # fmt: skip
    (erasure,) = lead.within("erasures").lines
    assert (erasure["record_id"], erasure["reason"], erasure["waiting"]) == (first, "asked", [])
    assert lead.within("erasures", "--unconfirmed").lines == []
    assert lead.within("record", "show", "person", first).code == 3
    assert lead.within("retention", "list").lines == []
    assert lead.within("closed", "list").lines == []

    actions = [line["action"] for line in lead.within("audit", "list").lines]
    assert [one for one in actions if one not in ("unlock", "write", "list")] == ["alias", "unalias", "erase"]
    out = tmp_path / "audit.csv"
    assert lead.within("audit", "export", "--out", str(out)).json["entries"] > len(actions)
    assert "JOHN80M" not in out.read_text(encoding="utf-8")
    assert lead.within("audit", "heads").lines == []
