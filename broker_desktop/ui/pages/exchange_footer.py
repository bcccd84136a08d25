"""The foot of the needle-exchange page: refuse the rest, park, what is in the bag, save."""

from PySide6.QtCore import Qt

from broker_desktop.ui.i18n import translate
from broker_desktop.ui.pages.exchange_side import SideCard
from broker_desktop.ui.pages.exchange_supplies import SuppliesCard
from broker_desktop.ui.pages.exchange_who import WhoCard
from broker_desktop.ui.pages.page import Footer
from broker_desktop.ui.widgets.boxes import column
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.text import Elided


class ExchangeFooter(Footer):
    """Refuse the rest, park, what is in the bag, save."""

    def __init__(self) -> None:
        super().__init__()
        self.rest = Button(translate("Exchange", "Rest: not saying"), kind="refusal", icon="hand", key="Shift+F8")
        self.park = Button(translate("Exchange", "Park"), icon="pencil-line", key="Esc")
        self.save = Button(translate("Exchange", "Save visit"), kind="save", icon="check", key="Enter")
        self._sum = Elided("", role="lead")
        self._under = Elided("", role="small", tone="muted")
        for label in (self._sum, self._under):
            label.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.line.addWidget(self.rest)
        self.line.addWidget(self.park)
        self.line.addLayout(column(self._sum, self._under, gap=0), 1)
        self.line.addSpacing(12)
        self.line.addWidget(self.save)

    def show_visit(self, who: WhoCard, supplies: SuppliesCard, side: SideCard) -> None:
        """Say what is in the bag, for how many, and what is still needed."""
        nothing = translate("Exchange", "Nothing chosen yet")
        syringes = translate("Exchange", "{n} syringes").format(n=supplies.syringes())
        self._sum.setText(nothing if supplies.empty_of_supplies() else syringes)
        parts = [] if who.known else [translate("Exchange", "Pick a person or press F8")]
        covered = side.value().get("people_covered")
        if isinstance(covered, int):
            parts.append(translate("Exchange", "For {n} people").format(n=covered))
        if supplies.bins.number():
            parts.append(translate("Exchange", "Bins back: {n}").format(n=supplies.bins.number()))
        self._under.setText(". ".join(parts))
        self.save.setEnabled(who.known)
