"""What windows and commands are shown of other teams: frozen values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PairingOffer:
    """Another team as its pairing text describes it; `digits` are the 60 that both leads read out."""

    team: str
    name: str
    digits: str
    own: bool = False
    """It is our own text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerRow:
    """One paired team.

    `state` is `ready` once referrals can go out, else why they cannot: `not_looked_yet`, `not_paired_back`, `no_card`,
    `mailbox_full`, or the code of a card that was refused. `refused` counts messages in its name that were not
    believed.
    """

    team: str
    name: str
    state: str
    refused: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SentReferral:
    """A referral between teams and where it stands.

    `state`: queued, sent, received, the last step that was told, or withdrawn. `due_on` is the day by which something
    ought to have been heard, `overdue` that it has passed and nothing more final came.
    """

    referral: str
    team: str
    team_name: str
    incoming: bool
    summary: str
    sent_on: str | None
    state: str
    due_on: str
    overdue: bool
    closed: bool
    feedback: bool
