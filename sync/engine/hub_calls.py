"""Every call of the hub's API that the client makes, with its answer parsed and verified (protocol.md 2.10). No I/O.

What does not parse is not NX1; what parses and contradicts a signature is a failed verification.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeVar

from sync import codec
from sync.control import Entry, parse_entry
from sync.engine.exchange import Caller, Step
from sync.errors import CodecError, ControlRefused, NotNx1, VerificationFailed
from sync.protocol.enrolment import (
    Grant,
    InvitePost,
    InviteResult,
    KeyringObject,
    WaitingInvite,
    encode_grants,
    parse_grants,
    parse_waiting,
)
from sync.protocol.frames import Pulled, read_frames, read_pulled, write_frames
from sync.protocol.join_request import JoinRequest
from sync.protocol.mail import CardAnswer, MailItem, read_mail
from sync.protocol.messages import HeadAnswer, Info, PushAnswer
from sync.protocol.version import MAX_PAGE_BYTES

T = TypeVar("T")

_PAGE_SLACK: Final = 512 * 1024
"""A page holds at least one envelope, whatever was asked for."""


class HubCalls:
    """The calls of one seat about one team."""

    def __init__(self, caller: Caller, team: bytes) -> None:
        self._caller = caller
        self._team = team
        self._base = f"/v1/teams/{team.hex()}"

    def head(self, hub_pk: bytes) -> Step[HeadAnswer]:
        """Ask where the log ends; the checkpoint in the answer is verified."""
        answer = yield from self._caller.call("GET", f"{self._base}/head")
        head = parsed(lambda data: HeadAnswer.parse(data, self._team), answer.body)
        head.verify(hub_pk)
        return head

    def control_after(self, ctl_seq: int) -> Step[list[Entry]]:
        """Ask for control entries; they are parsed, not verified."""
        answer = yield from self._caller.call(
            "GET", f"{self._base}/control?after={ctl_seq}", cap=MAX_PAGE_BYTES + _PAGE_SLACK
        )
        try:
            return [parse_entry(raw) for raw in parsed(read_frames, answer.body)]
        except ControlRefused as error:
            raise VerificationFailed("control_malformed", error.detail) from None

    def append_control(self, entry: Entry) -> Step[None]:
        """Offer the next control entry."""
        yield from self._caller.call("POST", f"{self._base}/control", entry.raw)

    def push(self, envelopes: Iterable[bytes]) -> Step[PushAnswer]:
        """Send envelopes; the receipt in the answer is not verified yet."""
        answer = yield from self._caller.call("POST", f"{self._base}/log", write_frames(envelopes))
        return parsed(PushAnswer.parse, answer.body)

    def log_after(self, n: int, max_bytes: int, comps: Sequence[int]) -> Step[list[Pulled]]:
        """Ask for a page of the log; envelopes of other compartments come as stubs."""
        named = ",".join(str(comp) for comp in comps)
        target = f"{self._base}/log?after={n}&max={max_bytes}&comps={named}"
        answer = yield from self._caller.call("GET", target, cap=max_bytes + _PAGE_SLACK)
        return parsed(read_pulled, answer.body)

    def grants(self) -> Step[tuple[int, list[Grant]]]:
        """Ask for the grants and their version; those of others come without content."""
        answer = yield from self._caller.call("GET", f"{self._base}/grants", cap=MAX_PAGE_BYTES)
        return _version(answer.headers.get("etag", "")), parsed(parse_grants, answer.body)

    def put_grants(self, grants: Sequence[Grant], version: int) -> Step[None]:
        """Add or replace grants, provided that they stand at `version`."""
        yield from self._caller.call("PUT", f"{self._base}/grants", encode_grants(grants), headers=_if_match(version))

    def keyring(self, comp: int) -> Step[tuple[int, KeyringObject]]:
        """Ask for the older epochs of a compartment."""
        answer = yield from self._caller.call("GET", f"{self._base}/keyring/{comp}")
        return _version(answer.headers.get("etag", "")), parsed(KeyringObject.parse, answer.body)

    def put_keyring(self, comp: int, ring: KeyringObject, version: int) -> Step[None]:
        """Replace the older epochs of a compartment, provided that they stand at `version` (0: there are none)."""
        yield from self._caller.call(
            "PUT", f"{self._base}/keyring/{comp}", ring.encode(), headers=_if_match(version)
        )  # fmt: skip

    def card_of(self, team: bytes) -> Step[CardAnswer]:
        """Ask for the card of another team; nothing in the answer is verified."""
        answer = yield from self._caller.call("GET", f"/v1/cards/{team.hex()}")
        return parsed(CardAnswer.parse, answer.body)

    def put_mail(self, team: bytes, msg_id: bytes, message: bytes) -> Step[None]:
        """Put a sealed message into another team's mailbox."""
        yield from self._caller.call("PUT", f"/v1/mailbox/{team.hex()}/{msg_id.hex()}", message)

    def mail_after(self, k: int) -> Step[list[MailItem]]:
        """Ask for a page of our mailbox."""
        answer = yield from self._caller.call("GET", f"{self._base}/mailbox?after={k}", cap=MAX_PAGE_BYTES)
        page = parsed(read_mail, answer.body)
        if page and page[0].k <= k:
            raise NotNx1("a page of mail that was not asked for")
        return page

    def delete_mail(self, msg_id: bytes) -> Step[None]:
        """Delete a message that the team has taken in."""
        yield from self._caller.call("DELETE", f"{self._base}/mailbox/{msg_id.hex()}")

    def found_team(self, genesis: Entry, token: str) -> Step[HeadAnswer]:
        """Found a team on this hub with an operator's token."""
        answer = yield from self._caller.call("POST", "/v1/teams", codec.encode({1: genesis.raw, 2: token}))
        return parsed(lambda data: HeadAnswer.parse(data, self._team), answer.body)

    def post_invite(self, post: InvitePost) -> Step[None]:
        """Leave a box for a laptop that will join."""
        yield from self._caller.call("POST", f"{self._base}/invites", post.encode())

    def invites(self) -> Step[list[WaitingInvite]]:
        """Ask which invites are open and who has answered them."""
        answer = yield from self._caller.call("GET", f"{self._base}/invites")
        return parsed(parse_waiting, answer.body)

    def put_result(self, invite_id: bytes, result: InviteResult) -> Step[None]:
        """Tell what became of a request."""
        yield from self._caller.call("PUT", f"{self._base}/invites/{invite_id.hex()}/result", result.encode())


def ask_info(caller: Caller, nonce: bytes, hub_id: bytes | None) -> Step[Info]:
    """Ask who the hub is, and check its signature over our nonce and, where one is pinned, its id."""
    answer = yield from caller.call_unsigned("GET", f"/v1/info?nonce={nonce.hex()}")
    info = parsed(Info.parse, answer.body)
    info.verify(nonce, hub_id)
    return info


def ask_box(caller: Caller, invite_id: bytes) -> Step[bytes]:
    """Ask for the box of an invite."""
    answer = yield from caller.call_unsigned("GET", f"/v1/invites/{invite_id.hex()}")
    return answer.body


def request_join(caller: Caller, invite_id: bytes, request: JoinRequest) -> Step[InviteResult]:
    """Ask to be let in."""
    answer = yield from caller.call_unsigned("POST", f"/v1/invites/{invite_id.hex()}/request", request.encode())
    return parsed(InviteResult.parse, answer.body)


def ask_result(caller: Caller, invite_id: bytes) -> Step[InviteResult]:
    """Ask whether we were let in."""
    answer = yield from caller.call_unsigned("GET", f"/v1/invites/{invite_id.hex()}/result")
    return parsed(InviteResult.parse, answer.body)


def parsed(parse: Callable[[bytes], T], body: bytes) -> T:
    """Return a parsed answer; raise NotNx1 for a body that is not one."""
    try:
        return parse(body)
    except CodecError as error:
        raise NotNx1(error.detail) from None


def _if_match(version: int) -> dict[str, str]:
    return {"If-Match": f'"{version}"'}


def _version(etag: str) -> int:
    text = etag.strip('"')
    if not text.isdecimal():
        raise NotNx1("an answer without a version")
    return int(text)
