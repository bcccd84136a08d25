"""Joining by files, with no network at all: a lead's part and the new laptop's part.

Files lie in one folder that is carried between the two: the invitation, the request, the answer. The code is in none of
them. A lead's laptop tells the server at its next sync; the new laptop works at once, and what it records waits on it
until the server has confirmed the join.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from broker_desktop import assets
from broker_desktop.errors import AppError, BadInput, NotFound, NotPermitted
from broker_desktop.session import invitations
from broker_desktop.session.context import JOINING, Context
from broker_desktop.session.courier import told_about_files
from broker_desktop.session.environment import Environment
from broker_desktop.session.handed_files import keep_file, load_file
from broker_desktop.session.joining import pending_join, pending_json
from broker_desktop.session.key_slots import SealSlots
from broker_desktop.session.new_vault import new_vault
from broker_desktop.session.own_card import write_card
from broker_desktop.session.spooling import DeviceSpool
from broker_desktop.session.unlocked import context_of
from broker_desktop.session.views import CourierCounts, InviteCode, JoinAsked, PendingJoin
from broker_desktop.store.database import told_as_app_errors
from sync import codec
from sync.crypto.invite import check_words
from sync.engine.enrolment import OpenedInvite, SeatKeys
from sync.engine.exchange import Step
from sync.engine.identity import PendingJoin as Pending
from sync.engine.lead import Asking, Lead
from sync.engine.offline import OfflineLead, open_invite_file, request_file, take_answer
from sync.errors import CodecError, ControlRefused, SyncError, VerificationFailed
from sync.ids import uuid_text
from sync.protocol.carried import Carried, read_carried
from sync.protocol.enrolment import SeatCard

_log = logging.getLogger(__name__)
_ENDING: Final = ".nx1"
_TO_TELL: Final = "let_in_offline"
"""Name of the kept list of laptops that were let in by file and of which the server has not heard."""


def invite(context: Context, person: str, role: str, folder: Path, *, clinical: bool) -> InviteCode:
    """Make an invitation and write its file; the code is handed over apart. Raises NotPermitted, StorageProblem."""
    rights = invitations.invited_to(context, person, role, clinical=clinical)
    with told_about_files():
        made, data = _lead(context).invite(rights.role, rights.comps)
    keep_file(_place(folder, "invite", made.invite_id), data)
    return invitations.keep(context, made, person, rights)


def join(
    environment: Environment,
    vault_folder: Path,
    seal: SealSlots,
    code: str,
    folder: Path,
    *,
    ca: str | None = None,
    label: str = "",
) -> JoinAsked:
    """Open the invitation in a folder, make a vault, and leave a request for the lead beside it.

    Raises:
        BadInput: a mistyped code, or no invitation of that code lies there. StorageProblem: nothing was changed.
    """
    opened, keys = _opened(environment, code, folder), SeatKeys.draw(environment.random)
    with new_vault(environment, vault_folder, opened.box.team, keys, seal, None) as vault:
        identity, pending, data = request_file(opened, keys, ca=ca)
        vault.keep_identity(identity)
        vault.set_meta(JOINING, {**pending_json(pending), "folder": str(folder.resolve())})
        context = context_of(vault, environment)
        write_card(context, label)
        DeviceSpool(context).register()
        keep_file(_place(folder, "request", keys.seat_id), data)
    words = check_words(pending.check, assets.check_words())
    return JoinAsked(seat=uuid_text(keys.seat_id), check_words=tuple(words))


def pending_joins(context: Context, folder: Path) -> list[PendingJoin]:
    """List who asks to be let in by the request files of a folder. Raises NotPermitted, BadInput."""
    return [invitations.pending(context, asking) for asking in _asking(context, folder)]


def approve(context: Context, seat: str, words: str | None, folder: Path) -> str:
    """Let a laptop in by file; the server hears of it at the next sync.

    Raises:
        BadInput, NotPermitted, StorageProblem: as for TeamDesk.approve.
    """
    found = [asking for asking in _asking(context, folder) if invitations.is_asking(seat, asking)]
    if not found:
        raise NotFound("Nobody asks to be let in under that id.", code="TEAM-4")
    asking = found[0]
    invitations.compared(asking, words)
    rights = invitations.required_rights(context, asking)
    if asking.card.invite_id in {card.invite_id for card in to_tell(context) if card.seat != asking.card.seat}:
        raise NotPermitted("That invitation was used already, by another laptop.", code="TEAM-7")
    invitations.name_worker(context, asking)
    try:
        with told_as_app_errors():
            card, data = _lead(context).answer(asking, rights)
    except ControlRefused:
        raise NotPermitted("That invitation was used already.", code="TEAM-7") from None
    waiting = [one for one in to_tell(context) if one.seat != card.seat]
    keep_file(_place(folder, "answer", card.seat), data)
    _keep_to_tell(context, [*waiting, card])
    return uuid_text(card.seat)


def to_tell(context: Context) -> list[SeatCard]:
    """Give the laptops that this lead let in by file and of which the server has not heard."""
    kept = context.vault.meta(_TO_TELL) or []
    return [SeatCard.parse(codec.decode(bytes.fromhex(one))) for one in kept]


def telling(context: Context, lead: Lead) -> Step[None]:
    """Yield the requests that tell the server of laptops let in by file; part of a lead's sync.

    One that the team's log cannot take any more, its invitation having been used elsewhere, is let go of.
    """
    for card in to_tell(context):
        try:
            yield from lead.enrolling(card)
        except ControlRefused as error:
            _log.warning("a laptop that was let in by file was not taken: %s", error.code)
        _keep_to_tell(context, [one for one in to_tell(context) if one.seat != card.seat])


def look_for_answer(context: Context) -> bool:
    """Take the lead's answer, if it lies in the folder of the request by now; tell whether it was taken.

    Raises:
        Untrusted: the answer is not of the team that the code pinned.
    """
    kept, pending = context.vault.meta(JOINING), pending_join(context)
    if kept is None or pending is None or not pending.offline or context.vault.replica.control is not None:
        return False
    return any(_taken(context, pending, carried) is not None for carried in _carried(Path(kept["folder"])))


def take_answer_file(context: Context, path: Path) -> CourierCounts:
    """Take the lead's answer from a file that somebody names. Raises BadInput, Untrusted, NotPermitted."""
    pending = pending_join(context)
    if pending is None or not pending.offline:
        raise NotPermitted("This laptop has not been let into the team yet.", code="TEAM-5")
    with told_about_files():
        taken = _taken(context, pending, read_carried(load_file(path)))
        if taken is None:
            raise CodecError("foreign")
    return CourierCounts(read=taken, new=taken, waiting=0)


def _taken(context: Context, pending: Pending, carried: Carried) -> int | None:
    """Take an answer; None where it is for somebody else."""
    with told_as_app_errors(), told_about_files():
        taken = take_answer(context.vault.replica, context.vault.identity, pending, carried)
    if taken is not None:
        context.refresh()
        write_card(context)
    return taken


def _asking(context: Context, folder: Path) -> list[Asking]:
    context.only_leads("Letting people into the team")
    control = context.vault.replica.control
    found = (_lead(context).asking(carried) for carried in _carried(folder, complain=True))
    return [one for one in found if one is not None and control is not None and control.seat(one.card.seat) is None]


def _opened(environment: Environment, code: str, folder: Path) -> OpenedInvite:
    try:
        for carried in _carried(folder, complain=True):
            opened = open_invite_file(carried, code, clock=environment.clock)
            if opened is not None:
                return opened
    except ValueError as error:
        raise BadInput(f"{str(error).capitalize()}. Please check it.", code="TEAM-3") from None
    except VerificationFailed as error:
        words = "The last day of this invitation is over." if error.code == "invite_expired" else "It was changed."
        raise BadInput(words, code="TEAM-8", title="This invitation cannot be used.") from None
    raise NotFound("No invitation of that code lies in this folder.", code="TEAM-9")


def _carried(folder: Path, *, complain: bool = False) -> Iterator[Carried]:
    """Give the carried files of a folder, passing over what is none of ours. Raises BadInput without a folder."""
    if not folder.is_dir():
        if complain:
            raise BadInput("There is no such folder.", code="FILE-9")
        return
    for path in sorted(folder.glob(f"*{_ENDING}")):
        try:
            yield read_carried(load_file(path))
        except (AppError, CodecError) as error:
            _log.info("a carried file was passed over: %s", error.code)


def _place(folder: Path, what: str, whose: bytes) -> Path:
    return folder / f"{what}-{whose.hex()[:12]}{_ENDING}"


def _lead(context: Context) -> OfflineLead:
    environment, vault = context.environment, context.vault
    return OfflineLead(
        replica=vault.replica, identity=vault.identity, clock=environment.clock, random=environment.random
    )


def _keep_to_tell(context: Context, cards: list[SeatCard]) -> None:
    context.vault.set_meta(_TO_TELL, [codec.encode(card.fields()).hex() for card in cards])


def answered(context: Context) -> None:
    """Look for the lead's answer without being in the way: an answer that cannot be used is noted in the log."""
    try:
        look_for_answer(context)
    except (AppError, OSError, SyncError) as error:
        _log.warning("the answer to a request to join was not taken: %s", getattr(error, "code", type(error).__name__))
