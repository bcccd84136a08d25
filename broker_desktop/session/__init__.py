"""Use cases over an open vault: the only thing a window or a command line talks to.

A name is loaded from its module when it is first used. The unlock page asks for three of them and has to stand within
a second, also after every lock (design.md section 11); the modules of an open vault bring the database layer, the
network and all record types. So a public name stands here twice: once for readers and type checkers, once in `_HOMES`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from broker_desktop.session.cards import VaultCard, list_vaults, new_vault_folder
    from broker_desktop.session.catalogue import catalogue_json
    from broker_desktop.session.code_typed import code_squares, typed_code
    from broker_desktop.session.codes_shown import grouped, masked
    from broker_desktop.session.disclosure import Level, ShownCell, ShownLine, hidden_mark
    from broker_desktop.session.enrolment import TeamAsked, create_team, join_team
    from broker_desktop.session.environment import Environment, real_environment
    from broker_desktop.session.events import (
        Connecting,
        Event,
        NeedsAttention,
        Offline,
        Paused,
        RecordsChanged,
        SyncStatus,
        SyncStatusChanged,
        UpToDate,
        Waiting,
        Working,
    )
    from broker_desktop.session.exports import BINARY, FORMATS, to_bytes
    from broker_desktop.session.notices import Notice
    from broker_desktop.session.opening import open_vault, open_with_keys
    from broker_desktop.session.passphrases import check_passphrase, generate_passphrase
    from broker_desktop.session.period import (
        Period,
        contract_period,
        fiscal_period,
        month_period,
        quarter_period,
        range_period,
        rolling_period,
        snapshot_period,
        year_period,
    )
    from broker_desktop.session.refusals import Refused
    from broker_desktop.session.session import Session
    from broker_desktop.session.summary import Completeness, NotHeardFrom, Summary
    from broker_desktop.session.views import (
        Candidate,
        Candidates,
        CheckReport,
        ConflictValue,
        ConflictView,
        Correction,
        CustodyCounts,
        Draft,
        Finding,
        ImportCounts,
        InviteCode,
        JoinAsked,
        Payload,
        PendingJoin,
        RecordRow,
        RecordView,
        Saved,
        SeatRow,
        SeatView,
        Supplies,
        TeamCreated,
        TodayCount,
        TodayView,
        TodoItem,
    )

__all__ = [
    "BINARY",
    "FORMATS",
    "Candidate",
    "Candidates",
    "CheckReport",
    "Completeness",
    "ConflictValue",
    "ConflictView",
    "Connecting",
    "Correction",
    "CustodyCounts",
    "Draft",
    "Environment",
    "Event",
    "Finding",
    "ImportCounts",
    "InviteCode",
    "JoinAsked",
    "Level",
    "NeedsAttention",
    "NotHeardFrom",
    "Notice",
    "Offline",
    "Paused",
    "Payload",
    "PendingJoin",
    "Period",
    "RecordRow",
    "RecordView",
    "RecordsChanged",
    "Refused",
    "Saved",
    "SeatRow",
    "SeatView",
    "Session",
    "ShownCell",
    "ShownLine",
    "Summary",
    "Supplies",
    "SyncStatus",
    "SyncStatusChanged",
    "TeamAsked",
    "TeamCreated",
    "TodayCount",
    "TodayView",
    "TodoItem",
    "UpToDate",
    "VaultCard",
    "Waiting",
    "Working",
    "catalogue_json",
    "check_passphrase",
    "code_squares",
    "contract_period",
    "create_team",
    "fiscal_period",
    "generate_passphrase",
    "grouped",
    "hidden_mark",
    "join_team",
    "list_vaults",
    "masked",
    "month_period",
    "new_vault_folder",
    "open_vault",
    "open_with_keys",
    "quarter_period",
    "range_period",
    "real_environment",
    "rolling_period",
    "snapshot_period",
    "to_bytes",
    "typed_code",
    "year_period",
]

_HOMES: Final[dict[str, tuple[str, ...]]] = {
    "cards": ("VaultCard", "list_vaults", "new_vault_folder"),
    "catalogue": ("catalogue_json",),
    "codes_shown": ("grouped", "masked"),
    "disclosure": ("Level", "ShownCell", "ShownLine", "hidden_mark"),
    "enrolment": ("TeamAsked", "create_team", "join_team"),
    "environment": ("Environment", "real_environment"),
    "events": (
        "Connecting",
        "Event",
        "NeedsAttention",
        "Offline",
        "Paused",
        "RecordsChanged",
        "SyncStatus",
        "SyncStatusChanged",
        "UpToDate",
        "Waiting",
        "Working",
    ),
    "exports": ("BINARY", "FORMATS", "to_bytes"),
    "notices": ("Notice",),
    "opening": ("open_vault", "open_with_keys"),
    "code_typed": ("code_squares", "typed_code"),
    "passphrases": ("check_passphrase", "generate_passphrase"),
    "period": (
        "Period",
        "contract_period",
        "fiscal_period",
        "month_period",
        "quarter_period",
        "range_period",
        "rolling_period",
        "snapshot_period",
        "year_period",
    ),
    "refusals": ("Refused",),
    "session": ("Session",),
    "summary": ("Completeness", "NotHeardFrom", "Summary"),
    "views": (
        "Candidate",
        "Candidates",
        "CheckReport",
        "ConflictValue",
        "ConflictView",
        "Correction",
        "CustodyCounts",
        "Draft",
        "Finding",
        "ImportCounts",
        "InviteCode",
        "JoinAsked",
        "Payload",
        "PendingJoin",
        "RecordRow",
        "RecordView",
        "Saved",
        "SeatRow",
        "SeatView",
        "Supplies",
        "TeamCreated",
        "TodayCount",
        "TodayView",
        "TodoItem",
    ),
}
_HOME_OF: Final = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Load a public name. Raises AttributeError for a name that is none."""
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = found
    return found
