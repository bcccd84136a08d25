"""The header of the month summary: in one line that everything is in, or else what is missing and what to do about it.

Names of colleagues stand here for our own team only; for anybody else laptops are only counted.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from PySide6.QtWidgets import QHBoxLayout, QWidget

from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.measure import Completeness, LagToSync, NotHeardFrom
from broker_desktop.session.disclosure import Level
from broker_desktop.session.mark_words import mark_words
from broker_desktop.session.summary import Summary, falls_beside
from broker_desktop.ui.i18n import month_words, parse_day, translate
from broker_desktop.ui.pages.page import Place
from broker_desktop.ui.widgets.boxes import Box, row
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.notices import Banner
from broker_desktop.ui.widgets.text import IconLabel, Label, Paragraph

_NAMED_MOST: Final = 6
Go = Callable[[], None]
"""A slot of the page: its sender is a button whose properties `page` and `month` say where to go."""


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that is missing, and the page on which something can be done about it."""

    words: str
    label: str = ""
    place: Place | None = None
    icon: str = ""
    advice: str = ""

    @property
    def whole(self) -> str:
        """What is said, and what to do about it."""
        return f"{self.words} {self.advice}".strip()


@dataclass(frozen=True, slots=True)
class Words:
    """What the header needs to put a summary into words."""

    names: Mapping[str, str]
    """Laptop id to whose it is; left aside for everybody but our own team."""
    codes: CodeLists
    month: str


def header(summary: Summary, words: Words, go: Go) -> QWidget:
    """Make the header of a month."""
    complete, said = summary.completeness, list(told(summary, words))
    if complete.everything and not said:
        return _one_line(title(summary))
    rows = [_row(one, go) for one in said]
    tone = "info" if complete.all_reported else "warn"
    icon = "circle-check" if complete.everything else ""
    lead = "" if complete.all_reported else _still(summary)
    made = Banner(tone, title(summary), lead, icon=icon, under=tuple(rows))
    made.setAccessibleName(" ".join((title(summary), lead, *(one.whole for one in said))))
    return made


def title(summary: Summary) -> str:
    """Say in one line how complete the figures are, or were when they were signed."""
    complete, signed = summary.completeness, summary.state == "signed"
    if complete.everything:
        when_signed = translate("Summary", "Everything was in when it was signed")
        now = translate("Summary", "Everything is in")
        return when_signed if signed else now
    if complete.all_reported:
        when_signed = translate("Summary", "Everything was in when it was signed, but for some answers")
        now = translate("Summary", "Everything is in, but for some answers")
        return when_signed if signed else now
    when_signed = translate("Summary", "Not everything was in when it was signed")
    now = translate("Summary", "Not everything is in")
    return when_signed if signed else now


def told(summary: Summary, words: Words) -> Iterator[Said]:
    """Give what is missing, what has come since it was signed, and what disrupted the service, in this order."""
    complete, now = summary.completeness, summary.completeness_now
    own = summary.level is Level.INTERNAL
    missing = list(_missing(complete, words, own=own))
    if now is None:
        yield from missing
    else:
        still = {one.words for one in _missing(now, words, own=own)}
        # What has come since needs nobody to do anything.
        yield from (one if one.words in still else Said(one.words) for one in missing)
        since = translate("Summary", "Today: {words}")
        kept = {one.words for one in missing}
        yield from (
            Said(since.format(words=one.words), one.label, one.place, advice=one.advice)
            for one in _missing(now, words, own=own)
            if one.words not in kept
        )
        yield from _come(complete, now)
    if complete.lag is not None and not complete.everything:
        lag = translate("Summary", "Half of the records were written down within {n} days, 95 of 100 within {most}.")
        yield Said(lag.format(n=f"{complete.lag.median_days:g}", most=f"{complete.lag.days_of_95:g}"))
    synced = complete.lag_to_sync
    if synced is not None and not complete.everything:
        yield from map(Said, _until_synced(synced))
    yield from _disruptions(summary, words)


def _missing(complete: Completeness, words: Words, *, own: bool) -> Iterator[Said]:
    if complete.not_heard_from:
        silent = laptop_words(complete, words.names if own else {})
        ask = translate("Summary", "Ask them to connect once.")
        yield Said(silent, translate("Summary", "Laptops"), Place("sync"), advice=ask)
    if complete.sheets_short:
        yield _sheets(complete, words)
    if complete.in_conflict:
        one = translate("Summary", "1 record holds two values.")
        many = translate("Summary", "{n} records hold two values.")
        two = (one if complete.in_conflict == 1 else many).format(n=complete.in_conflict)
        somebody = translate("Summary", "Somebody has to choose.")
        yield Said(two, translate("Summary", "Choose"), Place("conflicts"), advice=somebody)
    if complete.set_aside:
        one = translate("Summary", "1 thing arrived that could not be used yet.")
        many = translate("Summary", "{n} things arrived that could not be used yet.")
        aside = (one if complete.set_aside == 1 else many).format(n=complete.set_aside)
        again = translate("Summary", "Sync again; if that does not help, ask for help.")
        yield Said(aside, translate("Summary", "Sync"), Place("sync"), advice=again)
    answers = complete.answers
    if answers is not None and answers.some:
        share = translate("Summary", "{percent} % of the answers that a form must ask for are missing.")
        if answers.asked is not None:
            share = translate(
                "Summary", "{missing:,} of {all:,} answers that a form must ask for are missing ({percent} %)."
            )
        yield Said(share.format(missing=answers.missing, all=answers.asked, percent=answers.percent))


def _until_synced(lag: LagToSync) -> Iterator[str]:
    if lag.median_days is not None:
        days = translate("Summary", "Days until records reached the server: half within {n}, 95 of 100 within {most}.")
        yield days.format(n=f"{lag.median_days:g}", most=f"{lag.days_of_95:g}")
    if lag.not_told:
        one = translate("Summary", "It is not known yet when 1 record reached the server.")
        many = translate("Summary", "It is not known yet when {n:,} records reached the server.")
        yield (one if lag.not_told == 1 else many).format(n=lag.not_told)


def _come(before: Completeness, now: Completeness) -> Iterator[Said]:
    """Give what was missing when it was signed and is all there today."""
    if before.not_heard_from and not now.not_heard_from:
        yield Said(translate("Summary", "Today: all laptops are in."), icon="circle-check")
    if before.sheets_short and not now.sheets_short:
        yield Said(translate("Summary", "Today: all sheets of sites have come."), icon="circle-check")
    if before.in_conflict and not now.in_conflict:
        yield Said(translate("Summary", "Today: no record waits for a choice."), icon="circle-check")


def laptop_words(complete: Completeness, names: Mapping[str, str]) -> str:
    """Say which laptops were not heard from, by name where names are given."""
    silent = complete.not_heard_from
    named = [(one, names.get(one.seat, "")) for one in silent]
    shown = [_since(one, name) for one, name in named if name][:_NAMED_MOST]
    if shown:
        more = translate("Summary", "{n} more")
        rest = [] if len(shown) == len(silent) else [more.format(n=len(silent) - len(shown))]
        who = translate("Summary", "Not heard from: {who}.")
        return who.format(who=", ".join([*shown, *rest]))
    last = max((one.last for one in silent if one.last), default="")
    if not last:
        one = translate("Summary", "1 laptop was not heard from yet.")
        many = translate("Summary", "{n} laptops were not heard from yet.")
        return (one if len(silent) == 1 else many).format(n=len(silent))
    one = translate("Summary", "1 laptop not heard from since {day}.")
    many = translate("Summary", "{n} laptops not heard from since {day}.")
    return (one if len(silent) == 1 else many).format(n=len(silent), day=_day(last))


def _since(one: NotHeardFrom, name: str) -> str:
    if one.last is None:
        return translate("Summary", "{name} (never yet)").format(name=name)
    return translate("Summary", "{name} (since {day})").format(name=name, day=_day(one.last))


def _day(text: str) -> str:
    day = parse_day(text)
    return text if day is None else f"{day.day} {month_words()[day.month - 1]}"


def _sheets(complete: Completeness, words: Words) -> Said:
    sites = list(dict.fromkeys(one.site for one in complete.sites_missing))
    named = [words.codes.label("place", one) for one in sites[:_NAMED_MOST]]
    if len(sites) > _NAMED_MOST:
        named.append(translate("Summary", "{n} more").format(n=len(sites) - _NAMED_MOST))
    came = translate("Summary", "{n} of {all} sheets of sites have come. Without one: {sites}.")
    if not named:
        came = translate("Summary", "{n} of {all} sheets of sites have come.")
    said = came.format(n=complete.sites_reported, all=complete.sites_expected, sites=", ".join(named))
    ring = translate("Summary", "Ring them.")
    return Said(said, translate("Summary", "Sheets"), Place("sheets", id=words.month), advice=ring)


def _disruptions(summary: Summary, words: Words) -> Iterator[Said]:
    titles = {line.id: line.title for line in summary.lines}
    for mark in summary.marks:
        if mark["kind"] == "fall":
            continue
        said = mark_words(mark, words.codes, translate)
        fell = [titles.get(one["line"], one["line"]) for one in falls_beside(summary.marks, mark)]
        if fell:
            beside = translate("Summary", "{disruption}. It may explain the fall in: {lines}.")
            said = beside.format(disruption=said, lines=", ".join(fell))
        yield Said(said, icon="flag")


def _still(summary: Summary) -> str:
    if summary.state == "signed":
        return translate("Summary", "The signed figures stay; what came later stands beside them.")
    return translate("Summary", "Figures can still change.")


def _one_line(words: str) -> QWidget:
    made = Box(name="plain", padding=0)
    made.add(row(IconLabel("circle-check", token="ok"), Label(words, role="strong"), "stretch"))
    made.setAccessibleName(words)
    return made


def _row(said: Said, go: Go) -> QWidget:
    made = QWidget()
    line = QHBoxLayout(made)
    line.setContentsMargins(0, 0, 0, 0)
    if said.icon:
        line.addWidget(IconLabel(said.icon, size=16))
    line.addWidget(Paragraph(said.whole, role="small"), 1)
    place = said.place
    if place is not None:
        button = Button(said.label, kind="quiet")
        button.setAccessibleName(f"{said.label}: {said.words}")
        button.setProperty("page", place.page)
        button.setProperty("month", place.id)
        button.clicked.connect(go)
        line.addWidget(button)
    return made
