"""The packs desk of an unlocked vault: what the team's packs are, loading another one, going live, making a new one.

A loaded pack travels as a row of the common compartment, its text word for word; every version is a row of its own, so
that two leads never mend one another's file. Only a lead writes such rows, and every laptop asks that again
(`records/access.py`). What a laptop makes of the rows stands in `team_packs.py`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from sqlalchemy import select

from broker_desktop import assets
from broker_desktop.errors import BadInput, NotFound
from broker_desktop.records.codelist import CodeLists, nearest
from broker_desktop.records.dates import day_of
from broker_desktop.records.pack import Need, Pack, PackInvalid
from broker_desktop.records.pack.answers import Unreadable, answered, new_pack
from broker_desktop.records.record_type import COMMON
from broker_desktop.session.context import Context
from broker_desktop.session.handed_files import load_file
from broker_desktop.session.pack_views import PackLine, PackRefused, PackState
from broker_desktop.session.queries import worker_names
from broker_desktop.session.reference_data import bundled_pack, read_pack
from broker_desktop.session.team_packs import Unusable
from broker_desktop.store.database import told_as_app_errors
from broker_desktop.store.system_rows import PACK, TEAM
from broker_desktop.store.tables import table

_ROW: Final = b"broker/pack\0"
_NO_NAME: Final = "(name to be given)"
LOAD, LIVE = "pack", "live"
"""Actions of the audit trail."""


def checked(text: str, file: str = "") -> Pack:
    """Read a pack's text. Raises PackRefused, with every finding."""
    try:
        return read_pack(text)
    except PackInvalid as error:
        raise PackRefused(error, file) from None


def text_of(path: Path) -> str:
    """Read a pack file. Raises BadInput."""
    try:
        return load_file(path).decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise BadInput("The pack file is no UTF-8 text.", code="PACK-3") from None


def bundled_packs() -> list[Pack]:
    """Give the packs that ship, in the order of their names."""
    return [bundled_pack(path.stem) for path in assets.pack_paths()]


def bundled(pack_id: str) -> Pack:
    """Give a pack that ships. Raises BadInput with the nearest name."""
    ids = [path.stem for path in assets.pack_paths()]
    if pack_id not in ids:
        raise BadInput(f"There is no area pack of that id. Did you mean {nearest(pack_id, ids)}?", code="PACK-3")
    return bundled_pack(pack_id)


def _without_names(codes: CodeLists) -> list[str]:
    """Give the destinations that wait for their names (HAMP10-146)."""
    return [one.label for one in codes.known("referral_destination").values() if one.label.endswith(_NO_NAME)]


def pack_from(source: Pack, pack_id: str, title: str, typed: Mapping[str, str]) -> str:
    """Give the text of a new pack made from another, with typed answers to its gaps; an empty answer leaves one open.

    Raises:
        BadInput: an answer that cannot be read, or to a question that the source does not ask.
        PackRefused: the new pack has a fault, its id or title for example.
    """
    needs = {need.path: need for need in source.needs}
    answers = {}
    for path, words in typed.items():
        if not words.strip():
            continue
        if path not in needs:
            raise BadInput(f"This pack has no open gap of that name. Did you mean {nearest(path, needs)}?")
        try:
            answers[path] = answered(needs[path], words)
        except Unreadable as error:
            raise BadInput(f"{needs[path].question} {error}", code="PACK-4") from None
    if pack_id == source.id:
        raise BadInput("A new pack needs an id of its own.", code="PACK-4")
    text = new_pack(source, pack_id, title, answers)
    checked(text)
    return text


class PacksDesk:
    """The team's packs, as `Session.packs`."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def state(self) -> PackState:
        """Tell how the team stands with its packs. Raises NotFound before this laptop was let in."""
        context = self._context
        pack, team = context.pack, context.team
        if pack is None or team is None:
            raise NotFound("This laptop has no pack yet: it was not let into the team.")
        return PackState(
            id=pack.id,
            title=pack.title,
            version=pack.version,
            live_since=team.live,
            demo=pack.demo,
            needs=tuple(dict.fromkeys(need for one in self._coming() for need in one.needs)),
            gaps=(*pack.gaps, *_without_names(context.codes)),
            packs=tuple(self._lines(pack)),
            unusable=tuple(map(unusable_words, context.packs.unusable)),
        )

    def sources(self) -> list[Pack]:
        """Give every pack that a new one can be made from: the team's, then those that ship."""
        own = self._own()
        return own + [one for one in bundled_packs() if one.id not in {pack.id for pack in own}]

    def load(self, text: str, file: str = "", *, demo: bool = False) -> PackState:
        """Put a pack into use: here at once, on every other laptop with its next sync.

        `demo`: what the demo alone may do, load invented names and numbers.

        Raises:
            NotPermitted: for anybody but a lead. PackRefused: a fault; nothing of it is used.
            BadInput: invented names outside the demo, or gaps that a live team cannot have.
        """
        context = self._context
        context.only_leads("Loading a pack")
        pack = checked(text, file)
        if pack.demo and not demo:
            raise BadInput("This pack holds invented names and numbers for the demo.", code="PACK-DEMO")
        if context.team is not None and context.team.live:
            _refuse_gaps(pack, "The team is live, and this pack leaves open what it needs")
        row = hashlib.sha256(_ROW + context.vault.ids.team_id + f"{pack.id}\0{text}".encode()).digest()[:16]
        fields = {"pack": pack.id, "rank": context.packs.rank + 1, "at": context.environment.moment()}
        with told_as_app_errors(), context.vault.replica.transaction() as tx:
            if tx.has(PACK, row):
                tx.put(PACK, row, fields)
            else:
                tx.create(PACK, row, COMMON, {**fields, "text": text, "_made": context.made()})
            context.audit(LOAD, tx=tx)
        context.refresh()
        context.wake()
        return self.state()

    def go_live(self) -> PackState:
        """End the trial. Raises NotPermitted for anybody but a lead, BadInput with the gaps that stand against it."""
        context = self._context
        context.only_leads("Going live")
        state = self.state()
        if state.demo:
            raise BadInput("The demo has invented names and numbers: it never goes live.", code="PACK-DEMO")
        for pack in self._coming():
            _refuse_gaps(pack, f"The pack {pack.id} leaves open what the team needs before it goes live")
        if not state.live_since:
            with told_as_app_errors(), context.vault.replica.transaction() as tx:
                tx.put(TEAM, context.vault.ids.team_id, {"live": context.environment.moment()})
                context.audit(LIVE, tx=tx)
            context.refresh()
            context.wake()
        return self.state()

    def _coming(self) -> list[Pack]:
        """Give today's pack and those that come after it: what the team works by once it is live."""
        context = self._context
        today = day_of(context.environment.now())
        return [
            one.pack for one in context.packs.spells
            if one.pack is context.pack or one.last is None or one.last >= today
        ]  # fmt: skip

    def _own(self) -> list[Pack]:
        """Give the team's packs; of one with the demo's invented names what ships is taken."""
        return [one.pack for one in self._context.packs.spells if not one.pack.demo]

    def _lines(self, today: Pack) -> list[PackLine]:
        target = table("pack")
        with self._context.vault.reader.connect() as connection:
            rows = connection.execute(select(target).order_by(target.c.rank)).all()
            people = worker_names(connection)
        loaded = {row.body: row for row in rows}
        lines = []
        for spell in self._context.packs.spells:
            row = loaded.get(spell.pack.text)
            lines.append(
                PackLine(
                    id=spell.pack.id,
                    title=spell.pack.title,
                    version=spell.pack.version,
                    first=spell.first,
                    last=spell.last,
                    today=spell.pack is today,
                    loaded_at=row.at if row else "",
                    by=people.get(row.seat, "") if row else "",
                )
            )
        return lines


def unusable_words(one: Unusable) -> str:
    """Say why a pack that a lead loaded is not in use on this laptop, and what goes on instead."""
    why = "is made for a newer program" if one.newer else f"has a fault in line {one.line}"
    return f"The pack {one.pack} that a lead loaded {why}: it is kept, and the one before goes on here."


def _refuse_gaps(pack: Pack, what: str) -> None:
    """Raise BadInput, naming each gap and its question, while a needed one is open."""
    if pack.needs:
        told = " ".join(_gap_words(need) for need in pack.needs)
        raise BadInput(f"{what}: {told}", code="PACK-GAPS", remedy="Nothing was changed. Fill these gaps first.")


def _gap_words(need: Need) -> str:
    return f"{need.path}: {need.question}"
