"""A vault that goes on as a new seat: its passphrase was forgotten, and no kit yields a signing key (protocol.md 2.8).

What the old seat had sealed stands as it is and is pushed by the new one; what was not sealed yet nobody has seen, and
is stamped anew. The old seat stays in mind, because its operations are this vault's own work.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import update

from sync.clock import chain_id, split_chain
from sync.replica import custody, own_chain, trust
from sync.replica.core import Core
from sync.replica.tables import table

_SEALED: Final = table("sealed_op")
_NOWHERE: Final = 0


def take_new_seat(core: Core, old: bytes) -> int:
    """Put what is unsent under the seat this vault was opened as, instead of the chain `old`; may be repeated.

    Returns how many operations were sealed at save and never signed: they are bound to the old seat, whose key is
    gone, and can be sent by nobody (protocol.md 2.4, Drop).
    """
    seat, new = core.memory.seat, chain_id(core.memory.seat, 0)
    with core.write() as work:
        former = [*dict.fromkeys([*core.memory.former, split_chain(old)[0]])]
        work.keep(trust.FORMER, [one for one in former if one != seat])
        work.keep(trust.INCARNATION, 0)
        work.keep(trust.OWN_AHEAD, False)
        acked = custody.acked_marks(work.connection, [seat, *former])
        work.remember(chain=new, acked=acked)
    with core.write() as work:
        own_chain.restamp(work.connection, work.rows, old, new)
        lost = work.connection.execute(update(_SEALED).where(_SEALED.c.sealed_in.is_(None)).values(sealed_in=_NOWHERE))
    return int(lost.rowcount)
