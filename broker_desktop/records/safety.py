"""Which answers are about somebody's safety, so that of two values a person chooses (requirements.md J8, step 7).

For everything else the newer one stands until somebody says otherwise; both stay on record either way.
"""

from __future__ import annotations

from typing import Final

from broker_desktop.records.record_type import CLINICAL, RecordType

TYPES: Final = frozenset({"consent", "disclosure", "incident", "lone_working"})
FIELDS: Final = frozenset(
    {
        "code",
        "consent",
        "died_on",
        "do_not_contact",
        "identity_level",
        "phones",
        "risk_to_staff",
        "risk_to_staff_note",
    }
)


def needs_choice(kind: RecordType, field: str) -> bool:
    """Tell whether a person has to choose between two values of this field: safeguarding, health, consent, contact."""
    return kind.compartments == {CLINICAL} or kind.name in TYPES or field.partition(":")[0] in FIELDS
