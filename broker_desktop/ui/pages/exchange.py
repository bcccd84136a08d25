"""Needle exchange at the counter: who, what they take, a few questions, save. Six presses for a repeat visit.

Counter view: nothing of the past is shown, no other code, no cap, no question before supplies (look.md sections 5, 6).
The page puts cards together and hands their values to the session; rules are the session's.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget

from broker_desktop.records import record_type
from broker_desktop.records.rules import Severity
from broker_desktop.session import Refused
from broker_desktop.session.views import Draft, RecordRow, Saved, Supplies, TodayView
from broker_desktop.ui.i18n import LONDON, translate
from broker_desktop.ui.pages.exchange_footer import ExchangeFooter
from broker_desktop.ui.pages.exchange_more import DangerPanel, MoreOfVisit
from broker_desktop.ui.pages.exchange_side import SideCard, SideFold
from broker_desktop.ui.pages.exchange_supplies import SHIFTED, SuppliesCard, with_bins
from broker_desktop.ui.pages.exchange_who import WhoCard
from broker_desktop.ui.pages.form_parts import next_form
from broker_desktop.ui.pages.form_start import form_context
from broker_desktop.ui.pages.page import Desk, DraftSlot, Page, Place, locked_focus, read_locked_focus
from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.boxes import column
from broker_desktop.ui.widgets.focus import focus_soon
from broker_desktop.ui.widgets.marks import Badge

TYPE: Final = "nx_visit"
DEAF_MS: Final = 350
SIDE_WIDTH: Final = 372
FEW: Final = 5
_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_WHO, _SAVE = "who", "save"


class ExchangePage(Page):
    """One visit after another."""

    counter_view = True
    stays = True
    rail_place = f"list:{TYPE}"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._draft = DraftSlot()
        self._session_of_visit: dict[str, Any] = {}
        self._saving = False
        self.deaf = False
        self._deaf_timer = QTimer(self, singleShot=True, interval=DEAF_MS)
        self._deaf_timer.timeout.connect(self._hear)
        self._badge = Badge(translate("Exchange", "Counter view"), icon="eye-off")
        self.who = WhoCard(desk.session.candidates)
        self.who.decided.connect(self._decided)
        self.who.reopened.connect(self._changed)
        context = form_context(desk)
        self.supplies = SuppliesCard(context.codes)
        self.supplies.changed.connect(self._changed)
        self.side = SideCard(desk.session.worded(TYPE), replace(context, few=FEW))
        self.side.changed.connect(self._changed)
        self.more = MoreOfVisit(desk.session.worded(TYPE), context)
        self.more.changed.connect(self._more_changed)
        self.danger = DangerPanel(desk.session.codes)
        self.danger.acted.connect(self._acted)
        self._fold = SideFold()
        self._fold.toggled_open.connect(self._fold_pressed)
        self.footer = ExchangeFooter()
        self._build()

    # Page

    def title(self) -> str:
        """Return the page's title."""
        return translate("Exchange", "Needle exchange")

    def subtitle(self) -> str:
        """Return place and time."""
        clock = f"{self.desk.now().astimezone(LONDON):%H:%M}"
        return ", ".join(filter(None, (self.side.place_words(self.desk.session.codes), clock)))

    def header_parts(self) -> list[QWidget]:
        """Return the counter-view badge."""
        return [self._badge]

    def arrive(self, place: Place) -> None:
        """Start a visit, or take a draft up again."""
        self._reset()
        session = self.desk.session
        self.desk.read(self, lambda: (session.today(), session.records(TYPE, limit=1)), self._take_defaults)
        if place.draft:
            self._draft = DraftSlot(place.draft)
            self.desk.read(self, session.drafts, self._take_draft)
        elif place.payload and place.payload.get("person"):
            person = str(place.payload["person"]["id"])
            self.who.choose_known(person, session.person_label(person))

    def leave(self) -> None:
        """Park an unfinished visit, unless the save under way stores it."""
        if self._filled():
            self.desk.park(TYPE, self.payload(), self._focus_name(), self._draft)

    def keep(self) -> bool:
        """Keep the visit before the vault is locked."""
        worth = self._filled() and not self._draft.stored
        if worth:
            focus = locked_focus("", self._focus_name())
            self.desk.session.keep_draft(TYPE, self.payload(), focus, draft=self._draft.id)
        return worth

    def refuse(self) -> str:
        """Make the visit anonymous, refuse a question, or say that there is nothing to refuse."""
        focus = QApplication.focusWidget()
        if self.who.holds(focus):
            self.who.refuse()
            return ""
        if self.more.form is not None and self.more.form.question_of(focus) is not None:
            return self.more.form.refuse_focused()
        question = self.side.question_of(focus)
        if question is None:
            return translate("Exchange", "There is nothing to refuse here: supplies, place and time are no questions.")
        focus_soon(self.side.refuse(question) or self.footer.save)
        return ""

    @Slot()
    def refuse_rest(self) -> None:
        """Refuse the questions that are left and go to Save."""
        if not self.who.known:
            self.who.refuse()
        self.side.refuse_rest()
        if self.more.form is not None and self.more.is_open:
            self.more.form.refuse_rest()
        focus_soon(self.footer.save)

    def escape(self) -> bool:
        """Park the visit as a draft and go to Today; the screen of danger signs stays until somebody acted."""
        if not self.danger.isHidden():
            return True
        parked = self._filled() and not self._saving
        self.desk.go(Place("today"))
        if parked:
            self.desk.say(translate("Exchange", "Parked as a draft. It waits on Today."))
        return True

    def set_compact(self, compact: bool) -> None:
        """Fold the side column into one line, let tiles lose their second line."""
        super().set_compact(compact)
        large = look().percent >= 150
        folded = compact or large
        self.supplies.set_tall(not folded)
        self.footer.park.setVisible(not large)
        self._fold.setVisible(folded)
        home = self._below if folded else self._across
        if home.indexOf(self.side) < 0:
            home.addWidget(self.side)
        self.side.setMaximumWidth(16777215 if folded else look().letters(SIDE_WIDTH))
        self.side.setMinimumWidth(0 if folded else look().letters(SIDE_WIDTH))
        self.side.setVisible(not folded or self._fold.open)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Digits count packs, F4 and = copy last time, PgDn opens the side column."""
        text, key, tiles = event.text(), Qt.Key(event.key()), self.supplies.tiles
        if text.isdigit() and 1 <= int(text) <= len(tiles):
            tiles[int(text) - 1].more()
        elif SHIFTED.get(text, 99) <= len(tiles):
            tiles[SHIFTED[text] - 1].fewer()
        elif key == Qt.Key.Key_F4 or text == "=":
            self._same()
        elif key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            self._page(key == Qt.Key.Key_PageDown)
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Keep Save deaf to the bounce of the Enter that took the code."""
        if watched is self.footer.save and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return event.key() in _ENTER and (self.deaf or event.isAutoRepeat())
        return super().eventFilter(watched, event)

    # Saving

    def payload(self) -> dict[str, Any]:
        """Return the visit as contract.md writes it."""
        now = self.desk.now().astimezone(LONDON).isoformat(timespec="minutes")
        return {
            **self._session_of_visit,
            **self.side.value(),
            **with_bins(self.supplies.value(), self.more.value()),
            "person": self.who.person,
            "occurred_at": now,
        }

    @Slot()
    def save(self) -> None:
        """Save the visit."""
        if self._saving or not self.who.known:
            return
        self._saving = True
        payload, draft, other, session = self.payload(), self._draft, self.who.someone_else, self.desk.session

        def work() -> Saved:
            saved = session.save(TYPE, payload, someone_else=other, draft=draft.id)
            draft.stored = True
            return saved

        def saved(done: Saved) -> None:
            self._saved(done, next_form(record_type(TYPE), payload, done))

        self.desk.write(self, work, saved, self._failed)

    def _saved(self, saved: Saved, following: Place | None) -> None:
        clock = f"{self.desk.now().astimezone(LONDON):%H:%M}"
        self._reset()
        words = translate("Exchange", "Visit saved {clock} on this laptop.")
        if following is not None:
            self.desk.go(replace(following, counter=True))
        self.desk.say_saved(words.format(clock=clock), saved)

    def next_section(self, _step: int) -> None:
        """Open what else a visit can hold."""
        self.more.open()

    def _failed(self, error: Exception) -> None:
        self._saving = False
        if not isinstance(error, Refused):
            self.desk.tasks.problem(error)
            return
        for issue in [one for one in error.issues if one.severity is not Severity.WARN][:1]:
            if not self.more.show_issue(issue):
                self._open_side(is_open=True)
                self.side.show_issue(issue)
            self.desk.say(issue.message, tone="warn")

    # Building

    def _build(self) -> None:
        self._across = QHBoxLayout()
        self._across.setSpacing(look().space(12))
        self._below = column(gap=12)
        main = column(self.who, self.supplies, self.more, self._fold, self._below, gap=12)
        main.addStretch(1)
        self._across.addLayout(main, 1)
        self.column.addLayout(self._across)
        self.set_footer(self.danger)
        self.set_footer(self.footer)
        self.footer.rest.clicked.connect(self.refuse_rest)
        self.footer.park.clicked.connect(self._park_pressed)
        self.footer.save.clicked.connect(self.save)
        self.footer.save.installEventFilter(self)
        self.set_compact(False)

    def _reset(self) -> None:
        self._saving, self._draft = False, DraftSlot()
        self.who.reset()
        self.supplies.reset()
        self.side.reset()
        self.more.set_asked_lately(frozenset())
        self.more.set_value({})
        self._changed()
        self.body.verticalScrollBar().setValue(0)
        focus_soon(self.who.finder.box)

    def _take_defaults(self, found: tuple[TodayView, Sequence[RecordRow]]) -> None:
        """Take the session that runs, and the place of the visit before."""
        today, last = found
        self._session_of_visit = {} if today.running is None else {"session": {"id": today.running.id}}
        if last:
            self.side.take_where(last[0].payload)
        self._changed()
        self.desk.header_changed.emit()

    def _take_draft(self, drafts: Sequence[Draft]) -> None:
        found = next((draft for draft in drafts if draft.id == self._draft.id), None)
        if found is None:
            return
        self.supplies.set_value(found.payload)
        self.side.set_value(found.payload)
        shown = self.supplies.value()
        self.more.set_value({name: value for name, value in found.payload.items() if shown.get(name) != value})
        person = found.payload.get("person") or {}
        kept = (read_locked_focus(found.focus) or ("", found.focus))[1]
        if "id" in person:
            self.who.choose_known(person["id"], self.desk.session.person_label(person["id"]))
        elif "code" in person:
            self.who.choose_new(person["code"])
        elif kept and kept != _WHO:
            self.who.refuse()  # the cursor had left the question, and nobody was named
        self._changed()
        focus_soon(self._named(kept))

    def _focus_name(self) -> str:
        """Name where the cursor is: the question of who it is, a pack, a question beside, or Save."""
        focus = self.focusWidget()  # the last one in here: at a lock the shield has the keyboard already
        if not self.who.known:
            return _WHO
        pack = next((tile.code for tile in self.supplies.tiles if tile is focus), None)
        beside = next((name for name, one in self.side.questions.items() if one.isAncestorOf(focus)), None)
        return pack or beside or _SAVE

    def _named(self, name: str) -> QWidget:
        """Return what `_focus_name` named."""
        if not self.who.known:
            return self.who.finder.box
        packs = {tile.code: tile for tile in self.supplies.tiles}
        question = self.side.questions.get(name)
        return packs.get(name) or (question.first() if question is not None else self.footer.save)

    def _filled(self) -> bool:
        return self.who.known or not self.supplies.empty_of_supplies()

    # Slots

    @Slot()
    def _decided(self) -> None:
        self.more.set_asked_lately(frozenset())
        self.deaf = True
        self._deaf_timer.start()
        self._changed()
        focus_soon(self.footer.save)
        person, session = self.who.person or {}, self.desk.session
        if "id" in person:
            self.desk.read(self, lambda: (person, session.last_visit_supplies(person["id"])), self._copy_last)

    def _copy_last(self, found: tuple[dict[str, str], Supplies]) -> None:
        person, supplies = found
        if person is not self.who.person:
            return
        self.more.set_asked_lately(supplies.asked_lately)
        if self.supplies.empty_of_supplies():
            self.supplies.copy_last(supplies)

    @Slot()
    def _hear(self) -> None:
        self.deaf = False

    @Slot()
    def _changed(self) -> None:
        told = self.side.told(self.desk.session.codes)
        self.more.set_beside({**self.side.value(), **self.supplies.value()})
        self._fold.set_words(told or translate("Exchange", "Questions and place"))
        self.footer.show_visit(self.who, self.supplies, self.side)

    @Slot()
    def _more_changed(self) -> None:
        self._changed()
        signs = self.more.dangers(self.desk.session.codes)
        if signs:
            self._show_danger(signs)

    def _show_danger(self, signs: Sequence[str]) -> None:
        """Put the screen of danger signs in the place of the whole visit, or take it away again."""
        for part in (self.body, self.footer):
            part.setHidden(bool(signs))
        self.danger.show_signs(signs)

    @Slot(str)
    def _acted(self, action: str) -> None:
        self._show_danger(())
        self.more.act_on_wound(action)
        self.more.focus_on("wound")

    def _same(self) -> None:
        if not self.supplies.toggle_last():
            self.desk.say(translate("Exchange", "There is no earlier visit to copy from."), tone="info")

    def _page(self, down: bool) -> None:
        if self._fold.isVisible():
            self._open_side(is_open=down)
            return
        asked = [one.first() for one in self.side.questions.values() if not one.isHidden()]
        groups: list[QWidget] = [self.supplies.tiles[0], self.supplies.bins.edit, *asked, self.footer.save]
        focus = QApplication.focusWidget()
        place = next((n for n, one in enumerate(groups) if one is focus), -1 if down else 0)
        focus_soon(groups[(place + (1 if down else -1)) % len(groups)])

    def _open_side(self, *, is_open: bool) -> None:
        if self._fold.isVisibleTo(self):
            self._fold.set_open(is_open)
            self.side.setVisible(is_open)
            if is_open:
                focus_soon(next(iter(self.side.questions.values())).first())

    @Slot()
    def _fold_pressed(self) -> None:
        self._open_side(is_open=not self._fold.open)

    @Slot()
    def _park_pressed(self) -> None:
        self.escape()
