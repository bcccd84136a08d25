"""Making a team and asking to be let into one: names, words, files and vaults around the engine's steps.

A vault is made before anything is sent, so that its keys are kept; when the server then says no, it is taken away again
and nothing was changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from broker_desktop import assets
from broker_desktop.errors import AppError, BadInput
from broker_desktop.records.codelist import nearest
from broker_desktop.records.record_type import ADMIN, COMMON
from broker_desktop.session import offline
from broker_desktop.session.background import synced_once
from broker_desktop.session.cards import new_vault_folder
from broker_desktop.session.context import JOINING, Context
from broker_desktop.session.environment import Environment
from broker_desktop.session.joining import pending_json
from broker_desktop.session.key_slots import SealSlots, sealed_by
from broker_desktop.session.kit_check import FILES, UNCHECKED
from broker_desktop.session.kit_paper import KitPaper, check_kit_files, kit_on_disk
from broker_desktop.session.new_vault import new_vault
from broker_desktop.session.own_card import write_card
from broker_desktop.session.passphrases import require_good
from broker_desktop.session.reference_data import bundled_pack
from broker_desktop.session.spooling import DeviceSpool
from broker_desktop.session.trouble import told_as_sync_errors
from broker_desktop.session.unlocked import context_of
from broker_desktop.session.views import JoinAsked, TeamCreated
from broker_desktop.store import vault as vaults
from broker_desktop.store.database import told_as_app_errors
from broker_desktop.store.folder import is_vault
from broker_desktop.store.system_rows import TEAM, WORKER
from sync.crypto import kit
from sync.crypto.invite import check_words, parse_code
from sync.engine.enrolment import SeatKeys, TeamSeeds, ask_who, found_team, open_invite, request_for, send_request
from sync.engine.exchange import Transport
from sync.errors import Unreachable
from sync.ids import uuid_text


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamAsked:
    """What a person says about the team to be made. `kit_file`: where both halves of the recovery kit are written."""

    hub: str
    token: str
    name: str
    person: str
    pack: str
    kit_file: Path | None = None
    ca: str | None = None
    label: str = ""


def create_team(environment: Environment, folder: Path | None, phrase: str, asked: TeamAsked) -> TeamCreated:
    """Make a team on a server, and the vault of its first lead in `folder` (None: the next free one of this user).

    Raises:
        BadInput: weak passphrase, unknown pack, no name, or the kit file lies in the vault or exists already.
        NoServer, Untrusted, ServerRefused, NotPermitted (token), StorageProblem: nothing was changed.
    """
    folder = folder or new_vault_folder(environment)
    _check_team(asked, folder)
    require_good(phrase)
    return create_team_sealed(environment, folder, sealed_by(environment, phrase), asked)


def create_team_sealed(environment: Environment, folder: Path, seal: SealSlots, asked: TeamAsked) -> TeamCreated:
    """Make a team whose first vault is sealed as the caller says; otherwise as `create_team`."""
    clock, random = environment.clock, environment.random
    seeds, keys = TeamSeeds.draw(random), SeatKeys.draw(random)
    halves = [kit.words_of(half).split() for half in kit.split(seeds.kit_seed, random)]
    paper = KitPaper(
        team_name=asked.name, team=uuid_text(seeds.team_id), server=asked.hub, day=environment.today(), halves=halves
    )
    rk_pk = kit.KitKeys.of(seeds.kit_seed).rk_pk
    with connected(environment, asked.hub, asked.ca) as transport:
        with told_as_sync_errors():
            ask_who(transport, clock, random)
        with (
            new_vault(environment, folder, seeds.team_id, keys, seal, rk_pk) as vault,
            kit_on_disk(asked.kit_file, paper) as files,
        ):
            with told_as_sync_errors():
                identity = found_team(
                    transport,
                    vault.replica.hub_side,
                    seeds,
                    keys,
                    token=asked.token,
                    hub_url=asked.hub,
                    clock=clock,
                    random=random,
                    ca=asked.ca,
                )
            vault.keep_identity(identity)
            context = context_of(vault, environment)
            _first_rows(context, seeds, asked, files)
            write_card(context, asked.label)
            DeviceSpool(context).register()
            with suppress(AppError):  # the team's rows go with the next sync if not now
                synced_once(context)
            genesis = vault.replica.control.genesis_hash if vault.replica.control else b""
    return TeamCreated(
        team=uuid_text(seeds.team_id),
        seat=uuid_text(keys.seat_id),
        check_words=tuple(check_words(genesis, assets.check_words())),
        path=str(folder),
        kit=paper,
    )


def join_team(
    environment: Environment,
    folder: Path | None,
    phrase: str,
    code: str,
    *,
    ca: str | None = None,
    label: str = "",
    by_files: Path | None = None,
) -> JoinAsked:
    """Open an invitation and ask to be let in, with a new vault in `folder` (None: the next free one of this user).

    With `by_files` invitation and request are files in that folder, and nothing is sent.

    Raises:
        BadInput: weak passphrase or mistyped code. NoServer, Untrusted, ServerRefused: nothing was changed.
    """
    folder = folder or new_vault_folder(environment)
    if is_vault(folder):
        raise BadInput("There is a vault in this folder already.", code="VAULT-NEW")
    require_good(phrase)
    seal = sealed_by(environment, phrase)
    if by_files is not None:
        return offline.join(environment, folder, seal, code, by_files, ca=ca, label=label)
    return join_team_sealed(environment, folder, seal, code, ca=ca, label=label)


def join_team_sealed(
    environment: Environment, folder: Path, seal: SealSlots, code: str, *, ca: str | None = None, label: str = ""
) -> JoinAsked:
    """Ask to be let in with a vault that is sealed as the caller says; otherwise as `join_team`."""
    clock, random = environment.clock, environment.random
    hub_url = code_of(code)
    keys = SeatKeys.draw(random)
    with connected(environment, hub_url, ca) as transport:
        with told_as_sync_errors():
            opened = open_invite(transport, code, clock=clock, random=random)
        with new_vault(environment, folder, opened.box.team, keys, seal, None) as vault:
            request, identity, pending = request_for(opened, keys, ca=ca)
            vault.keep_identity(identity)
            vault.set_meta(JOINING, pending_json(pending))
            # Whether a lost request or a lost answer: the vault stays, and its next sync asks again.
            with told_as_sync_errors(), suppress(Unreachable):
                send_request(transport, opened, request, clock=clock, random=random)
            context = context_of(vault, environment)
            write_card(context, label)
            DeviceSpool(context).register()
    words = check_words(pending.check, assets.check_words())
    return JoinAsked(seat=uuid_text(keys.seat_id), check_words=tuple(words))


def code_of(code: str) -> str:
    """Give the server's address in an invitation. Raises BadInput."""
    try:
        return parse_code(code)[1]
    except ValueError as error:
        raise BadInput(f"{str(error).capitalize()}. Please check it.", code="TEAM-3") from None


def _check_team(asked: TeamAsked, folder: Path) -> None:
    packs = [path.stem for path in assets.pack_paths()]
    if asked.pack not in packs:
        near = nearest(asked.pack, packs)
        raise BadInput(f"There is no area pack of that id. Did you mean {near}?", code="PACK-3")
    for words, what in ((asked.name, "The team"), (asked.person, "The person")):
        if not words.strip():
            raise BadInput(f"{what} needs a name.")
    if is_vault(folder):
        raise BadInput("There is a vault in this folder already.", code="VAULT-NEW")
    if asked.kit_file is not None:
        check_kit_files(asked.kit_file, folder)


def _first_rows(context: Context, seeds: TeamSeeds, asked: TeamAsked, files: Sequence[Path]) -> None:
    made = {**context.made(), "pack": asked.pack, "pack_version": bundled_pack(asked.pack).version}
    team = {"name": asked.name, "pack": asked.pack, "row_salt": context.environment.random.bytes(32), "_made": made}
    with told_as_app_errors(), context.vault.replica.transaction() as tx:
        tx.create(TEAM, seeds.team_id, COMMON, team)
        worker = {"name": asked.person, "laptop": asked.label, "_made": made}
        tx.create(WORKER, context.vault.ids.seat_id, COMMON, worker)
        tx.create("card_key", seeds.team_id, ADMIN, {"seed": seeds.card_seed, "_made": made})
        vaults.write_meta(tx.connection, UNCHECKED, True)
        vaults.write_meta(tx.connection, FILES, [str(path.resolve()) for path in files])


@contextmanager
def connected(environment: Environment, url: str, ca: str | None) -> Iterator[Transport]:
    """Give a connection to a server and close it. Raises NoServer, BadInput."""
    with told_as_sync_errors():
        transport = environment.transport(url, ca)
    try:
        yield transport
    finally:
        transport.close()
