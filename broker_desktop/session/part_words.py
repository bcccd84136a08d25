"""How the parts of a figure read: the label of a code where its list is known. Pure; nothing is translated here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from broker_desktop.records import record_type
from broker_desktop.records.answer import REASON_LABELS, Reason
from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.parts import lists_of

NOT_SAID: Final = "not said"


def part_words(by: Mapping[str, str | None], codes: CodeLists, not_said: str = NOT_SAID) -> str:
    """Write what a part is by."""
    return ", ".join(code_words(name, code, codes, not_said) for name, code in by.items())


def code_words(name: str, code: str | None, codes: CodeLists, not_said: str = NOT_SAID) -> str:
    """Write one code of a part."""
    if code is None:
        return not_said
    if name == "type":
        return record_type(code).plural
    for list_id in lists_of(name, codes):
        if code in codes.known(list_id):
            return codes.label(list_id, code)
    if code in set(Reason):
        return REASON_LABELS[Reason(code)]
    return code.replace("_", " ")
