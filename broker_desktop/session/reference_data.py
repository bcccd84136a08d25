"""Area packs and code lists as they ship, read once per process: they never change while it runs."""

from __future__ import annotations

from functools import cache

from broker_desktop import assets
from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.pack import Pack


@cache
def bundled_pack(pack_id: str) -> Pack:
    """Give an area pack. Raises FileNotFoundError for one that does not ship."""
    return Pack.parse(assets.pack_text(pack_id))


@cache
def code_lists(pack_id: str | None) -> CodeLists:
    """Give the code lists of a team with this area pack, or those that every team has."""
    return CodeLists.load(assets.codes_csv(), None if pack_id is None else bundled_pack(pack_id))
