"""What changes between months: another area pack, and a month signed by a program that counted otherwise.

A signed month is written the way the program itself stores one.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from broker_desktop import assets
from broker_desktop.records.record_type import ADMIN
from broker_desktop.session import Session
from broker_desktop.store.signed import packed, unpacked
from broker_desktop.store.system_rows import SIGN_OFF
from broker_desktop.store.tables import table


def another_pack(first_day: str) -> str:
    """Give the pack of another Portsmouth service, as one that takes over on a day."""
    text = assets.pack_text("portsmouth-rois-2013")
    assert "valid_from: 2013-04-01" in text
    return text.replace("valid_from: 2013-04-01", f"valid_from: {first_day}")


def sign_as_another_program(session: Session, change: Callable[[dict[str, Any], list[dict[str, Any]]], None]) -> None:
    """Write the newest issue once more, changed; `change` gets what is said of it and its lines."""
    with session._context.vault.reader.connect() as connection:
        row = connection.execute(select(table("sign_off")).order_by(table("sign_off").c.rank.desc())).first()
    assert row is not None
    about, lines = json.loads(row.about), json.loads(unpacked(row.figures))
    change(about, lines)
    fields = {"first_day": row.first_day, "last_day": row.last_day, "rank": row.rank + 1, "about": json.dumps(about),
              "figures": packed(json.dumps(lines)), "at": row.at, "seat": row.seat}  # fmt: skip
    with session._context.vault.replica.transaction() as tx:
        tx.create(SIGN_OFF, session._context.environment.new_id(), ADMIN, fields, fresh=True)
