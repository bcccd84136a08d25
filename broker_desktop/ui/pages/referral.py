"""A referral, new or saved: where it came from, how it stands with other teams, the way to one, and to a peer."""

from collections.abc import Sequence

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from broker_desktop.records.access import PLANNED
from broker_desktop.session.partner_views import SentReferral
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.pages.page import Desk, Place
from broker_desktop.ui.pages.record_form import FormPage
from broker_desktop.ui.pages.referral_source import SourceHint
from broker_desktop.ui.partner_words import state_words, way_words
from broker_desktop.ui.widgets.boxes import clear_layout, column
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.notices import Banner


class NewReferralPage(FormPage):
    """A referral that is being made. Where it came from has no first answer."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "referral")
        self.hint = SourceHint(desk, self.form)


class ReferralPage(FormPage):
    """A referral that stands on record."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "referral")
        self._id = ""
        self.hint = SourceHint(desk, self.form)
        self._peer = Button(translate("Referral", "Introduce to a peer"), icon="heart-handshake")
        self._peer.clicked.connect(self._to_peer)
        self._stands = column(gap=8)
        self.column.insertLayout(0, self._stands)
        self._others = Button(translate("Referral", "Send to another team"), icon="send")
        self._others.clicked.connect(self._to_others)

    def header_parts(self) -> list[QWidget]:
        """Return the way to the other teams, and the draft badge."""
        return [*super().header_parts(), self._peer, self._others]

    def first(self) -> QWidget | None:
        """Leave the focus to the form."""
        return None

    def arrive(self, place: Place) -> None:
        """Open the record, and ask how it stands."""
        super().arrive(place)
        self._id = self.hint.referral = place.id
        self._read_stands()

    def records_changed(self, types: frozenset[str]) -> None:
        """Ask again how it stands."""
        super().records_changed(types)
        self._read_stands()

    def _read_stands(self) -> None:
        session, referral = self.desk.session, self._id
        self.desk.read(self, lambda: session.partners.of_referral(referral), self._show_stands)

    def _show_stands(self, found: Sequence[SentReferral]) -> None:
        clear_layout(self._stands)
        for one in found:
            words = state_words(one, self.desk.session.codes)
            if one.incoming:
                told = translate(
                    "Referral", "{state}. Add a step below; what the person agreed to goes back by itself."
                )
                words = told.format(state=words)
            if one.overdue:
                words = translate("Referral", "{state}. Overdue: nothing more was heard in time.").format(state=words)
            tone = "warn" if one.overdue else "info"
            self._stands.addWidget(
                Banner(tone, way_words(one), words, icon="log-in" if one.incoming else "send")
            )  # fmt: skip

    @Slot()
    def _to_peer(self) -> None:
        """Start a plan for a peer with the person's code in it, if they have one."""
        person = self.form.value().get("person")
        known = person.get("id") if isinstance(person, dict) else None
        if not isinstance(known, str):
            self.desk.say(translate("Referral", "Nobody is named here. A peer needs a code to meet somebody."))
            return
        session = self.desk.session
        self.desk.read(self, lambda: session.record("person", known).payload.get("code"), self._plan)

    def _plan(self, code: object) -> None:
        payload = {"state": PLANNED, **({"code": code} if isinstance(code, str) else {})}
        self.desk.go(Place("new", type="broker_contact", payload=payload, focus="planned_for"))

    @Slot()
    def _to_others(self) -> None:
        self.desk.go(Place("partners", type="referral", id=self._id))
