"""Which page serves which place. A record type that needs a page of its own gets a line here."""

from collections.abc import Callable
from typing import Final

from broker_desktop.ui.pages.audits import AuditsPage
from broker_desktop.ui.pages.bbv import BbvPage
from broker_desktop.ui.pages.bring_in import ImportPage
from broker_desktop.ui.pages.concern import ConcernPage
from broker_desktop.ui.pages.conflicts import ConflictsPage
from broker_desktop.ui.pages.directory_entry import DirectoryEntryPage
from broker_desktop.ui.pages.drafts import DraftsPage
from broker_desktop.ui.pages.erase import ErasePage
from broker_desktop.ui.pages.exchange import ExchangePage
from broker_desktop.ui.pages.help import HelpPage, KeysPage
from broker_desktop.ui.pages.joins import JoinsPage
from broker_desktop.ui.pages.laptop import LaptopPage
from broker_desktop.ui.pages.month_sheets import SheetsPage
from broker_desktop.ui.pages.new_pack import NewPackPage
from broker_desktop.ui.pages.oversight import OversightPage
from broker_desktop.ui.pages.packs import PacksPage
from broker_desktop.ui.pages.page import Desk, Page, Place
from broker_desktop.ui.pages.pair import PairPage
from broker_desktop.ui.pages.partners import PartnersPage
from broker_desktop.ui.pages.people import PeoplePage, PersonPage
from broker_desktop.ui.pages.raised import CONCERN, RaisedPage
from broker_desktop.ui.pages.recoding import RecodingPage
from broker_desktop.ui.pages.record_form import FormPage
from broker_desktop.ui.pages.record_list import ListPage
from broker_desktop.ui.pages.records import RecordsPage
from broker_desktop.ui.pages.reference import ReferencePage
from broker_desktop.ui.pages.referral import NewReferralPage, ReferralPage
from broker_desktop.ui.pages.returns import ReturnsPage
from broker_desktop.ui.pages.secrets import SecretsPage
from broker_desktop.ui.pages.settings import SettingsPage
from broker_desktop.ui.pages.sign_in_sheet import SheetPage
from broker_desktop.ui.pages.signing import BehindPage, SignPage
from broker_desktop.ui.pages.stock import StockPage
from broker_desktop.ui.pages.summary import SummaryPage
from broker_desktop.ui.pages.support import SupportPage
from broker_desktop.ui.pages.sync import SyncPage
from broker_desktop.ui.pages.team import TeamPage
from broker_desktop.ui.pages.today import TodayPage
from broker_desktop.ui.pages.worklists import WorklistsPage

_PLAIN: Final[dict[str, Callable[[Desk], Page]]] = {
    "today": TodayPage,
    "worklists": WorklistsPage,
    "pair": PairPage,
    "people": PeoplePage,
    "person": PersonPage,
    "records": RecordsPage,
    "sync": SyncPage,
    "summary": SummaryPage,
    "sign": SignPage,
    "returns": ReturnsPage,
    "audits": AuditsPage,
    "behind": BehindPage,
    "conflicts": ConflictsPage,
    "joins": JoinsPage,
    "team": TeamPage,
    "laptop": LaptopPage,
    "partners": PartnersPage,
    "drafts": DraftsPage,
    "raised": RaisedPage,
    "settings": SettingsPage,
    "erase": ErasePage,
    "oversight": OversightPage,
    "sheet": SheetPage,
    "packs": PacksPage,
    "new_pack": NewPackPage,
    "keys": KeysPage,
    "secrets": SecretsPage,
    "import": ImportPage,
    "recoding": RecodingPage,
    "sheets": SheetsPage,
    "stock": StockPage,
}
_OWN_NEW: Final[dict[str, Callable[[Desk], Page]]] = {
    "nx_visit": ExchangePage,
    "referral": NewReferralPage,
    "support_intervention": SupportPage,
    CONCERN: ConcernPage,
    "bbv_test": BbvPage,
}
_OWN_EDIT: Final[dict[str, Callable[[Desk], Page]]] = {
    "referral": ReferralPage,
    "bbv_test": BbvPage,
    "directory_entry": DirectoryEntryPage,
}
_OWN_LIST: Final[dict[str, Callable[[Desk], Page]]] = {"person": PeoplePage, "reference_table": ReferencePage}


def make_page(desk: Desk, place: Place) -> Page:
    """Make the page of a place."""
    if place.page == "list":
        own = _OWN_LIST.get(place.type)
        return own(desk) if own is not None else ListPage(desk, place.type)
    if place.page in ("new", "edit"):
        own = (_OWN_NEW if place.page == "new" else _OWN_EDIT).get(place.type)
        return own(desk) if own is not None else FormPage(desk, place.type)
    if place.page == "help":
        return HelpPage(desk, place.type)
    return _PLAIN[place.page](desk)
