"""A forgotten passphrase: from a locked vault to one that opens at once, with no network (protocol.md 2.8).

The locked laptop writes a request; a lead, with both halves of the kit, writes the answer; the locked laptop sets a new
passphrase. The kit yields the vault's key and never a signing identity, so the vault goes on as a new seat of the same
person: what its old one had sealed waits for a lead to retire that one, everything else is recorded on.

Every step may be cut off: the slots change last, in one rename, and name the new seat. Until then the old passphrase,
should somebody remember it, opens the vault as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from broker_desktop import assets
from broker_desktop.errors import BadInput, NotFound, StorageProblem
from broker_desktop.platform.files import replace_durably, sync_folder
from broker_desktop.session.context import RECOVERED, Context
from broker_desktop.session.environment import Environment
from broker_desktop.session.handed_files import keep_file
from broker_desktop.session.key_slots import SealSlots, ToSeal, sealed_by
from broker_desktop.session.kit_check import another_kit, seed_of
from broker_desktop.session.passphrases import require_good
from broker_desktop.session.unlocked import context_of, machinery
from broker_desktop.store import vault as vaults
from broker_desktop.store.database import told_as_app_errors
from broker_desktop.store.folder import SLOTS, is_vault
from sync.crypto import passphrase
from sync.crypto.invite import check_words
from sync.crypto.recovery import REQUEST_SIZE, RecoveryRequest
from sync.errors import BoxRefused, CodecError, SlotError, WrongPassphrase
from sync.replica import Replica

_EPHEMERAL: Final = "recovery-request"
"""In the vault's folder while an answer is awaited: the request that was made and the seed its answer opens with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestMade:
    """The five words that stand on both screens."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRead:
    """A locked laptop's request as a lead sees it, and its five words."""

    request: RecoveryRequest
    words: tuple[str, ...]


def make_request(environment: Environment, folder: Path, file: Path) -> RequestMade:
    """Write the request of a locked vault; asked again, the same request is written as long as it waits.

    Raises:
        NotFound: no vault there. BadInput: the kit cannot open this vault, or the file lies in it. StorageProblem.
    """
    if not is_vault(folder):
        raise NotFound("There is no vault in this folder.", code="VAULT-NONE")
    _outside(folder, file)
    slots = _slots(folder)
    request = _waiting(folder, slots)
    if request is None:
        seed = environment.random.bytes(32)
        try:
            request = RecoveryRequest.build(slots, seed)
        except CodecError:
            raise BadInput(
                "This laptop was never let into its team, so the team's kit does not open it.",
                code="RECOV-2",
                title="The kit cannot help here.",
                remedy="Only its passphrase opens it.",
            ) from None
        with told_as_app_errors():
            replace_durably(folder / _EPHEMERAL, seed + request.request)
    keep_file(file, request.file)
    return RequestMade(words=words_of(request))


def read_request(file: Path) -> RecoveryRequest:
    """Read the request in a file. Raises BadInput."""
    try:
        return RecoveryRequest.parse(file.read_bytes())
    except OSError as error:
        raise BadInput(f"The file cannot be read: {error.strerror}.", code="RECOV-1") from None
    except (CodecError, SlotError):
        raise BadInput(
            "That file is no request of a locked laptop, or it was damaged on the way.",
            code="RECOV-1",
            title="This file does not help.",
            remedy="Write it once more on the locked laptop.",
        ) from None


def words_of(request: RecoveryRequest) -> tuple[str, ...]:
    """Give the five words of a request."""
    return tuple(check_words(request.hash, assets.check_words()))


def answer_request(context: Context, request: RecoveryRequest, halves: Sequence[str], file: Path) -> None:
    """Write the answer to a request, made with both halves of the kit. Two people have compared its words.

    Raises:
        NotPermitted: for anybody but a lead. BadInput: another team's laptop, a word is wrong, or another kit.
        StorageProblem: the file cannot be written.
    """
    context.only_leads("Answering for a locked laptop")
    if request.parsed_slots().team != context.vault.ids.team_id:
        raise BadInput("That laptop belongs to another team.", code="RECOV-3", title="Another team's laptop.")
    try:
        answer = request.answer(seed_of(halves))
    except WrongPassphrase:
        raise another_kit() from None
    except (SlotError, BoxRefused):
        raise BadInput("The request was changed on the way.", code="RECOV-1") from None
    keep_file(file, answer)


def finish(environment: Environment, folder: Path, phrase: str, answer: Path, seal: SealSlots | None = None) -> None:
    """Set a new passphrase with an answer; the request it belongs to is used up.

    Args:
        environment: of this laptop.
        folder: of the locked vault.
        phrase: the new passphrase.
        answer: the file that the lead wrote.
        seal: makes the slots; None seals under `phrase`.

    Raises:
        BadInput: weak passphrase; not the answer to this laptop's request. NotFound, VaultOpen, StorageProblem.
    """
    require_good(phrase)
    slots = _slots(folder)
    request = _waiting(folder, slots)
    if request is None:
        raise BadInput("No request of this laptop waits for an answer.", code="RECOV-4", remedy="Make one first.")
    try:
        seed = (folder / _EPHEMERAL).read_bytes()[:32]
        dek = request.open_answer(answer.read_bytes(), seed)
    except OSError as error:
        raise BadInput(f"The file cannot be read: {error.strerror}.", code="RECOV-1") from None
    except (BoxRefused, SlotError):
        raise BadInput(
            "That file is not the answer to this laptop's request.",
            code="RECOV-5",
            title="This file does not help.",
            remedy="Nothing was changed. Ask for the answer to the request that was made last.",
        ) from None
    _open_anew(environment, folder, dek, seal or sealed_by(environment, phrase))


def finish_with_kit(
    environment: Environment, folder: Path, phrase: str, halves: Sequence[str], seal: SealSlots | None = None
) -> None:
    """Set a new passphrase with both halves of the kit on the laptop itself.

    Raises:
        BadInput: weak passphrase, a wrong word, another kit. NotFound, VaultOpen, StorageProblem.
    """
    require_good(phrase)
    try:
        dek, _ = passphrase.open_with_kit(_slots(folder), seed_of(halves))
    except WrongPassphrase:
        raise another_kit() from None
    except SlotError:
        raise vaults.damaged_slots() from None
    _open_anew(environment, folder, dek, seal or sealed_by(environment, phrase))


def settle_recovered(context: Context) -> None:
    """After the slots have changed: put what the vault holds unsent under its new seat; once, at the first opening."""
    note = context.vault.meta(RECOVERED)
    if note is None or note["moved"]:
        return
    if bytes.fromhex(note["seat"]) != context.vault.ids.seat_id:
        return  # the old passphrase came back to mind: nothing was changed
    context.vault.replica.hub_side.take_new_seat(bytes.fromhex(note["from"]))
    context.vault.set_meta(RECOVERED, {**note, "moved": True})


def _open_anew(environment: Environment, folder: Path, dek: bytes, seal: SealSlots) -> None:
    parsed = vaults.parse_slots_of(folder)
    old_seat = next(iter(parsed.seats()))
    nothing = vaults.VaultKeys(bytearray(dek), bytearray(32), bytearray(32))
    vault = vaults.open_with_keys(folder, parsed.team, old_seat, nothing, machinery(environment))
    try:
        context = context_of(vault, environment)
        seat = _noted(context)
        keys = passphrase.VaultKeys(dek, environment.random.bytes(32), environment.random.bytes(32))
        control = vault.replica.control
        rk_pk = None if control is None else control.rk_pk
        content = seal(ToSeal(team=parsed.team, seat=seat, keys=keys, rk_pk=rk_pk, generation=parsed.generation))
        with told_as_app_errors():
            replace_durably(folder / SLOTS, content)
    finally:
        vault.close()
    with suppress(OSError):
        _wipe(folder / _EPHEMERAL)


def _noted(context: Context) -> bytes:
    """Write down which seat follows which; asked again after a crash, the same one."""
    vault = context.vault
    note: dict[str, Any] | None = vault.meta(RECOVERED)
    if note is not None and not note["moved"]:
        return bytes.fromhex(note["seat"])
    seat = context.environment.random.bytes(16)
    own = vault.ids.seat_id.hex()
    fresh = {"old": own, "role": int(context.role), "comps": sorted(context.compartments)}
    kept = fresh if note is None else {name: note[name] for name in fresh}  # never let in since the last time
    vault.set_meta(RECOVERED, {**kept, "from": _chain(vault.replica).hex(), "seat": seat.hex(), "moved": False})
    return seat


def _chain(replica: Replica) -> bytes:
    if replica.chain is None:
        raise StorageProblem("This vault belongs to nobody.")
    return replica.chain


def _waiting(folder: Path, slots: bytes) -> RecoveryRequest | None:
    """Give the request that waits for an answer; None where there is none for the slots as they are."""
    try:
        kept = (folder / _EPHEMERAL).read_bytes()
        request = RecoveryRequest.parse(kept[32:] + slots)
    except (OSError, CodecError, SlotError):
        return None
    return request if len(kept) == 32 + REQUEST_SIZE else None


def _slots(folder: Path) -> bytes:
    if not is_vault(folder):
        raise NotFound("There is no vault in this folder.", code="VAULT-NONE")
    with told_as_app_errors():
        return (folder / SLOTS).read_bytes()


def _outside(folder: Path, file: Path) -> None:
    if file.resolve().is_relative_to(folder.resolve()):
        raise BadInput("The file cannot lie in the vault's own folder.", code="RECOV-6")


def _wipe(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))
    path.unlink()
    sync_folder(path.parent)
