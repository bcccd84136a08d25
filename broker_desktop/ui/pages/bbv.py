"""A blood-borne virus test: the form, how far it is, what its clock says, and the report that stays closed.

Every report looks the same, whatever it says: same words, same colour, same clock (look.md 6 and 8). An opened one
closes after a minute, when the window loses the focus and when the page is left. Nothing here decides; it fills in
the form, and the person saves.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Slot
from PySide6.QtWidgets import QApplication, QGridLayout, QWidget

from broker_desktop.records.answer import is_answered
from broker_desktop.records.bbv_steps import PATH, place_on_path, results_came_on
from broker_desktop.records.bbv_test import SEALED_PARTS, SECRET
from broker_desktop.records.clinical_rules import timer
from broker_desktop.records.retest import suggested_retest
from broker_desktop.session.views import RecordView
from broker_desktop.ui.forms.form import Payload
from broker_desktop.ui.forms.question import Question
from broker_desktop.ui.i18n import LONDON, parse_moment, short_day, translate
from broker_desktop.ui.pages.page import Desk, Place
from broker_desktop.ui.pages.record_form import FormPage
from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.boxes import Card, column, row
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.focus import focus_soon
from broker_desktop.ui.widgets.marks import Badge
from broker_desktop.ui.widgets.pathway import Pathway
from broker_desktop.ui.widgets.text import IconLabel, Label, Paragraph

OPEN_FOR_MS: Final = 60_000
_CLOCK_MS: Final = 20_000
_LAID_OUT_MS: Final = 60
_REPORT_IN: Final = frozenset({"resulted", "reviewed", "delivery_due", "unable_to_contact"})
_TRIES: Final = {"not_found": "not_found", "wait": "asked_to_wait", "rather_not": "rather_not_know"}


class BbvPage(FormPage):
    """One test, new or saved."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "bbv_test")
        self.pathway = Pathway([translate("Bbv", words) for words, _ in PATH])
        self.clock = Badge("", icon="clock")
        self._advice = Paragraph("", role="small", tone="muted")
        self._strip = Card(padding=16, gap=8)
        self._strip.add(self.pathway, row(self.clock, "stretch"), self._advice)
        self.open_button = Button(
            translate("Bbv", "Open the report"), kind="primary", icon="door-open", key=translate("Bbv", "Ctrl+O")
        )
        self.open_button.clicked.connect(self.open_report)
        self._seal_words = Paragraph("", role="small")
        self._seal = self._seal_card()
        self._then = self._then_card()
        self.column.insertLayout(0, column(self._strip, self._seal, self._then, gap=12))
        self._closes = _timer(self, OPEN_FOR_MS, single=True)
        self._closes.timeout.connect(self.close_report)
        self._scrolls = _timer(self, _LAID_OUT_MS, single=True)
        self._scrolls.timeout.connect(self._to_report)
        self._ticks = _timer(self, _CLOCK_MS, single=False)
        self._ticks.timeout.connect(self._show_strip)
        self._ticks.start()
        self._secret_here = False
        self.form.changed.connect(self._show_strip)
        self._show_strip()

    def header_parts(self) -> list[QWidget]:
        """Return what FormPage has, and who may see this."""
        return [*super().header_parts(), Badge(translate("Bbv", "Clinical"), icon="lock")]

    def arrive(self, place: Place) -> None:
        """Start closed."""
        self._secret_here = False
        self._show_seal()
        super().arrive(place)

    def leave(self) -> None:
        """Close the report before anything else comes to the front."""
        super().leave()
        self.close_report()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Close the report when the window is not in front any more."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self.close_report()

    # The report

    @property
    def report_open(self) -> bool:
        """Tell whether what the report says is on screen."""
        return self._closes.isActive()

    @Slot()
    def open_report(self) -> None:
        """Show what the report says, for a minute."""
        if self._secret_here:
            self._closes.start()
            self._show_seal()
            focus_soon(self.form.questions["results"].first())
            self._scrolls.start()

    @Slot()
    def _to_report(self) -> None:
        """Bring the report to the top, once the form has made room for it."""
        card = next(one.card for one in self.form.sections if one.title in SEALED_PARTS)
        self.body.verticalScrollBar().setValue(card.mapTo(self.body.area, QPoint(0, 0)).y() - look().space(12))

    @Slot()
    def close_report(self) -> None:
        """Close it again; what was typed stays typed."""
        was_open = self.report_open
        self._closes.stop()
        self._show_seal()
        if was_open and QApplication.focusWidget() is None:
            focus_soon(self.open_button)

    def _show_seal(self) -> None:
        closed = self._secret_here and not self.report_open
        self.form.set_sealed(SEALED_PARTS if closed else frozenset())
        self._seal.setVisible(self._secret_here)
        self.open_button.setVisible(closed)
        self._seal_words.setText(
            translate("Bbv", "Open it only in a private room, with time. It closes after a minute.")
            if closed
            else translate("Bbv", "Open for a minute, below. It closes by itself and when you move away.")
        )

    def _seal_card(self) -> Card:
        card = Card(padding=16, gap=8)
        words = column(
            Label(translate("Bbv", "The report is in and closed"), role="section"),
            Paragraph(translate("Bbv", "It looks the same here whatever it says."), role="small", tone="muted"),
            self._seal_words,
            gap=4,
        )
        line = row(IconLabel("lock", token="primary", size=26), gap=14)
        line.addLayout(words, 1)
        line.addWidget(self.open_button)
        card.body.addLayout(line)
        return card

    # Opening and saving

    def _open(self, view: RecordView) -> None:
        self._secret_here = any(is_answered(view.payload.get(name)) for name in SECRET)
        stays = translate("Bbv", "That stays closed, and so does why it was changed.")
        told = tuple(replace(one, old=None, reason=stays) if one.field in SECRET else one for one in view.corrections)
        super()._open(replace(view, corrections=told))
        self._show_seal()
        self._show_strip()
        if self._secret_here and not self._first.focus:
            focus_soon(self.open_button)

    def _start(self, payload: Payload) -> None:
        self._secret_here = False
        self._show_seal()
        super()._start(payload)

    def _show_blocked(self, blocked: Sequence[Question]) -> bool:
        if any(one.field.section in SEALED_PARTS for one in blocked):
            self.open_report()
        return super()._show_blocked(blocked)

    # How far it is

    @Slot()
    def _show_strip(self) -> None:
        payload = self.form.value()
        self.pathway.show_step(place_on_path(payload.get("state")))
        words, tone = self._clock_words(payload)
        self.clock.show_words(words, icon="clock", tone=tone)
        self.clock.setVisible(bool(words))
        self._advice.setText(self._advice_words(payload))
        waiting = payload.get("state") in _REPORT_IN and not is_answered(payload.get("result_given_on"))
        self._then.setVisible(waiting and self._record_id is not None)

    def _clock_words(self, payload: Payload) -> tuple[str, str]:
        state, now = payload.get("state"), self.desk.now()
        today = now.astimezone(LONDON).date()
        dries_from = parse_moment(str(payload.get("drying_from") or ""))
        if state in ("sample_taken", "drying") and dries_from is not None:
            return _drying_words(dries_from + timedelta(minutes=timer("drying_minutes")), now)
        if state in ("sample_taken", "drying", "packed") and payload.get("method") == "dried_blood_spot":
            return translate("Bbv", "Card still here: pack it and send it"), ""
        if state in ("dispatched", "received", "partial") and (sent := _day(payload.get("dispatched_on"))):
            chase = sent + timedelta(days=timer("chase_laboratory_days"))
            if chase <= today:
                return translate("Bbv", "No result yet: ask the laboratory"), "warn"
            told = translate("Bbv", "Ask the laboratory from {day} on if nothing came")
            return told.format(day=short_day(chase, today)), ""
        came = results_came_on(payload) if state in _REPORT_IN else None
        if came is not None and not is_answered(payload.get("result_given_on")):
            by = came + timedelta(hours=timer("give_result_hours"))
            return translate("Bbv", "To be given by {day}").format(day=short_day(by, today)), ""
        return "", ""

    def _advice_words(self, payload: Payload) -> str:
        told = []
        again = suggested_retest(payload, self.desk.session.codes)
        if again is not None:
            today = self.desk.now().astimezone(LONDON).date()
            told.append(translate("Bbv", "Suggested: test again from {day}.").format(day=short_day(again, today)))
        if self.desk.session.clinical.unsigned():
            told.append(translate("Bbv", "Days and timers are not signed off by your clinical lead."))
        return " ".join(told)

    # Then record

    def _then_card(self) -> Card:
        card = Card(padding=16, gap=10)
        card.add(Label(translate("Bbv", "Then record"), role="section"))
        grid = QGridLayout()
        grid.setSpacing(look().space(10))
        tiles = (
            ("told", "user-check", translate("Bbv", "Told in person"), translate("Bbv", "By whom, understood")),
            ("not_found", "user-x", translate("Bbv", "Could not reach"), translate("Bbv", "Adds a try")),
            ("wait", "hourglass", translate("Bbv", "Asked to wait"), translate("Bbv", "No reason needed")),
            ("rather_not", "hand", translate("Bbv", "Rather not know"), translate("Bbv", "Help carries on")),
        )
        for place, (name, icon, words, sub) in enumerate(tiles):
            tile = Button(words, kind="tile", icon=icon, sub=sub)
            tile.setProperty("then", name)
            tile.clicked.connect(self._then_pressed)
            grid.addWidget(tile, place // 2, place % 2)
        card.body.addLayout(grid)
        return card

    @Slot()
    def _then_pressed(self) -> None:
        what = str(self.sender().property("then"))
        payload = self.form.value()
        today = self.desk.now().astimezone(LONDON).date().isoformat()
        if what == "told":
            payload |= {"state": "delivered", "result_given_on": today, "result_given_how": "in_person"}
            focus = "delivered_by"
        else:
            tries = payload.get("attempts")
            before = tries if isinstance(tries, list) else []
            payload["attempts"] = [*before, {"on": today, "outcome": _TRIES[what]}]
            focus = f"attempts.{len(before)}.way"
        self.form.set_value(payload)
        self._after_edit()
        self._show_strip()
        focus_soon(self.form.question_at(focus).first())


def _drying_words(ready: datetime, now: datetime) -> tuple[str, str]:
    minutes = -(-(ready - now) // timedelta(minutes=1))
    if minutes <= 0:
        return translate("Bbv", "Dry: pack it with desiccant"), "ok"
    told = translate("Bbv", "Drying until {clock}, {n} min left")
    return told.format(clock=f"{ready.astimezone(LONDON):%H:%M}", n=minutes), ""


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _timer(owner: QWidget, milliseconds: int, *, single: bool) -> QTimer:
    found = QTimer(owner)
    found.setSingleShot(single)
    found.setInterval(milliseconds)
    found.setTimerType(Qt.TimerType.CoarseTimer)
    return found
