"""A second team on the same hub: Nora leads it, and it has paired Lena's, so that Lena's people may write to it."""

from __future__ import annotations

from dataclasses import dataclass, field

from sync import codec
from sync.control import CardKeys, ControlState, Entry, build_card, build_genesis, build_pair
from sync.crypto.signing import SigningKey
from sync.hub.outcomes import HubAnswer
from sync.protocol.enrolment import Role
from sync.protocol.entries import Policy
from sync.protocol.mail import MESSAGE_SIZES
from sync.protocol.team_entries import team_card_signed_bytes
from tests.hub.world import TODAY, Person, World, epoch_key, seed

SHORT = min(MESSAGE_SIZES)
"""The size of the shortest message: 5 bytes in front, 1136 of HPKE, 2 KiB."""


def message(label: str = "a message", comp: int = 1, card_no: int = 1, size: int = SHORT) -> bytes:
    """Give a message that opens to nobody; the hub cannot tell."""
    return bytes([comp]) + card_no.to_bytes(4, "big") + seed(label, size - 5)


@dataclass
class Neighbours:
    """Nora's team, as the hub holds it."""

    world: World
    team: bytes = field(default_factory=lambda: seed("team of nora", 16))

    def __post_init__(self) -> None:
        self.nora = Person("nora", self.team, Role.LEAD, (0, 1, 2, 3))
        self.tik = SigningKey.from_seed(seed("tik of nora"))
        self.card_key = SigningKey.from_seed(seed("card of nora"))
        genesis = build_genesis(
            team=self.team, tik=self.tik, rk_pk=seed("rk of nora", 1216), card_pk=self.card_key.public,
            first=self.nora.card(), key=self.nora.key, policy=Policy(), epochs=[epoch_key(comp) for comp in range(4)],
            hub_id=self.world.hub.hub_id, log_id=seed("log of nora", 16),
        )  # fmt: skip
        self.state = ControlState.begin(genesis)
        founding = codec.encode({1: genesis.raw, 2: self.world.hub.issue_token()})
        assert self.world.call("POST", "/v1/teams", founding, who=self.nora).status == 200

    def append(self, entry: Entry) -> None:
        """Post an entry of Nora's and follow it."""
        path = f"/v1/teams/{self.team.hex()}/control"
        assert self.world.call("POST", path, entry.raw, who=self.nora).status == 200
        self.state = self.state.extended(entry)

    def pair(self, team: bytes, tik_pk: bytes | None) -> None:
        """Pair a team, or end that."""
        self.append(build_pair(self.state, self.nora.seat, self.nora.key, team, tik_pk))

    def publish_card(self, card_no: int) -> None:
        """Publish a card under the card key."""
        msg_pk = SigningKey.from_seed(seed(f"msg {card_no}")).public
        keys = [CardKeys(comp=1, epoch=1, seal_pk=seed(f"seal {card_no}", 1216), msg_pk=msg_pk)]
        sig = self.card_key.sign(team_card_signed_bytes(self.team, card_no, keys, TODAY))
        self.append(build_card(self.state, self.nora.seat, self.nora.key, card_no, keys, TODAY, sig))

    def mailbox(self, msg_id: bytes) -> str:
        """Give where a message for this team is put."""
        return f"/v1/mailbox/{self.team.hex()}/{msg_id.hex()}"

    def put(self, msg_id: bytes, body: bytes, who: Person) -> HubAnswer:
        """Put a message."""
        return self.world.call("PUT", self.mailbox(msg_id), body, who=who)

    def read(self, who: Person, after: int = 0) -> HubAnswer:
        """Read the mailbox."""
        return self.world.call("GET", f"/v1/teams/{self.team.hex()}/mailbox?after={after}", who=who)


def neighbours_of(world: World) -> Neighbours:
    """Give Nora's team, which has paired Lena's."""
    neighbours = Neighbours(world)
    neighbours.pair(world.team, SigningKey.from_seed(seed("tik")).public)
    return neighbours
