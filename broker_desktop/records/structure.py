"""Questions made of questions: quantities, offers, groups, rows, keyed answers and chains.

The parts are ordinary fields. A part may hold an answer object like any other question. A `Chain` is the one that
does not travel as one value: each element is a register of its own, so elements that two laptops add both stay.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any, ClassVar

from broker_desktop.records.answer import Reason, answer_of
from broker_desktop.records.code_rules import code_issues, unknown_code
from broker_desktop.records.codelist import CodeLists, nearest
from broker_desktop.records.field import (
    UNREADABLE,
    Code,
    Field,
    whole_number_issues,
    wrong,
)
from broker_desktop.records.rules import CheckContext, Issue


@dataclass(frozen=True, kw_only=True)
class Quantities(Field):
    """How many of each code: items or packs given out. Whole numbers of 0 or more, and no cap, ever."""

    list_id: str
    wire_types: ClassVar[tuple[type, ...]] = (dict,)

    def check_value(self, value: Any, context: CheckContext) -> Sequence[Issue]:
        """Refuse unknown codes and quantities that are not whole numbers of 0 or more, by code."""
        if type(value) is not dict:
            return wrong(f"This takes codes of {self.list_id} with a quantity each.")
        issues: list[Issue] = []
        for code, quantity in value.items():
            found = code_issues(self.list_id, code, context)
            if found:
                issues += [issue.under(code) for issue in found]
            elif type(quantity) is not int or quantity < 0 or quantity > 2**63 - 1:
                issues += [issue.under(code) for issue in whole_number_issues(quantity)]
        return issues

    def value_text(self, value: Any, codes: CodeLists) -> str:
        """List the labels with their quantities."""
        return ", ".join(f"{codes.label(self.list_id, code)} x {n}" for code, n in value.items() if type(n) is int)


@dataclass(frozen=True, kw_only=True)
class Offers(Field):
    """What was offered and what the person said: kinds of offer to an answer each; not offered is simply absent."""

    kinds_list: str = "offer_kind"
    answers_list: str = "offer_answer"
    every: bool = False
    """A form keeps an answer to each kind: what was left empty is kept as not asked (requirements.md PORT12-32)."""
    wire_types: ClassVar[tuple[type, ...]] = (dict,)

    def check_value(self, value: Any, context: CheckContext) -> Sequence[Issue]:
        """Refuse unknown kinds and unknown answers, by kind."""
        if type(value) is not dict:
            return wrong(f"This takes codes of {self.kinds_list} with a code of {self.answers_list} each.")
        kinds, answers = context.codes.known(self.kinds_list), context.codes.known(self.answers_list)
        issues: list[Issue] = []
        for kind, said in value.items():
            if kind not in kinds:
                issues += [issue.under(kind) for issue in unknown_code(self.kinds_list, kind, context.codes)]
            elif (type(said) is not str or said not in answers) and answer_of(said) is None:
                issues += [issue.under(kind) for issue in unknown_code(self.answers_list, said, context.codes)]
        return issues

    def value_text(self, value: Any, codes: CodeLists) -> str:
        """List what was offered and the answers."""
        return ", ".join(
            f"{codes.label(self.kinds_list, kind)}: {codes.label(self.answers_list, said).lower()}"
            for kind, said in value.items()
            if isinstance(said, str)
        )

    def filled(self, value: Any, codes: CodeLists) -> Any:
        """Give the answers with `not_asked` for every kind without one; a refused question stays refused."""
        if not self.every or answer_of(value) is not None:
            return value
        unasked = dict.fromkeys(codes.known(self.kinds_list), Reason.NOT_ASKED.value)
        return {**unasked, **value} if type(value) is dict else unasked


@dataclass(frozen=True, kw_only=True)
class Group(Field):
    """A few questions that belong together, answered as one: returns, wound, next step, consent."""

    fields: tuple[Field, ...]
    wire_types: ClassVar[tuple[type, ...]] = (dict,)

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        """The parts by their names."""
        return {part.name: part for part in self.fields}

    @property
    def plain(self) -> bool:
        """Travels as it stands when all its parts do."""
        return all(part.plain for part in self.fields)

    def check_value(self, value: Any, context: CheckContext) -> Sequence[Issue]:
        """Check every part; unknown and missing parts are refused by name."""
        if type(value) is not dict:
            return wrong("This takes names with values: " + ", ".join(self.by_name) + ".")
        issues: list[Issue] = []
        for name, inner in value.items():
            part = self.by_name.get(name)
            if part is None:
                near = nearest(name, self.by_name)
                issues.append(Issue(name, f"There is no field of that name here. Did you mean {near}?", nearest=near))
            elif inner is not None:
                issues += [issue.under(name) for issue in part.check(inner, context)]
        issues += [
            Issue(part.name, "This is missing.")
            for part in self.fields
            if part.required is True and value.get(part.name) is None
        ]
        return issues

    def to_wire(self, value: Any) -> Any:
        """Turn the parts that need it."""
        if type(value) is not dict or "answer" in value:
            return value
        return {name: self.by_name[name].to_wire(inner) for name, inner in value.items() if inner is not None}

    def from_wire(self, value: Any) -> Any:
        """Turn the parts back; parts that this build does not know stay as they are."""
        super().from_wire(value)
        if self.plain or answer_of(value) is not None:
            return value
        known = self.by_name
        return {name: known[name].from_wire(inner) if name in known else inner for name, inner in value.items()}

    def value_text(self, value: Any, codes: CodeLists) -> str:
        """List the parts that are there, with their labels."""
        told = ((part.label, part.text(value.get(part.name), codes)) for part in self.fields)
        return "; ".join(f"{label}: {text}" for label, text in told if text)


@dataclass(frozen=True, kw_only=True)
class Rows(Group):
    """A list of groups, such as bins brought back."""

    wire_types: ClassVar[tuple[type, ...]] = (list,)

    def check_value(self, value: Any, context: CheckContext) -> Sequence[Issue]:
        """Check every row by its place."""
        if type(value) is not list:
            return wrong("This takes a list of rows with the names " + ", ".join(self.by_name) + ".")
        check = super().check_value
        return [issue.under(str(place)) for place, row in enumerate(value) for issue in check(row, context)]

    def to_wire(self, value: Any) -> Any:
        """Turn every row."""
        if type(value) is not list:
            return value
        return [Group.to_wire(self, row) for row in value]

    def from_wire(self, value: Any) -> Any:
        """Turn every row back."""
        Field.from_wire(self, value)
        if self.plain or type(value) is not list:
            return value
        return [_group_back(self.by_name, row) for row in value]

    def value_text(self, value: Any, codes: CodeLists) -> str:
        """List the rows."""
        row_text = super().value_text
        return ". ".join(row_text(row, codes) if type(row) is dict else UNREADABLE for row in value)


def _group_back(known: Mapping[str, Field], row: Any) -> dict[str, Any]:
    if type(row) is not dict:
        raise ValueError("row")
    return {name: known[name].from_wire(inner) if name in known else inner for name, inner in row.items()}


@dataclass(frozen=True, kw_only=True)
class Keyed(Group):
    """A group of answers for each code of a list, such as a result for each analyte."""

    list_id: str

    def check_value(self, value: Any, context: CheckContext) -> Sequence[Issue]:
        """Check the codes, then the group under each."""
        if type(value) is not dict:
            return wrong(f"This takes codes of {self.list_id} with answers each.")
        known, check = context.codes.known(self.list_id), super().check_value
        issues: list[Issue] = []
        for code, row in value.items():
            found = check(row, context) if code in known else unknown_code(self.list_id, code, context.codes)
            issues += [issue.under(code) for issue in found]
        return issues

    def to_wire(self, value: Any) -> Any:
        """Turn the group under each code."""
        if type(value) is not dict or "answer" in value:
            return value
        return {code: Group.to_wire(self, row) for code, row in value.items()}

    def from_wire(self, value: Any) -> Any:
        """Turn the group under each code back."""
        Field.from_wire(self, value)
        if self.plain or answer_of(value) is not None:
            return value
        return {code: _group_back(self.by_name, row) for code, row in value.items()}

    def value_text(self, value: Any, codes: CodeLists) -> str:
        """List the groups under the labels of their codes."""
        row_text = super().value_text
        return ". ".join(
            f"{codes.label(self.list_id, code)}: {row_text(row, codes) if type(row) is dict else UNREADABLE}"
            for code, row in value.items()
        )


@dataclass(frozen=True, kw_only=True)
class Chain(Rows):
    """A list that only grows, such as what became of a referral.

    In an operation each element is a field of its own, `name:` and the first 16 hex digits of the SHA-256 of its
    canonical JSON, so that elements added on two laptops merge without a conflict and equal ones are one. A chain is
    read back in the order of its days, then of the code list.
    """

    day_field: str
    code_field: str | None = None

    @property
    def plain(self) -> bool:
        """Needs turning."""
        return False

    def elements_to_wire(self, value: Any) -> Iterator[tuple[str, Any]]:
        """Give the operation's fields: one per element, or the one that holds an answer object."""
        if type(value) is not list:
            yield self.name, value
            return
        for element in value:
            kept = {name: inner for name, inner in element.items() if inner is not None}
            yield f"{self.name}:{element_key(kept)}", kept

    def in_order(self, elements: Sequence[Any], codes: CodeLists) -> list[Any]:
        """Sort elements by day, then by the place of their code in its list, then by their canonical JSON."""
        places: dict[str, int] = {}
        part = self.by_name.get(self.code_field) if self.code_field else None
        if isinstance(part, Code):
            places = {code: place for place, code in enumerate(codes.known(part.list_id))}

        def key(element: Mapping[str, Any]) -> tuple[str, int, str]:
            day, code = element.get(self.day_field), element.get(self.code_field or "")
            place = places.get(code, len(places)) if isinstance(code, str) else len(places)
            return (day if isinstance(day, str) else "", place, canonical_json(element))

        return sorted(elements, key=key)


def canonical_json(element: Mapping[str, Any]) -> str:
    """Write an element in the one way that its key is made from: sorted names, no spaces, UTF-8 text as it is."""
    return json.dumps(element, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=repr)


def element_key(element: Mapping[str, Any]) -> str:
    """Give the 16 hex digits that name an element of a chain in an operation."""
    return sha256(canonical_json(element).encode()).hexdigest()[:16]
