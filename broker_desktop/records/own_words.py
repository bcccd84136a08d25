"""Record types as one area pack says them: titles, questions and helps in the service's own words.

Names, codes, kinds and rules are those of the declaration, so that a record is the same whatever the words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from broker_desktop.records.field import Field
from broker_desktop.records.pack.words import Wording
from broker_desktop.records.record_type import RecordType


def in_words(catalogue: Sequence[RecordType], wording: Wording) -> tuple[RecordType, ...]:
    """Give the record types in a service's words; those that say nothing of its own are the very same."""
    return tuple(_type(one, wording) for one in catalogue)


def _type(one: RecordType, wording: Wording) -> RecordType:
    said = {"title": one.title, "plural": one.plural, "help": one.help}
    told = {name: wording.words(text) for name, text in said.items()}
    fields = tuple(_field(field, wording) for field in one.fields)
    if told == said and all(new is old for new, old in zip(fields, one.fields, strict=True)):
        return one
    return replace(one, fields=fields, title=told["title"], plural=told["plural"], help=told["help"])


def _field(one: Field, wording: Wording) -> Field:
    said = (one.label, one.help, one.section)
    label, help_text, section = (wording.words(text) for text in said)
    return one if (label, help_text, section) == said else replace(one, label=label, help=help_text, section=section)
