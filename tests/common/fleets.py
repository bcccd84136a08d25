"""The team that fleets are copies of: enrolled once, with a laptop that has asked and waits to be let in."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import TypeAlias

from sync.protocol.enrolment import Role
from sync.testing.fleet import Database, HubDatabase, MemoryDatabase, TeamImage

RIGHTS = {
    "lead": (Role.LEAD, (0, 1, 2, 3)), "nurse": (Role.NURSE, (1, 2, 3)), "worker": (Role.WORKER, (1, 3)),
    "peer": (Role.PEER, (3,)), "newcomer": (Role.WORKER, (1, 3)),
}  # fmt: skip

Enrolled: TypeAlias = tuple[TeamImage, HubDatabase, Mapping[str, Database]]
"""A team, and the databases that a copy of it may use."""


@cache
def memory_team() -> Enrolled:
    """Enrol the team once, in databases in memory that every run uses again."""
    return enrolled(lambda _name: MemoryDatabase())


def enrolled(database: Callable[[str], Database]) -> Enrolled:
    """Enrol the team in databases of a kind."""
    databases = {name: database(name) for name in RIGHTS}
    return TeamImage.enrolled(RIGHTS, databases, waiting=("newcomer",)), HubDatabase(), databases
