"""A count that is kept is the count of the records as they stand, whatever changed them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from broker_desktop import assets
from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.pack import Pack
from broker_desktop.records.pack.spells import Spell
from broker_desktop.session import Session, context, month_period
from broker_desktop.session.counted import CountedPeriods
from broker_desktop.session.reference_data import lists_of
from tests.common.vaults import Service, in_step

NOVEMBER = month_period("2026-11")
DAY = "2026-11-12T18:00:00+00:00"


def figures(session: Session) -> tuple[object, object, object]:
    """Give contacts with somebody met, people seen, people new."""
    made = session.summary(NOVEMBER)
    return made.line("MS-01.met").value, made.line("MS-02").value, made.line("MS-03").value


def meet(session: Session, code: str, file: Path, **more: object) -> None:
    """Write down that somebody was met, as another program's line."""
    line = {"type": "contact", "external_id": file.stem, "occurred_at": DAY, "kind": "found_on_shift"}
    line |= {"outcome": ["seen"], "setting": "street", "person": {"code": code}, **more}
    file.write_text(json.dumps(line), encoding="utf-8")
    session.import_file("mixed", file)


def test_each_change_is_counted_at_once(tmp_path: Path) -> None:
    service = Service(tmp_path)
    with service.found().opened() as lead, service.join(lead, "Wim Worker", "worker").opened() as worker:
        assert figures(lead) == (0, 0, 0)
        meet(lead, "JOHN80M", tmp_path / "one.ndjson")
        assert figures(lead) == (1, 1, 1)
        assert figures(lead) == (1, 1, 1)
        meet(worker, "MARY75F", tmp_path / "two.ndjson")
        in_step(worker, lead)
        assert figures(lead) == (2, 2, 2)
        meet(lead, "MARY75F", tmp_path / "three.ndjson")
        assert figures(lead) == (3, 2, 2)
        john, mary = (next(one.id for one in lead.records("person") if one.payload["code"] == code)
                      for code in ("JOHN80M", "MARY75F"))  # fmt: skip
        lead.oversight.alias(john, mary, "the same person")
        assert figures(lead) == (3, 1, 1)
        lead.void("contact", lead.records("contact")[0].id, "entered twice")
        assert figures(lead) == (2, 1, 1)


def test_a_page_that_counts_while_another_pack_is_taken_over_keeps_nothing_of_the_pack_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pack now says that Test Valley lies in the west. A page counts while the lists of that pack are read."""
    text, first = assets.pack_text("hampshire-homer-2010"), ", Test Valley]}"
    changed = text.replace(first, "]}").replace("Winchester, Hart]", "Winchester, Hart, Test Valley]")
    zones = []

    def zones_told() -> list[str | None]:
        return [cell.by["zone"] for cell in session.summary(NOVEMBER).line("MS-01.met_by_zone").cells]

    def meanwhile(spells: Sequence[Spell], today: Pack | None) -> CodeLists:
        zones.append(zones_told())
        return lists_of(spells, today)

    with Service(tmp_path, pack="hampshire-homer-2010").found().opened() as session:
        meet(session, "JOHN80M", tmp_path / "one.ndjson", locality="test_valley")
        assert zones_told() == ["east"]
        monkeypatch.setattr(context, "lists_of", meanwhile)
        session.packs.load(changed)
        assert (zones, zones_told()) == ([["east"]], ["west"])


def test_other_recipients_and_exports_rest_on_the_same_count(lead: Session, tmp_path: Path) -> None:
    meet(lead, "JOHN80M", tmp_path / "one.ndjson")
    own, kept = lead.summary(NOVEMBER), dict(lead._context.counted._kept)
    others = lead.summary(NOVEMBER, "commissioner")
    assert (own.line("MS-02").value, others.line("MS-02").hidden) == (1, True)
    now = lead._context.counted._kept
    assert {key: id(lines) for key, lines in kept.items()}.items() <= {key: id(one) for key, one in now.items()}.items()


def test_the_one_used_longest_ago_makes_room() -> None:
    asked: list[int] = []

    def count(of: int) -> tuple[()]:
        asked.append(of)
        return ()

    counted = CountedPeriods()
    for of in (*range(26), 0, 26, 0, 1):  # 26 are kept; 26 takes the room of 1, as 0 was used after it
        counted.lines(of, lambda of=of: count(of))
    assert asked == [*range(26), 26, 1]
