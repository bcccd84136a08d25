"""How every format says what a summary rests on: rows for tables, sentences for paper. Ids and codes, never a name.

Nothing is counted here. A signed summary says what it rested on when it was signed; what has come since stands behind.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.measure import AnswersMissing, Completeness, Lag, LagToSync, SiteMissing
from broker_desktop.session.part_words import code_words
from broker_desktop.session.summary import Summary

NOW: Final = "by now: "
"""Stands before what a signed summary would rest on today."""

_ON_PAPER: Final = 24
"""So many sites a paper names; tables name them all."""
Row = tuple[str, str | int | float]


def rest_rows(summary: Summary, codes: CodeLists | None = None) -> list[Row]:
    """Give names with what is said: as at signing, then, where more has come since, how it stands by now."""
    months = summary.period.month_count
    rows = list(_rows(summary.completeness, months, codes))
    if summary.completeness_now is not None:
        before = set(rows)
        changed = (row for row in _rows(summary.completeness_now, months, codes) if row not in before)
        rows += [(NOW + name, value) for name, value in changed]
    return rows


def _rows(complete: Completeness, months: int, codes: CodeLists | None) -> Iterator[Row]:
    yield "laptops", complete.seats
    yield "laptops not heard from since", len(complete.not_heard_from)
    for one in complete.not_heard_from:
        yield f"laptop {one.seat} last heard from", one.last or "never"
    yield "sheets expected", complete.sites_expected
    yield "sheets that came", complete.sites_reported
    for site in site_words(complete.sites_missing, months, codes):
        yield "site without a sheet", site
    if complete.answers is not None:
        if complete.answers.asked is not None and complete.answers.missing is not None:
            yield "answers to be asked for", complete.answers.asked
            yield "answers missing", complete.answers.missing
        if complete.answers.percent is not None:
            yield "answers missing, percent", complete.answers.percent
    if complete.lag is not None:
        yield "days until written down, median", complete.lag.median_days
        yield "days within which 95 of 100 were written down", complete.lag.days_of_95
    yield from _sync_rows(complete.lag_to_sync)
    yield "records in which two values wait for a decision", complete.in_conflict
    yield "things that arrived and could not be used", complete.set_aside
    yield "records read", ", ".join(complete.compartments)


def _sync_rows(lag: LagToSync | None) -> Iterator[Row]:
    if lag is None:
        return
    if lag.median_days is not None and lag.days_of_95 is not None:
        yield "days until records reached the server, median", lag.median_days
        yield "days within which 95 of 100 reached the server", lag.days_of_95
    if lag.not_told is not None:
        yield "records of which it is not known yet when they reached the server", lag.not_told


def rest_sentences(summary: Summary, codes: CodeLists | None = None) -> list[str]:
    """Give what a summary rests on as a paper says it."""
    complete, now = summary.completeness, summary.completeness_now
    months = summary.period.month_count
    told = [
        _laptops(complete, signed=summary.state == "signed"),
        *_sheets(complete, months, codes),
        *_answers(complete.answers),
        *_lag(complete.lag),
        *_lag_to_sync(complete.lag_to_sync),
    ]
    told += _waiting(complete)
    if now is not None:
        since = [_laptops(now), *_sheets(now, months, codes), *_answers(now.answers)]
        since += [*_lag_to_sync(now.lag_to_sync), *_waiting(now)]
        told += [f"Since it was signed: {words}" for words in since if words not in told]
    return told


def site_words(missing: tuple[SiteMissing, ...], months: int, codes: CodeLists | None) -> list[str]:
    """Name sites, each once; with the months of which no sheet came, unless it is all `months` of the period."""
    found: dict[str, list[str]] = {}
    for one in missing:
        found.setdefault(one.site, []).append(one.month)
    return [
        (site if codes is None else code_words("site", site, codes))
        + ("" if len(of) == months else f" ({', '.join(of)})")
        for site, of in found.items()
    ]


def _laptops(complete: Completeness, *, signed: bool = False) -> str:
    silent = complete.not_heard_from
    if not silent:
        many = "The one laptop of the team has" if complete.seats == 1 else f"All {complete.seats} laptops have"
        return f"{many} sent what there is of this period."
    have = "had" if signed else "has" if len(silent) == 1 else "have"
    first = f"{len(silent)} of {complete.seats} laptops {have} not sent everything"
    then = " when it was signed" if signed else "; figures can still rise"
    return f"{first}{then}. Last heard from: {', '.join(one.last or 'never' for one in silent)}."


def _sheets(complete: Completeness, months: int, codes: CodeLists | None) -> list[str]:
    if not complete.sites_expected:
        return []
    came = f"{complete.sites_reported} of {complete.sites_expected} expected sheets of sites have come."
    if not complete.sites_missing:
        return [came]
    sites = site_words(complete.sites_missing, months, codes)
    more = [f"{len(sites) - _ON_PAPER} more"] if len(sites) > _ON_PAPER else []
    return [f"{came} Without a sheet: {'; '.join([*sites[:_ON_PAPER], *more])}."]


def _answers(answers: AnswersMissing | None) -> list[str]:
    if answers is None or answers.percent is None:
        return []
    if not answers.some:
        return ["All answers that a form must ask for are there."]
    if answers.asked is None or answers.missing is None:
        return [f"{answers.percent} % of the answers that a form must ask for are missing."]
    return [
        f"{answers.missing:,} of {answers.asked:,} answers that a form must ask for are missing ({answers.percent} %)."
    ]


def _lag(lag: Lag | None) -> list[str]:
    if lag is None:
        return []
    return [
        f"Half of the records were written down within {lag.median_days:g} days, 95 of 100 within {lag.days_of_95:g}."
    ]


def _lag_to_sync(lag: LagToSync | None) -> list[str]:
    if lag is None:
        return []
    told = []
    if lag.median_days is not None and lag.days_of_95 is not None:
        told.append(
            f"Days until records reached the server: half of them within {lag.median_days:g}, "
            f"95 of 100 within {lag.days_of_95:g}."
        )
    if lag.not_told:
        records = "1 record" if lag.not_told == 1 else f"{lag.not_told:,} records"
        told.append(f"It is not known yet when {records} reached the server.")
    return told


def _waiting(complete: Completeness) -> list[str]:
    told = []
    if complete.in_conflict:
        hold = "1 record holds" if complete.in_conflict == 1 else f"{complete.in_conflict} records hold"
        told.append(f"{hold} two values, of which somebody has to choose one.")
    if complete.set_aside:
        things = "1 thing" if complete.set_aside == 1 else f"{complete.set_aside} things"
        told.append(f"{things} arrived that could not be used.")
    return told
