"""One sync as a state machine without I/O: yields requests, is sent answers, returns a report (protocol.md 2.17).

    head -> control -> grants, keyring -> (own later envelopes) -> spool -> seal -> push -> pull -> mail

Each step may be cut off anywhere and run again: what was done stands in the replica, and the next round goes on from
there. An idle round is the head alone. Nothing here reads a clock by itself, waits, or knows how a request travels.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from sync.clock import Clock, Random
from sync.control import ControlState, SeatState
from sync.crypto.keyring import EpochSecret, open_grant, open_keyring
from sync.engine.control_log import update_control
from sync.engine.exchange import Caller, Step
from sync.engine.granting import LeadDesk
from sync.engine.hub_calls import HubCalls, ask_info
from sync.engine.identity import Identity, PendingJoin
from sync.engine.joining import complete_join, take_up
from sync.engine.leaving import lead_duties
from sync.engine.mail_desk import MailDesk
from sync.engine.mailbox import MailRound
from sync.engine.plan import MOST_PAGE, Batch
from sync.engine.ports import ReplicaPort, SpoolPort
from sync.engine.pushing import PushedTo, push, push_for_colleagues
from sync.engine.status import Phase, SyncReport, SyncStatus, Working
from sync.errors import BoxRefused, ControlRefused, HubRefused, KeyMissing, Unreachable, VerificationFailed
from sync.protocol.frames import Pulled
from sync.protocol.messages import INFO_NONCE_SIZE, HeadAnswer
from sync.protocol.problems import Problem
from sync.protocol.version import DAY_MS, MAX_PUSH_ENVELOPES, day_of
from sync.replica.values import Cursor, HubVersions

_TRIES: Final = 4
_OWN_FORK: Final = {Problem.CHAIN_FORK.code, Problem.PREV_MISMATCH.code}
_KNOWS_NOBODY: Final = {Problem.NOT_FOUND.code, Problem.BAD_SIG.code}
_ENDED: Final = {SeatState.RETIRED: "seat_retired", SeatState.REVOKED: "seat_ended"}
_STOPS_PUSHING: Final = {
    Problem.QUOTA.code: "quota", Problem.RESTORING.code: "restoring", Problem.GAP.code: "hub_lost_data",
}  # fmt: skip

T = TypeVar("T")


class SyncRound:
    """One sync of one replica."""

    def __init__(
        self, replica: ReplicaPort, identity: Identity, *, clock: Clock, random: Random, batch: Batch | None = None,
        joining: PendingJoin | None = None, on_status: Callable[[SyncStatus], None] | None = None,
        spool: SpoolPort | None = None, mail: MailDesk | None = None, before_sealing: Callable[[], None] = lambda: None,
    ) -> None:  # fmt: skip
        """Prepare a round.

        Args:
            replica: what is synced; `Replica.hub_side`.
            identity: whose it is.
            clock: for the Authorization header.
            random: for nonces.
            batch: remembers between rounds how much the link bears.
            joining: what the vault asked for, until a lead has let it in.
            on_status: told where the round is.
            spool: of this device, where it has one.
            mail: the application's side of the mail between teams.
            before_sealing: lets the application save what it has to tell; the hub has answered and takes work.
        """
        self._replica = replica
        self._identity = identity
        self._random = random
        self._clock = clock
        self._key = identity.signing_key()
        self._caller = Caller(
            seat=identity.seat_id, key=self._key, hub_id=identity.hub_id, clock=clock, random=random,
            offset_ms=replica.clock_offset(),
        )  # fmt: skip
        self._calls = HubCalls(self._caller, identity.team_id)
        self._batch = batch or Batch()
        self._joining = joining
        self._on_status = on_status
        self._spool = spool
        self._mail = mail
        self._before_sealing = before_sealing
        self._hub_pk = b""
        self._pushed = 0
        self._pulled = 0
        self._attention: dict[str, None] = {}

    def run(self) -> Step[SyncReport]:
        """Yield the requests of one sync and return what it did.

        Raises:
            Unreachable, NotNx1: no answer, or not from a hub of this protocol.
            VerificationFailed: the hub contradicts its own or the team's signatures; local work goes on.
            HubRefused: the hub refuses this seat, or asks for a pause.
            ControlRefused: the team that answered is not the one the invite pinned.
        """
        yield from self._authenticate()
        asks = self._replica.control is None or self._joining is not None
        if asks and not (yield from self._join()):
            return self._report(awaiting_approval=True)
        self._tell(Phase.HEAD)
        head = yield from self._head()
        self._replica.keep_clock_offset(self._caller.offset_ms)
        if abs(self._caller.offset_ms) > DAY_MS:
            self._notice("clock_differs")
        if self._log_was_reset(head):
            return self._report()
        self._tell(Phase.CONTROL)
        yield from update_control(self._replica, self._calls, head)
        if self._control.update_needed:
            self._notice("update_needed")
        ended = _ENDED.get(self._own_state())
        if ended is not None:
            yield from self._hand_in(head, ended)
            return self._report()
        yield from self._update_keys(head)
        self._replica.confirm(head.checkpoint)
        self._pulled += self._replica.retry_quarantine().operations
        if self._replica.own_chain_behind(head.chains):
            yield from self._take_up_own_chain(head)
        yield from self._use_spool(head)
        if self._mail is not None:
            self._mail.prepare()
        yield from self._send(head)
        yield from self._pull(head)
        yield from self._exchange_mail(head)
        yield from self._lead_duties(head)
        return self._report()

    def _hand_in(self, head: HeadAnswer, notice: str) -> Step[None]:
        """Where our seat has retired, send what waits and read nothing; where it has ended, leave all as it is."""
        self._notice(notice)
        if self._own_state() is SeatState.RETIRED:
            self._replica.confirm(head.checkpoint)
            yield from self._send(head)

    def _own_state(self) -> SeatState:
        seat = self._control.seat(self._identity.seat_id)
        return seat.state if seat is not None else SeatState.ACTIVE

    def _exchange_mail(self, head: HeadAnswer) -> Step[None]:
        if self._mail is not None and not self._control.update_needed and not head.restoring:
            mail = MailRound(
                replica=self._replica, identity=self._identity, calls=self._calls, desk=self._mail, random=self._random,
                head=head, push=lambda: self._send(head), notice=self._notice,
            )  # fmt: skip
            yield from mail.run()

    def _lead_duties(self, head: HeadAnswer) -> Step[None]:
        """Where this is a lead's laptop, see to what is due in the team; what cannot be done now is done later."""
        if head.restoring:
            return
        desk = LeadDesk(
            calls=self._calls, replica=self._replica, seat=self._identity.seat_id, key=self._key, random=self._random
        )  # fmt: skip
        try:
            yield from lead_duties(desk, min(head.checkpoint.day, day_of(self._clock.now_ms())))
        except (ControlRefused, HubRefused):
            self._notice("team_duties")

    def _authenticate(self) -> Step[None]:
        """Learn the hub's key, once: its hash is the hub_id that the genesis and the invite pin."""
        known = self._replica.hub_key()
        if known is None:
            info = yield from ask_info(self._caller, self._random.bytes(INFO_NONCE_SIZE), self._identity.hub_id)
            self._replica.keep_hub_key(info.hub_pk)
            known = info.hub_pk
        self._hub_pk = known

    def _head(self) -> Step[HeadAnswer]:
        """Ask for the head; where nobody knows us, look whether it is still our hub that answers at this address."""
        try:
            return (yield from self._calls.head(self._hub_pk))
        except HubRefused as refusal:
            if refusal.code in _KNOWS_NOBODY:
                yield from ask_info(self._caller, self._random.bytes(INFO_NONCE_SIZE), self._identity.hub_id)
            raise

    def _join(self) -> Step[bool]:
        if self._joining is None:
            raise ControlRefused("no_team", "this vault has neither a team nor a request to join one")
        joined = yield from complete_join(self._caller, self._calls, self._identity, self._joining)
        if joined is None:
            return False
        take_up(self._replica, joined, provisional=self._joining.offline)
        if joined.differs:
            self._notice("join_differs")
        return True

    def _log_was_reset(self, head: HeadAnswer) -> bool:
        """Tell whether the operator announced a restore; without announcement another log is an alarm."""
        if head.checkpoint.log_id == self._cursor.log_id:
            return False
        if not head.restoring:
            raise VerificationFailed("log_reset", "another log, and no announcement of it")
        self._notice("restoring")
        return True

    def _update_keys(self, head: HeadAnswer) -> Step[None]:
        """Fetch grants and keyrings that changed, and keep what opens and matches the control log."""
        before = self._replica.versions()
        comps = self._own_comps()
        keyrings = {comp: version for comp, version in head.keyrings.items() if comp in comps}
        secrets: list[EpochSecret] = []
        grants = head.grants_version
        if grants != before.grants:
            self._tell(Phase.KEYS)
            secrets, all_good = yield from self._fetch_grants()
            self._replica.add_secrets(secrets)
            grants = grants if all_good else before.grants  # what was refused is asked for again
        kept = dict(before.keyrings)
        for comp, version in keyrings.items():
            if before.keyrings.get(comp) != version:
                older = yield from self._fetch_keyring(comp)
                if older is not None:
                    kept[comp] = version
                    secrets += older
        if grants != before.grants or kept != dict(before.keyrings):
            self._replica.add_secrets(secrets)
            self._replica.keep_versions(HubVersions(grants=grants, keyrings=kept))

    def _fetch_grants(self) -> Step[tuple[list[EpochSecret], bool]]:
        """Return the new secrets, and whether every grant for us was what the control log commits to."""
        _, grants = yield from self._calls.grants()
        held, secrets, all_good, comps = self._replica.keyring, [], True, self._own_comps()
        for grant in grants:
            # The hub may still hold a grant of a compartment that this seat has lost.
            if grant.seat != self._identity.seat_id or grant.comp not in comps or (grant.comp, grant.epoch) in held:
                continue
            key = self._control.epoch_key(grant.comp, grant.epoch)
            if key is None:  # of an epoch that we have not heard of yet
                all_good = False
                continue
            try:
                secrets.append(open_grant(grant, self._identity.kem_seed, self._identity.team_id, key))
            except BoxRefused:
                self._notice("grant_refused")
                all_good = False
        return secrets, all_good

    def _fetch_keyring(self, comp: int) -> Step[list[EpochSecret] | None]:
        """Return the older secrets of a compartment; None when they do not open, now or ever."""
        _, ring = yield from self._calls.keyring(comp)
        keys = [key for _, key in self._control.epochs.get(comp, ())]
        try:
            return open_keyring(self._replica.keyring.secret(comp, ring.epoch), ring, keys)
        except KeyMissing:
            return None
        except BoxRefused:
            self._notice("grant_refused")
            return None

    def _take_up_own_chain(self, head: HeadAnswer) -> Step[None]:
        """This vault was restored from an older image: take our later envelopes, then go on under a new incarnation."""
        yield from self._pull(head)
        if not self._replica.own_chain_ahead():
            raise VerificationFailed("own_chain_withheld", "envelopes that the hub calls ours do not come")
        self._replica.start_incarnation()
        self._notice("vault_restored")

    def _send(self, head: HeadAnswer) -> Step[None]:
        """Seal what is unsealed and push what is sealed."""
        if self._control.update_needed or head.restoring:
            return
        self._tell(Phase.SEAL)
        self._before_sealing()
        self._replica.seal(self._key)
        try:
            yield from self._push()
        except HubRefused as refusal:
            if refusal.code in _OWN_FORK:
                yield from self._take_up_own_chain(head)
                self._replica.seal(self._key)
                yield from self._push()
            elif refusal.code in _STOPS_PUSHING:
                self._notice(_STOPS_PUSHING[refusal.code])
            else:
                raise

    def _push(self) -> Step[None]:
        total, done = self._replica.waiting_envelopes(), 0
        while done < total:
            self._tell(Phase.PUSH, done, total)
            done += yield from self._retried(self._push_once)

    def _push_once(self) -> Step[int]:
        """Push one batch; return how many envelopes the hub took."""
        sent = self._replica.outgoing(self._batch.size, MAX_PUSH_ENVELOPES)
        taken = yield from push(self._calls, self._pushed_to(), sent)
        self._pushed += self._replica.acknowledge(taken.envelopes, taken.receipt, taken.sig)
        if taken.refusal is not None:
            raise taken.refusal
        return len(taken.envelopes)

    def _use_spool(self, head: HeadAnswer) -> Step[None]:
        """Take in what colleagues left on this device, and carry to the hub what of it the hub lacks."""
        if self._spool is None:
            return
        self._pulled += self._spool.take_in()
        if not (self._control.update_needed or head.restoring):
            lacking = self._spool.lacking(head.chains)
            yield from push_for_colleagues(self._calls, self._pushed_to(), lacking)

    def _pushed_to(self) -> PushedTo:
        return PushedTo(hub_pk=self._hub_pk, team=self._identity.team_id, log_id=self._cursor.log_id)

    def _pull(self, head: HeadAnswer) -> Step[None]:
        """Read the log up to the head; when it does not hash to what the hub signed, once more with stubs."""
        for n in self._replica.damaged():
            yield from self._mend(n)
        try:
            yield from self._pull_pages(head, careful=False)
        except VerificationFailed as failure:
            if failure.code != "log_fork":
                raise
            yield from self._pull_pages(head, careful=True)

    def _pull_pages(self, head: HeadAnswer, *, careful: bool) -> Step[None]:
        start, end = self._cursor.n, head.checkpoint.n
        while (at := self._cursor.n) < end:
            self._tell(Phase.PULL, at - start, end - start)
            page = yield from self._retried(self._next_page)
            if careful:
                page = yield from self._without_damage(page)
            result = self._replica.apply_page(page, head.checkpoint)
            if result.n <= at:
                raise VerificationFailed("log_withheld", "envelopes that the head names do not come")
            self._pulled += result.operations

    def _without_damage(self, page: list[Pulled]) -> Step[list[Pulled]]:
        """Ask for the stubs of envelopes that came damaged: header and signed hash may have survived the body."""
        bad = set(self._replica.unverified(page))
        whole: list[Pulled] = []
        for frame in page:
            stubs = (yield from self._calls.log_after(frame.n - 1, 1, ())) if frame.n in bad else []
            whole.append(next((stub for stub in stubs if stub.n == frame.n), frame))
        return whole

    def _mend(self, n: int) -> Step[None]:
        for frame in (yield from self._calls.log_after(n - 1, 1, self._own_comps())):
            if frame.n == n:
                self._pulled += self._replica.mend(frame.item).operations

    def _next_page(self) -> Step[list[Pulled]]:
        size = min(self._batch.size, MOST_PAGE)
        return (yield from self._calls.log_after(self._cursor.n, size, self._own_comps()))

    def _retried(self, step: Callable[[], Step[T]]) -> Step[T]:
        """Run one push or page again with a smaller batch when the link breaks, a few times."""
        for _ in range(_TRIES - 1):
            try:
                result = yield from step()
            except Unreachable:
                if not self._batch.failed():
                    raise
            else:
                self._batch.succeeded()
                return result
        return (yield from step())

    def _report(self, *, awaiting_approval: bool = False) -> SyncReport:
        counts, traffic = self._replica.counts(), self._caller.traffic
        for alarm in self._replica.alarms():
            self._notice(alarm)
        if self._replica.missing():
            self._notice("missing")
        if self._replica.damaged():
            self._notice("damaged")
        return SyncReport(
            pushed=self._pushed, pulled=self._pulled, requests=traffic.requests, bytes_up=traffic.bytes_up,
            bytes_down=traffic.bytes_down, conflicts=counts.conflicts, quarantined=counts.quarantined,
            unsent=counts.unsent, awaiting_approval=awaiting_approval, attention=tuple(self._attention),
        )  # fmt: skip

    @property
    def _control(self) -> ControlState:
        control = self._replica.control
        assert control is not None
        return control

    @property
    def _cursor(self) -> Cursor:
        cursor = self._replica.cursor
        assert cursor is not None
        return cursor

    def _own_comps(self) -> tuple[int, ...]:
        seat = self._control.seat(self._identity.seat_id)
        return seat.comps if seat is not None else ()

    def _notice(self, code: str) -> None:
        self._attention[code] = None

    def _tell(self, phase: Phase, done: int = 0, total: int = 0) -> None:
        if self._on_status is not None:
            self._on_status(Working(phase, done, total))
