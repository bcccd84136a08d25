"""A record type: its fields, its rules, where it counts and who may read it, as one frozen declaration.

Everything else derives from it: check, form, list, operation, projection, search, export and help (design.md 7). A
declaration that cannot work is refused when the program starts, with a sentence that says how to mend it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

from broker_desktop.records.answer import Payload, Reason, answer
from broker_desktop.records.codelist import CodeLists, nearest
from broker_desktop.records.dates import london_day, show_event
from broker_desktop.records.field import Code, Field, PersonCode, Text, Texts
from broker_desktop.records.other import with_words
from broker_desktop.records.reference import PersonRef, RecordRef, external_id_issues, is_uuid
from broker_desktop.records.rules import CheckContext, Issue, Rule, Severity, When, day_at, value_at
from broker_desktop.records.steps import Steps
from broker_desktop.records.stock import Move
from broker_desktop.records.structure import Chain, Offers
from broker_desktop.records.worklist import WORKLISTS, Waits, WaitsForPerson

ADMIN: Final = 0
GENERAL: Final = 1
CLINICAL: Final = 2
COMMON: Final = 3

HEADINGS: Final = ("id", "type", "external_id")
"""Names that any line may carry beside the fields of its type (contract.md, "Rules for every type")."""

UNKNOWN: Final = "_unknown"
"""Where a payload keeps what a newer program wrote and this one cannot read."""


class DeclarationError(ValueError):
    """A record type that cannot work; the message says how to mend it."""


@dataclass(frozen=True, kw_only=True)
class ByGroup:
    """A compartment that depends on the group of one code of the first payload."""

    field: str
    list_id: str
    groups: Mapping[str, int]
    otherwise: int
    stays: bool = False
    """A later change that would belong in another compartment is refused; without it the record stays where it is."""

    def of(self, payload: Mapping[str, Any], codes: CodeLists) -> int:
        """Give the compartment for a first payload."""
        code = payload.get(self.field)
        return self.groups.get(codes.group(self.list_id, code), self.otherwise) if type(code) is str else self.otherwise


@dataclass(frozen=True, kw_only=True)
class Opens:
    """What stands to be written next: the type, when, and which answers it takes over."""

    type: str
    when: When
    fields: Mapping[str, str]
    """Field of the new record to dotted path in the saved one; a path `id` gives a reference to the saved record."""


@dataclass(frozen=True, kw_only=True)
class Supersedes:
    """A new record may stand in the place of an older one, which is kept and says so."""

    field: str
    """The reference to the older record."""
    state: str
    """The code field that says which one stands."""
    stands: str
    gone: str


@dataclass(frozen=True, kw_only=True)
class RecordType:
    """One kind of record."""

    name: str
    """In JSON, on the command line and in operations; for ever."""
    version: int
    title: str
    plural: str
    icon: str
    """A name of `resources/icons`."""
    help: str
    """One sentence: what it is for. The page is `resources/help/<name>.md`."""
    compartment: int | ByGroup
    fields: tuple[Field, ...]
    rules: tuple[Rule, ...] = ()
    event_field: str | None = None
    """The day or moment that decides which month a record counts in."""
    private: bool = False
    """Its page says "private" in the header and is not for the counter."""
    state_field: str | None = None
    """The code field whose list is the workflow."""
    steps: Steps | None = None
    """Which step of that field may follow which; going back takes a reason."""
    travels: tuple[str, ...] = ()
    """The fields that another team is told when somebody is referred to it: the least that it needs, and no note.

    Of a person that such a record names, the fields that `person` itself lists here."""
    waits: tuple[Waits | WaitsForPerson, ...] = ()
    """When a record of this type waits for somebody, and on which worklist."""
    sticky: tuple[str, ...] = ()
    """Answers that "save and next" takes over, for many of a kind in one sitting."""
    opens: tuple[Opens, ...] = ()
    """The form that a form opens next when a record of this type is saved."""
    supersedes: Supersedes | None = None
    """How a record takes the place of an older one; both change in one transaction."""
    stock: Callable[[Mapping[str, Any], CodeLists], Iterable[Move]] | None = None
    """What a record of this type takes from a place or brings to it; stock on hand is the sum of it, never stored."""
    needs_training: str | None = None
    """A code of `training_course`: the form opens only to somebody who has done that course (PORT12-46)."""
    author_keeps: bool = True
    """False: somebody who may not read the compartment may record this all the same and keeps no copy of it; it is
    sealed when it is saved (protocol.md 2.4, Drop). Needs one fixed compartment."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", with_words(self.fields))
        for sentence in _faults(self):
            raise DeclarationError(f"{self.name}: {sentence}")

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        """The fields by their names."""
        return {one.name: one for one in self.fields}

    @cached_property
    def columns(self) -> tuple[Field, ...]:
        """The fields that stand in a list."""
        return tuple(one for one in self.fields if one.column)

    @cached_property
    def sections(self) -> tuple[tuple[str, tuple[Field, ...]], ...]:
        """The parts of the form, in order: title and fields."""
        titles = dict.fromkeys(one.section for one in self.fields)
        return tuple((title, tuple(one for one in self.fields if one.section == title)) for title in titles)

    @cached_property
    def person_field(self) -> str | None:
        """The field that says who the record is about, if any."""
        return next((one.name for one in self.fields if isinstance(one, PersonRef)), None)

    @cached_property
    def personal(self) -> frozenset[str]:
        """The fields that go when the person goes: free text and what could say who somebody is, at any depth."""
        return frozenset(one.name for one in self.fields if not isinstance(one, PersonRef) and _is_personal(one))

    @cached_property
    def code_fields(self) -> tuple[str, ...]:
        """The fields that name a person by code without being a reference."""
        return tuple(one.name for one in self.fields if isinstance(one, PersonCode))

    @cached_property
    def compartments(self) -> frozenset[int]:
        """Every compartment a record of this type can be in."""
        if isinstance(self.compartment, int):
            return frozenset({self.compartment})
        return frozenset({*self.compartment.groups.values(), self.compartment.otherwise})

    def compartment_of(self, payload: Mapping[str, Any], codes: CodeLists) -> int:
        """Give the compartment of a new record; fixed from then on, whatever changes later (design.md 5)."""
        return self.compartment if isinstance(self.compartment, int) else self.compartment.of(payload, codes)

    def check(self, payload: Mapping[str, Any], context: CheckContext) -> list[Issue]:
        """Give everything that is wrong with a payload: refusals, what a form must still ask, and warnings."""
        issues: list[Issue] = []
        known = self.by_name
        if context.codes.dated and self.event_field is not None:
            context = replace(context, event_day=day_at(payload, self.event_field))
        for name, value in payload.items():
            field = known.get(name)
            if field is None:
                issues += self._check_heading(name, value)
            elif value is not None:
                found = field.check(value, context)
                if found:
                    issues += [issue.under(name) for issue in found]
        issues += self._missing(payload, importing=context.importing)
        if not any(issue.severity is Severity.REFUSE for issue in issues):
            for rule in self.rules:
                issues += rule.check(payload, context)
        return issues

    def completed(self, payload: Mapping[str, Any]) -> Payload:
        """Give the payload of an import with `not_asked` where a form would have required an answer (contract.md)."""
        unasked = {
            field.name: answer(Reason.NOT_ASKED)
            for field, condition in self._asked
            if payload.get(field.name) is None and condition.holds(payload)
        }
        return {**payload, **unasked}

    def as_form(self, payload: Mapping[str, Any], codes: CodeLists) -> Payload:
        """Give the payload of a form with what its questions keep where nothing was chosen."""
        filled = {
            one.name: one.filled(payload.get(one.name), codes)
            for one in self.fields
            if isinstance(one, Offers) and one.every
        }
        return {**payload, **filled}

    def resolved(
        self,
        payload: Mapping[str, Any],
        *,
        person: Callable[[str], str],
        external: Callable[[str, str], str],
    ) -> Payload:
        """Give the payload with every reference as `{"id": ...}`.

        `person(code)` and `external(type, external_id)` answer with the id as text.
        """
        found: Payload = dict(payload)
        for field in self._references:
            value = payload.get(field.name)
            if type(value) is not dict:
                continue
            if "code" in value:
                found[field.name] = {"id": person(value["code"])}
            elif "external_id" in value and isinstance(field, RecordRef):
                found[field.name] = {"id": external(field.types[0], value["external_id"])}
        return found

    def day(self, payload: Mapping[str, Any]) -> str | None:
        """Give the London day the record counts in as YYYY-MM-DD, None without one."""
        return None if self.event_field is None else london_day(payload.get(self.event_field))

    def to_wire(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Turn a checked and resolved payload into the fields of an operation.

        References become 16 bytes, decimals text, chain elements fields of their own; absent answers are left out,
        null stays for an anonymous person; `id`, `type` and names starting with `_` belong to the caller.

        Raises:
            ValueError: a reference is not resolved to an id yet.
        """
        wire: dict[str, Any] = {}
        turned = self._turned
        for name, value in payload.items():
            field = turned.get(name)
            if field is None:
                if value is not None and name in self._straight:
                    wire[name] = value
            elif isinstance(field, Chain):
                if value is not None:
                    wire.update(field.elements_to_wire(value))
            elif value is not None or isinstance(field, PersonRef):
                wire[name] = field.to_wire(value)
        return wire

    def from_wire(self, wire: Mapping[str, Any], codes: CodeLists) -> Payload:
        """Turn the shown fields of a record back into a payload; never raises, whatever another program wrote.

        What this build does not know or cannot read is kept under `_unknown`; other names starting with `_` are
        the engine's and left out.
        """
        payload: Payload = {}
        unknown: Payload = {}
        chains: dict[str, list[Any]] = {}
        for name, value in wire.items():
            field = self.by_name.get(name)
            if field is not None:
                if value is None and not isinstance(field, PersonRef):
                    continue
                try:
                    payload[name] = field.from_wire(value)
                except (ValueError, TypeError, AttributeError):
                    unknown[name] = value
            elif name == "external_id" and type(value) is str:
                payload[name] = value
            elif name.partition(":")[0] in self._chains and (value is None or type(value) is dict):
                if value is not None:
                    chains.setdefault(name.partition(":")[0], []).append(value)
            elif not name.startswith("_"):
                unknown[name] = value
        for name, elements in chains.items():
            payload[name] = self._chains[name].in_order(elements, codes)
        if unknown:
            payload[UNKNOWN] = unknown
        return payload

    def opened_next(self, payload: Mapping[str, Any], row_id: str) -> tuple[str, Payload] | None:
        """Give the type to be written next, with the answers it takes over; None where nothing is."""
        for one in self.opens:
            if one.when.holds(payload):
                taken = {
                    name: {"id": row_id} if path == "id" else value_at(payload, path)
                    for name, path in one.fields.items()
                }
                return one.type, {name: value for name, value in taken.items() if value is not None}
        return None

    def summary_line(self, payload: Mapping[str, Any], codes: CodeLists) -> str:
        """Give the row as one spoken line: title, when, then what the columns say; no person, no custody."""
        when = "" if self.event_field is None else show_event(payload.get(self.event_field))
        told = [self.title, when] if when else [self.title]
        for field in self.columns:
            if field.name != self.event_field and not isinstance(field, PersonRef):
                text = field.text(payload.get(field.name), codes)
                if text:
                    told.append(text)
        return ", ".join(told)

    @cached_property
    def _turned(self) -> Mapping[str, Field]:
        return {one.name: one for one in self.fields if not one.plain}

    @cached_property
    def _straight(self) -> frozenset[str]:
        return frozenset({one.name for one in self.fields if one.plain} | {"external_id"})

    @cached_property
    def _chains(self) -> Mapping[str, Chain]:
        return {one.name: one for one in self.fields if isinstance(one, Chain)}

    @cached_property
    def _references(self) -> tuple[Field, ...]:
        return tuple(one for one in self.fields if isinstance(one, (PersonRef, RecordRef)))

    @cached_property
    def _asked(self) -> tuple[tuple[Field, When], ...]:
        return tuple((one, one.require_when) for one in self.fields if one.require_when is not None)

    @cached_property
    def _required(self) -> tuple[tuple[Field, When | None], ...]:
        return tuple(
            (one, one.required if isinstance(one.required, When) else None) for one in self.fields if one.required
        )

    def _missing(self, payload: Mapping[str, Any], *, importing: bool) -> Iterator[Issue]:
        for field, condition in self._required:
            absent = payload.get(field.name) is None
            if absent and isinstance(field, PersonRef):
                absent = field.name not in payload
            if absent and (condition is None or condition.holds(payload)):
                yield Issue(field.name, "This is missing. Give it, or say why it is not known.")
        if not importing:
            for field, condition in self._asked:
                if payload.get(field.name) is None and condition.holds(payload):
                    message = "Please answer this, or refuse it with one key."
                    yield Issue(field.name, message, Severity.REQUIRE)

    def _check_heading(self, name: str, value: object) -> Sequence[Issue]:
        if name == "id":
            return () if is_uuid(value) else (Issue(name, "This is not an id of a record."),)
        if name == "external_id":
            return external_id_issues(value, name)
        if name == "type":
            return () if value == self.name else (Issue(name, f"This record is not a {self.name}."),)
        if name == UNKNOWN:
            return ()
        near = nearest(name, self.by_name)
        message = f"There is no field of that name in {self.name}. Did you mean {near}?"
        return (Issue(name, message, nearest=near),)


def _is_personal(field: Field) -> bool:
    inner: tuple[Field, ...] = getattr(field, "fields", ())
    return field.identifying or isinstance(field, Text | Texts) or any(map(_is_personal, inner))


def _faults(record_type: RecordType) -> Iterator[str]:
    """Find what makes a declaration unusable, each as a sentence with its remedy."""
    names = [one.name for one in record_type.fields]
    for name in names:
        if names.count(name) > 1:
            yield f"the field {name} is declared twice; give one of them another name."
        if name in HEADINGS or name.startswith("_") or ":" in name or "." in name:
            yield f"a field cannot be called {name}; that name or sign belongs to the record itself."
    for one in record_type.fields:
        if one.label.endswith((":", ".")):
            yield f"the label of {one.name} ends with a sign; leave it to the form."
        if not one.refusable and one.required is not True:
            yield f"{one.name} cannot be refused, so it has to be required=True."
    by_name = dict(zip(names, record_type.fields, strict=True))
    for part, named in (("travels", record_type.travels), ("sticky", record_type.sticky)):
        unknown = (name for name in named if name not in by_name)
        yield from (f"{part} names no field {name}; use some of {', '.join(names)}." for name in unknown)
    if record_type.event_field is not None and record_type.event_field not in by_name:
        yield f"event_field names no field; use one of {', '.join(names)}."
    strange = sorted({one.worklist for one in record_type.waits} - set(WORKLISTS))
    yield from (f"waits names no worklist {name}; use one of {', '.join(WORKLISTS)}." for name in strange)
    if not record_type.author_keeps and not isinstance(record_type.compartment, int):
        yield "author_keeps=False needs one fixed compartment."
    if record_type.state_field is not None and not isinstance(by_name.get(record_type.state_field), Code):
        yield "state_field has to name a Code field."
    if record_type.steps is not None and record_type.steps.field != record_type.state_field:
        yield "steps has to be about the state_field."
