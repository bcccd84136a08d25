"""The count itself: one pass over each record type feeds every line that asks for it.

Knows no line. A record is given to a rule when the rule's own question holds of it, so that the same pass can also
tell which records a figure rests on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from broker_desktop.records.answer import Payload
from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.measure.line import Asked, Definition, Facts, Line, Of, Rule, Tally, Where, months_named
from broker_desktop.records.measure.people import Seen
from broker_desktop.records.measure.reading import person_of
from broker_desktop.records.person import PERSON

_Take = tuple[Where, Callable[[Payload], None]]
_Takes = tuple[Where, list[Callable[[Payload], None]]]


def count_definitions(
    definitions: Sequence[Definition], facts: Facts, first_day: str, last_day: str, codes: CodeLists
) -> list[Line]:
    """Count these lines for the London days from `first_day` to `last_day` (YYYY-MM-DD, ends included)."""
    asked = Asked(facts, first_day, last_day, codes)
    tallies = {rule: asked.tally(rule) for rule in _rules(definitions)}
    _feed(asked, [(part, tally.take) for rule, tally in tallies.items() for part in rule.parts])
    figures = {rule: tally.figure() for rule, tally in tallies.items()}
    return [one.line(figures[one.rule], figures[one.out_of] if one.out_of else None) for one in definitions]


def behind_each(
    definitions: Sequence[Definition], facts: Facts, first_day: str, last_day: str, codes: CodeLists
) -> dict[str, list[tuple[str, str]]]:
    """Give for each line type and id of every record that its figure rests on, in the order they were met."""
    asked = Asked(facts, first_day, last_day, codes)
    found: dict[Rule, dict[tuple[str, str], str | None]] = {one.rule: {} for one in definitions}

    def noted(part: Of, rule: Rule) -> Callable[[Payload], None]:
        tally, kept = asked.tally(rule), found[rule]

        def take(row: Payload) -> None:
            tally.take(row)
            kept[(part.type.name, str(row.get("_id", "")))] = person_of(row)

        return take

    takes = []
    for rule in _rules(definitions):
        take = asked.tally(rule).take
        takes += [(part, noted(part, rule) if rule in found else take) for part in rule.parts]
    _feed(asked, takes)
    return {one.id: _meant(asked.tally(one.rule), found[one.rule]) for one in definitions}


def _meant(tally: Tally, found: Mapping[tuple[str, str], str | None]) -> list[tuple[str, str]]:
    """Give those of the records whose person the figure counts, where a rule decides that at the end."""
    tally.figure()
    people = getattr(tally, "meant", None)
    return [record for record, person in found.items() if people is None or person in people]


def _rules(definitions: Iterable[Definition]) -> list[Rule]:
    return list(dict.fromkeys(rule for one in definitions for rule in one.rules))


def _feed(asked: Asked, takes: Sequence[tuple[Of, Callable[[Payload], None]]]) -> None:
    """Read each type once: first those of which everything held is looked at, people last."""
    by_type: dict[str, tuple[list[_Take], list[_Take]]] = {}
    naming = _naming(asked, [part for part, _ in takes])
    for part, take in takes:
        of_period, of_all = by_type.setdefault(part.type.name, ([], []))
        (of_all if part.held else of_period).append((part.where, take))
    people = by_type.pop(PERSON.name, ([], []))
    for name in sorted(by_type, key=lambda name: not by_type[name][1]):
        of_period, of_all = by_type[name]
        _feed_type(asked, name, _asked_together(of_period), _asked_together(of_all), naming.get(name, frozenset()))
    if any(people):
        _feed_people(asked, _asked_together((*people[0], *people[1])))


def _feed_people(asked: Asked, takes: Sequence[_Takes]) -> None:
    """Give the record of everybody wanted; somebody whose record is not held here has said nothing."""
    missing = asked.shared(Seen).ids()
    for row in asked.facts.people(missing.copy()) if missing else ():
        missing.discard(row["_id"])
        _give(row, asked, takes)
    for person in sorted(missing):
        _give({"_id": person}, asked, takes)


def _naming(asked: Asked, parts: Iterable[Of]) -> dict[str, frozenset[str]]:
    """Give, for types of which everything held is asked for, the texts one of which a record must hold to count.

    A type is left out where some line needs every record. Records of the period hold their own month.
    """
    found: dict[str, frozenset[str]] = {}
    all_of_it: set[str] = set()
    for part in parts:
        texts = part.naming(asked) if part.held and part.naming else frozenset[str]()
        if part.held and not texts:
            all_of_it.add(part.type.name)
        found[part.type.name] = found.get(part.type.name, months_named(asked)) | texts
    return {name: texts for name, texts in found.items() if name not in all_of_it}


def _feed_type(
    asked: Asked, name: str, of_period: Sequence[_Takes], of_all: Sequence[_Takes], naming: frozenset[str]
) -> None:
    if not of_all:
        for row in asked.facts.rows(name, asked.first_day, asked.last_day):
            _give(row, asked, of_period)
        return
    for row in asked.facts.rows(name, None, None, naming):
        _give(row, asked, of_all)
        if asked.within(row.get("_day")):
            _give(row, asked, of_period)


def _asked_together(takes: Iterable[_Take]) -> list[_Takes]:
    """Put together what asks the same question of a record, so that it is asked once."""
    found: dict[Where, list[Callable[[Payload], None]]] = {}
    for where, take in takes:
        found.setdefault(where, []).append(take)
    return list(found.items())


def _give(row: Payload, asked: Asked, takes: Sequence[_Takes]) -> None:
    for where, together in takes:
        if where(row, asked):
            for take in together:
                take(row)
