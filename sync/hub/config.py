"""What an operator can set, and how a database address is read. No I/O, no defaults hidden elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8750

MIB = 1024 * 1024


class ConfigError(ValueError):
    """An option that cannot work; the text is for the operator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HubConfig:
    """Limits of one hub.

    `quota_bytes` is what a new team may store; a team of twenty writes about 120 MB a year (protocol.md 2.15).
    `mailbox_bytes` is what may wait in a team's mailbox from any one paired team: some 500 short messages.
    """

    quota_bytes: int = 2048 * MIB
    mailbox_bytes: int = 2 * MIB
    invite_reads_per_hour: int = 20


def database_url(text: str) -> URL:
    """Read `sqlite:///path` or `postgresql://...`; the latter always through the psycopg 3 driver.

    Raises ConfigError for any other kind of database.
    """
    try:
        url = make_url(text)
    except ArgumentError:
        raise ConfigError("--db must look like sqlite:///path or postgresql://user@host/name") from None
    if url.drivername == "sqlite":
        return url
    if url.drivername in {"postgresql", "postgres", "postgresql+psycopg"}:
        return url.set(drivername="postgresql+psycopg")
    raise ConfigError("--db must start with sqlite:// or postgresql://")


def is_loopback(host: str) -> bool:
    """Tell whether a listening address can only be reached from this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
