"""Area packs and code lists as they ship or were loaded, read once per process: a text never changes its meaning."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache

from broker_desktop import assets
from broker_desktop.records import CATALOGUE
from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.measure import LINES
from broker_desktop.records.measure.cuts import cut_names
from broker_desktop.records.pack import Names, Pack
from broker_desktop.records.pack.spells import Spell
from broker_desktop.records.parts import refuse_unknown_parts


@cache
def bundled_pack(pack_id: str) -> Pack:
    """Give an area pack. Raises FileNotFoundError for one that does not ship."""
    return read_pack(assets.pack_text(pack_id))


@lru_cache(maxsize=32)
def read_pack(text: str) -> Pack:
    """Read a pack's text against this program's record types and code lists. Raises PackInvalid, NewerFormat."""
    pack = Pack.parse(text, names())
    refuse_unknown_parts(text, CodeLists.load(assets.codes_csv(), pack))
    return pack


@cache
def names() -> Names:
    """Give the names that a pack may refer to."""
    return Names.of((kind.name for kind in CATALOGUE), code_lists(None), {one.id: cut_names(one) for one in LINES})


@cache
def code_lists(pack_id: str | None) -> CodeLists:
    """Give the code lists of a team with this area pack, or those that every team has."""
    return CodeLists.load(assets.codes_csv(), None if pack_id is None else bundled_pack(pack_id))


def lists_of(spells: Sequence[Spell], today: Pack | None) -> CodeLists:
    """Give the code lists of a team with these packs, one after the other, in the words of today's."""
    return CodeLists.load(assets.codes_csv(), today, spells)
