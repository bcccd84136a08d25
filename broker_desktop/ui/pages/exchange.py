"""Needle exchange at the counter: who, what they take, a few questions, save. Six presses for a repeat visit.

Counter view: nothing of the past is shown, no other code, no cap, no question before supplies (look.md sections 5, 6).
The questions on the right are those of the record type; their rules are the session's.
"""

from typing import Any, Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QGridLayout, QHBoxLayout, QWidget

from broker_desktop.records import record_type
from broker_desktop.session import Refused
from broker_desktop.session.views import Candidate, RecordRow, Saved, Supplies, TodayView
from broker_desktop.ui.forms.form import may_be_refused
from broker_desktop.ui.forms.person_finder import PersonFinder
from broker_desktop.ui.forms.question import Question
from broker_desktop.ui.i18n import LONDON, translate
from broker_desktop.ui.pages.exchange_parts import ItemChips, SideFold, syringes_in, usual_items
from broker_desktop.ui.pages.page import Desk, Footer, Page, Place
from broker_desktop.ui.pages.record_form import form_context
from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.boxes import Card, Rule, column, row
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.marks import Badge
from broker_desktop.ui.widgets.stepper import Stepper
from broker_desktop.ui.widgets.text import Elided, IconLabel, Label, Paragraph
from broker_desktop.ui.widgets.tile import PackTile

TYPE: Final = "nx_visit"
DEAF_MS: Final = 350
QUESTIONS: Final = ("collecting_for", "people_covered", "drug_injected", "offers")
WHERE: Final = ("site_type", "site")
SIDE_WIDTH: Final = 372
_SHIFTED: Final = {"!": 1, '"': 2, "@": 2, "£": 3, "#": 3, "$": 4, "%": 5, "^": 6, "&": 7, "*": 8, "(": 9}


class ExchangePage(Page):
    """One visit after another."""

    counter_view = True
    rail_place = f"list:{TYPE}"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.type = record_type(TYPE)
        self._person: dict[str, str] | None = None
        self._someone_else = False
        self._known = False
        self._draft_id: str | None = None
        self._defaults: dict[str, Any] = {}
        self._saving = False
        self._last: Supplies = Supplies()
        self.deaf = False
        self._deaf_timer = QTimer(self)
        self._deaf_timer.setSingleShot(True)
        self._deaf_timer.setInterval(DEAF_MS)
        self._deaf_timer.timeout.connect(self._hear)
        self._badge = Badge(translate("Exchange", "Counter view"), icon="eye-off")
        context = form_context(desk)
        self.finder = PersonFinder(desk.session.candidates)
        self.finder.found.connect(self._found)
        self.finder.new_wanted.connect(self._new_code)
        self.questions = {name: Question(self.type.by_name[name], context) for name in (*QUESTIONS, *WHERE)}
        self.tiles = self._make_tiles()
        usual, rest = usual_items(desk.session.codes)
        self.items = ItemChips(usual, rest)
        self.items.changed.connect(self._changed)
        self.bins = Stepper(name=translate("Exchange", "Sharps bins brought back"))
        self.bins.changed.connect(self._changed)
        for question in self.questions.values():
            question.changed.connect(self._changed)
        self._build()

    # Page

    def title(self) -> str:
        """Return the page's title."""
        return translate("Exchange", "Needle exchange")

    def subtitle(self) -> str:
        """Return place and time."""
        clock = f"{self.desk.now().astimezone(LONDON):%H:%M}"
        where = self._where_words()
        return f"{where}, {clock}" if where else clock

    def header_parts(self) -> list[QWidget]:
        """Return the counter-view badge."""
        return [self._badge]

    def arrive(self, place: Place) -> None:
        """Start a visit, or take a draft up again."""
        self._reset()
        self._read_defaults()
        if place.draft:
            self._draft_id = place.draft
            self.desk.read(self, self.desk.session.drafts, self._take_draft)
        elif place.payload and place.payload.get("person"):
            self._choose(dict(place.payload["person"]), self.desk.session.person_label(place.payload["person"]["id"]))

    def leave(self) -> None:
        """Park an unfinished visit."""
        if self._worth_keeping():
            payload, draft = self.payload(), self._draft_id
            session = self.desk.session
            self.desk.write(self, lambda: session.keep_draft(TYPE, payload, "", draft=draft), self._parked)

    def keep(self) -> None:
        """Keep the visit before the vault is locked."""
        if self._worth_keeping():
            self._draft_id = self.desk.session.keep_draft(TYPE, self.payload(), "", draft=self._draft_id)

    def refuse(self) -> str:
        """Make the visit anonymous, refuse a question, or say that there is nothing to refuse."""
        focus = QApplication.focusWidget()
        if not self._known and (focus is None or self._who.isAncestorOf(focus)):
            self._anonymous()
            return ""
        question = self._question_of(focus)
        if question is None:
            return translate("Exchange", "There is nothing to refuse here: supplies, place and time are no questions.")
        question.refuse()
        self._focus_after(question)
        return ""

    def refuse_rest(self) -> None:
        """Refuse the questions that are left and go to Save."""
        if not self._known:
            self._anonymous()
        for name in QUESTIONS:
            question = self.questions[name]
            if question.open() and not question.isHidden() and may_be_refused(question):
                question.refuse()
        self._changed()
        self.save_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def escape(self) -> bool:
        """Park the visit as a draft."""
        if self._worth_keeping():
            self.desk.say(translate("Exchange", "Parked as a draft. It waits on Today."))
        self.desk.go(Place("today"))
        return True

    def set_compact(self, compact: bool) -> None:
        """Fold the side column into one line, let tiles lose their second line."""
        super().set_compact(compact)
        large = look().percent >= 150
        for tile in self.tiles:
            tile.set_tall(not compact and not large)
        folded = compact or large
        self._fold.setVisible(folded)
        self._side.setVisible(not folded or self._fold.open)
        place = self._across if not folded else self._below
        if self._side.parentWidget() is None or place.indexOf(self._side) < 0:
            place.addWidget(self._side)
        self._side.setMinimumWidth(0)
        self._side.setMaximumWidth(16777215 if folded else look().letters(SIDE_WIDTH))
        for button in (self._rest, self._park):
            button.setVisible(not large or button is self._rest)
        self._show_summary()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Digits count packs, F4 and = copy last time, PgDn opens the side column."""
        text, key = event.text(), Qt.Key(event.key())
        if text.isdigit() and text != "0" and int(text) <= len(self.tiles):
            self.tiles[int(text) - 1].more()
        elif text in _SHIFTED and _SHIFTED[text] <= len(self.tiles):
            self.tiles[_SHIFTED[text] - 1].fewer()
        elif key == Qt.Key.Key_F4 or text == "=":
            self._same_toggled()
        elif key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            if self._fold.isVisible():
                self._toggle_side(key == Qt.Key.Key_PageDown)
            else:
                self._next_group(key)
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Keep Save deaf to the bounce of the Enter that took the code."""
        if watched is self.save_button and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if enter and (self.deaf or event.isAutoRepeat()):
                return True
        return super().eventFilter(watched, event)

    # Values

    def payload(self) -> dict[str, Any]:
        """Return the visit as contract.md writes it."""
        found: dict[str, Any] = dict(self._defaults)
        found["person"] = self._person
        found["occurred_at"] = self.desk.now().astimezone(LONDON).isoformat(timespec="minutes")
        packs = {tile.code: tile.count() for tile in self.tiles if tile.count()}
        if packs:
            found["packs"] = packs
        found["items"] = self.items.value()
        if self.bins.number():
            found["returns"] = {"method": "bins", "bins": [{"bin": self._usual_bin, "n": self.bins.number()}]}
        for name, question in self.questions.items():
            value = None if question.isHidden() else question.value()
            if value is not None:
                found[name] = value
        return found

    @Slot()
    def save(self) -> None:
        """Save the visit."""
        if self._saving or not self._known:
            return
        self._saving = True
        payload, draft, other, session = self.payload(), self._draft_id, self._someone_else, self.desk.session

        def work() -> Saved:
            return session.save(TYPE, payload, someone_else=other, draft=draft)

        self.desk.write(self, work, self._saved, self._failed)

    def _saved(self, saved: Saved) -> None:
        clock = f"{self.desk.now().astimezone(LONDON):%H:%M}"
        session, desk = self.desk.session, self.desk
        where = self._where_values()
        self._reset()
        for name, value in where.items():
            self.questions[name].set_value(value)

        def undo() -> None:
            desk.write(desk, lambda: session.undo(saved), lambda _none: desk.say(translate("Exchange", "Undone.")))

        self.desk.say(translate("Exchange", "Visit saved {clock} on this laptop.").format(clock=clock), undo=undo)

    def _failed(self, error: Exception) -> None:
        self._saving = False
        if not isinstance(error, Refused):
            self.desk.tasks.problem(error)
            return
        first = next(iter(error.issues), None)
        if first is not None:
            name = first.path.partition(".")[0]
            question = self.questions.get(name)
            if question is not None:
                self._toggle_side(True)
                question.show_issue(first)
                question.first().setFocus(Qt.FocusReason.OtherFocusReason)
            self.desk.say(first.message, tone="warn")

    # Who

    @Slot(object)
    def _found(self, candidate: object) -> None:
        if isinstance(candidate, Candidate):
            self._choose({"id": candidate.id}, candidate.label)
            session = self.desk.session
            self.desk.read(self, lambda: session.last_visit_supplies(candidate.id), self._offer_last)

    @Slot(str)
    def _new_code(self, code: str) -> None:
        self._someone_else = self.desk.session.candidates(code).exact is not None
        self._choose({"code": code}, code.upper(), new=True)

    def _anonymous(self) -> None:
        self._choose(None, translate("Exchange", "Anonymous"))
        self._who_icon.show_icon("user", "text")
        self._who_sub.setText(translate("Exchange", "No code given. That is fine."))

    def _choose(self, person: dict[str, str] | None, words: str, *, new: bool = False) -> None:
        self._person, self._known = person, True
        self._who_name.setText(words)
        self._who_icon.show_icon("user-plus" if new else "user-check", "ok")
        new_words = translate("Exchange", "New to this team")
        self._who_sub.setText(new_words if new else translate("Exchange", "Known to this team"))
        self.finder.clear()
        self._show_who()
        self.deaf = True
        self._deaf_timer.start()
        self.save_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _offer_last(self, supplies: Supplies) -> None:
        """Fill in packs and items of the last visit; never answers, people or returns."""
        self._last = supplies
        if supplies.packs or supplies.items:
            self._fill_supplies(dict(supplies.packs), dict(supplies.items))
            self.same.setChecked(True)
        self._changed()

    @Slot()
    def _hear(self) -> None:
        self.deaf = False

    @Slot()
    def _change_person(self) -> None:
        self._person, self._known, self._someone_else = None, False, False
        self._show_who()
        self.finder.box.setFocus(Qt.FocusReason.OtherFocusReason)

    # Supplies

    def _fill_supplies(self, packs: dict[str, int], items: dict[str, int]) -> None:
        for tile in self.tiles:
            tile.set_count(packs.get(tile.code, 0))
        self.items.set_value(items)

    @Slot()
    def _same_toggled(self) -> None:
        on = not self.same.property("on")
        if on and not (self._last.packs or self._last.items):
            self.same.setChecked(False)
            self.desk.say(translate("Exchange", "No earlier visit to copy from."), tone="info")
            return
        self._fill_supplies(dict(self._last.packs) if on else {}, dict(self._last.items) if on else {})
        self.same.setChecked(on)
        self._changed()

    # Building

    def _make_tiles(self) -> list[PackTile]:
        codes = self.desk.session.codes
        tiles: list[PackTile] = []
        for entry in codes.entries("equipment_pack"):
            contents = codes.contents(entry.code)
            if contents:
                key = str(len(tiles) + 1) if len(tiles) < 9 else ""
                inside = ", ".join(codes.label("equipment_item", item) for item in contents)
                tile = PackTile(entry.code, entry.label, inside, key)
                tile.changed.connect(self._changed)
                tiles.append(tile)
        self._usual_bin = codes.entries("sharps_bin")[-1].code  # of no stated size
        return tiles

    def _build(self) -> None:
        self._across = QHBoxLayout()
        self._across.setSpacing(look().space(12))
        self._main = column(self._who_card(), self._taking_card(), gap=12)
        self._below = column(gap=12)
        self._side = self._side_card()
        self._fold = SideFold()
        self._fold.toggled_open.connect(self._fold_pressed)
        self._main.addWidget(self._fold)
        self._main.addLayout(self._below)
        self._main.addStretch(1)
        self._across.addLayout(self._main, 1)
        self.column.addLayout(self._across)
        self.set_footer(self._footer())
        self.set_compact(False)
        self._show_who()

    def _who_card(self) -> QWidget:
        self._who = Card(padding=16, gap=10)
        self._who_title = Label(translate("Exchange", "Who is it?"), role="section")
        self._no_code = self._no_code_button()
        self._ask = QWidget()
        self._ask.setLayout(column(row(self._who_title, "stretch", self._no_code), self.finder, gap=10))
        self._who_icon = IconLabel("user-check", token="ok", size=26)
        self._who_name = Elided("", role="code")
        self._who_sub = Elided("", role="small", tone="muted")
        self.change = Button(translate("Exchange", "Change"), icon="search")
        self.change.clicked.connect(self._change_person)
        self._no_code_later = self._no_code_button()
        self._chosen = QWidget()
        line = row(self._who_icon, gap=12)
        line.addLayout(column(self._who_name, self._who_sub, gap=0), 1)
        line.addWidget(self.change)
        line.addWidget(self._no_code_later)
        self._chosen.setLayout(line)
        self._who.add(self._ask, self._chosen)
        return self._who

    def _no_code_button(self) -> Button:
        button = Button(translate("Exchange", "Won’t give a code"), kind="refusal", icon="hand", key="F8", checkable=True)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(self._no_code_pressed)
        return button

    def _taking_card(self) -> QWidget:
        card = Card(padding=16, gap=10)
        self.same = Button(
            translate("Exchange", "Same as last time"), kind="counter_chip", icon="history", key="F4", checkable=True
        )
        self.same.clicked.connect(self._same_pressed)
        card.add(row(Label(translate("Exchange", "Taking today"), role="section"), "stretch", self.same))
        grid = QGridLayout()
        grid.setSpacing(look().space(8))
        for place, tile in enumerate(self.tiles):
            grid.addWidget(tile, place // 2, place % 2)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        card.body.addLayout(grid)
        no_limit = Label(translate("Exchange", "No limit on any quantity"), role="small", tone="muted")
        card.add(row(Label(translate("Exchange", "Single items"), role="strong"), "stretch", no_limit))
        never = Paragraph(translate("Exchange", "Never a condition of supply"), role="small", tone="muted")
        bins = row(gap=8)
        words = Label(translate("Exchange", "Sharps bins brought back"), role="strong")
        bins.addLayout(column(words, never, gap=0), 1)
        bins.addWidget(self.bins)
        card.add(self.items, Rule())
        card.body.addLayout(bins)
        return card

    def _side_card(self) -> QWidget:
        card = Card(padding=18, gap=12)
        for place, name in enumerate((*QUESTIONS, *WHERE)):
            if place and name != "people_covered":
                card.add(Rule())
            card.add(self.questions[name])
        card.body.addStretch(1)
        return card

    def _footer(self) -> QWidget:
        footer = Footer()
        self._rest = Button(translate("Exchange", "Rest: not saying"), kind="refusal", icon="hand", key="Shift+F8")
        self._rest.clicked.connect(self._rest_pressed)
        self._park = Button(translate("Exchange", "Park"), icon="pencil-line", key="Esc")
        self._park.clicked.connect(self._park_pressed)
        self._sum = Elided("", role="lead")
        self._sum_under = Elided("", role="small", tone="muted")
        for label in (self._sum, self._sum_under):
            label.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.save_button = Button(translate("Exchange", "Save visit"), kind="save", icon="check", key="Enter")
        self.save_button.clicked.connect(self.save)
        self.save_button.installEventFilter(self)
        footer.line.addWidget(self._rest)
        footer.line.addWidget(self._park)
        footer.line.addLayout(column(self._sum, self._sum_under, gap=0), 1)
        footer.line.addSpacing(12)
        footer.line.addWidget(self.save_button)
        return footer

    # Showing

    def _show_who(self) -> None:
        self._ask.setVisible(not self._known)
        self._chosen.setVisible(self._known)
        self._no_code_later.setChecked(self._known and self._person is None)
        self.save_button.setEnabled(self._known)
        self._show_summary()

    @Slot()
    def _changed(self) -> None:
        answers = {name: question.value() for name, question in self.questions.items()}
        for question in self.questions.values():
            condition = question.field.when
            question.setVisible(condition is None or condition.holds(answers))
        self.same.setProperty("on", self.same.isChecked())
        self._show_summary()

    def _show_summary(self) -> None:
        if not hasattr(self, "_sum"):
            return
        packs = {tile.code: tile.count() for tile in self.tiles if tile.count()}
        count = syringes_in(self.desk.session.codes, packs, self.items.value())
        self._sum.setText(
            translate("Exchange", "{n} syringes").format(n=count) if count or packs else translate("Exchange", "Nothing chosen yet")
        )
        parts = []
        if not self._known:
            parts.append(translate("Exchange", "Pick a person or press F8"))
        others = self.questions["people_covered"].value()
        if isinstance(others, int):
            parts.append(translate("Exchange", "For {n} people").format(n=others))
        if self.bins.number():
            parts.append(translate("Exchange", "Bins back: {n}").format(n=self.bins.number()))
        self._sum_under.setText(". ".join(parts))
        told = [self._question_words(name) for name in QUESTIONS]
        self._fold.show_words("   ".join(words for words in told if words) or translate("Exchange", "Questions and place"))

    def _question_words(self, name: str) -> str:
        question = self.questions[name]
        text = question.field.text(question.value(), self.desk.session.codes)
        return f"{question.field.label}: {text.lower()}" if text and not question.isHidden() else ""

    # Defaults, drafts, the way back

    def _read_defaults(self) -> None:
        session = self.desk.session
        self.desk.read(
            self, lambda: (session.today(), session.records(TYPE, limit=1)), lambda found: self._take_defaults(*found)
        )

    def _take_defaults(self, today: TodayView, last: list[RecordRow]) -> None:
        """Take place and session from what runs, else the place of the last visit."""
        if today.running is not None:
            self._defaults["session"] = {"id": today.running.id}
        before = last[0].payload if last else {}
        for name in WHERE:
            if self.questions[name].open() and name in before:
                self.questions[name].set_value(before[name])
        self.desk.header_changed.emit()

    def _where_values(self) -> dict[str, Any]:
        return {name: self.questions[name].value() for name in WHERE}

    def _where_words(self) -> str:
        codes = self.desk.session.codes
        words = (self.questions[name].field.text(self.questions[name].value(), codes) for name in reversed(WHERE))
        return next((text for text in words if text), "")

    def _take_draft(self, drafts: Any) -> None:  # noqa: ANN401 - a sequence of drafts
        found = next((draft for draft in drafts if draft.id == self._draft_id), None)
        if found is None:
            return
        payload = found.payload
        self._fill_supplies(payload.get("packs") or {}, payload.get("items") or {})
        for name, question in self.questions.items():
            question.set_value(payload.get(name))
        bins = (payload.get("returns") or {}).get("bins") or [{}]
        self.bins.set_number(bins[0].get("n") or 0)
        person = payload.get("person")
        if person:
            label = self.desk.session.person_label(person["id"]) if "id" in person else person.get("code", "")
            self._choose(dict(person), label)
        self._changed()

    def _worth_keeping(self) -> bool:
        return not self._saving and (any(tile.count() for tile in self.tiles) or bool(self.items.value()) or self._known)

    def _parked(self, _draft: str) -> None:
        self._draft_id = None

    def _reset(self) -> None:
        self._person, self._known, self._someone_else, self._saving = None, False, False, False
        self._draft_id, self._last = None, Supplies()
        self._fill_supplies({}, {})
        self.bins.set_number(0)
        for name in QUESTIONS:
            self.questions[name].set_value(None)
            self.questions[name].show_issue(None)
        self.same.setChecked(False)
        self.finder.clear()
        self._changed()
        self._show_who()
        self.body.verticalScrollBar().setValue(0)
        self.finder.box.setFocus(Qt.FocusReason.OtherFocusReason)

    # Small things

    def _question_of(self, focus: QWidget | None) -> Question | None:
        found = (one for one in self.questions.values() if focus is not None and one.isAncestorOf(focus))
        return next((one for one in found if one.field.refusable), None)

    def _focus_after(self, question: Question) -> None:
        order = [one for one in self.questions.values() if not one.isHidden()]
        rest = order[order.index(question) + 1 :]
        (rest[0].first() if rest else self.save_button).setFocus(Qt.FocusReason.TabFocusReason)

    def _next_group(self, key: Qt.Key) -> None:
        groups: list[QWidget] = [self.finder.box if not self._known else self.change, self.tiles[0], self.bins.edit]
        groups += [question.first() for question in self.questions.values() if not question.isHidden()]
        focus = QApplication.focusWidget()
        place = next((n for n, one in enumerate(groups) if one is focus), 0)
        step = 1 if key == Qt.Key.Key_PageDown else -1
        groups[(place + step) % len(groups)].setFocus(Qt.FocusReason.TabFocusReason)

    def _toggle_side(self, open_it: bool) -> None:
        if self._fold.isVisibleTo(self):
            self._fold.set_open(open_it)
            self._side.setVisible(open_it)

    @Slot()
    def _fold_pressed(self) -> None:
        self._toggle_side(not self._fold.open)

    @Slot()
    def _same_pressed(self) -> None:
        self._same_toggled()

    @Slot()
    def _no_code_pressed(self) -> None:
        self._anonymous()

    @Slot()
    def _rest_pressed(self) -> None:
        self.refuse_rest()

    @Slot()
    def _park_pressed(self) -> None:
        self.escape()
