"""The example in how-to-add-a-record-type.md is a record type that works as it stands there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import broker_desktop
from broker_desktop.records.record_type import RecordType
from broker_desktop.records.rules import CheckContext

GUIDE = Path(broker_desktop.__file__).parent / "docs" / "how-to-add-a-record-type.md"


def test_the_example_of_the_guide_is_a_working_record_type(form: CheckContext) -> None:
    source = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)[0]
    names: dict[str, Any] = {}
    exec(compile(source, GUIDE.name, "exec"), names)
    kind: RecordType = names["GROUP_SESSION"]
    workshop = {
        "occurred_at": "2026-11-30T14:00:00+00:00",
        "topic": "overdose_prevention",
        "venue": "hostel",
        "leader_role": "peer",
        "headcount": 9,
    }
    assert kind.check(workshop, form) == []
    assert kind.from_wire(kind.to_wire(workshop), form.codes) == workshop
    assert kind.summary_line(workshop, form.codes) == (
        "Group session, Mon 30 Nov 2026 14:00, Hostel, Overdose prevention, 9 people"
    )
