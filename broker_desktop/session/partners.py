"""What a person does with other teams: pair, send somebody, see how it stands. A facade: one line a use case."""

from __future__ import annotations

from collections.abc import Sequence

from broker_desktop.session import pairing, referring
from broker_desktop.session.context import Context
from broker_desktop.session.partner_views import PairingOffer, PartnerRow, SentReferral
from broker_desktop.session.views import TodoItem


class PartnersDesk:
    """The other teams that this one works with."""

    def __init__(self, context: Context) -> None:
        """Take an open vault."""
        self._context = context

    def own_text(self) -> str:
        """Give the text by which another team pairs ours."""
        return pairing.own_text(self._context)

    def offer(self, text: str) -> PairingOffer:
        """Read another team's text and give the digits to compare aloud. Raises BadInput."""
        return pairing.offer(self._context, text)

    def add(self, text: str, digits: str | None = None) -> PairingOffer:
        """Pair a team; talks to the server. See pairing.add."""
        return pairing.add(self._context, text, digits)

    def remove(self, team: str) -> None:
        """End a pairing; talks to the server. Raises NotPermitted, NotFound, NoServer."""
        pairing.remove(self._context, team)

    def partners(self) -> list[PartnerRow]:
        """List the paired teams."""
        return pairing.partners(self._context)

    def renew_card_key(self, halves: Sequence[str]) -> None:
        """Replace the card key with both halves of the kit; talks to the server. See pairing.renew_card_key."""
        pairing.renew_card_key(self._context, halves)

    def card_key_is_stale(self) -> bool:
        """Tell whether somebody who is no lead any more has known the card key."""
        return pairing.card_key_outlived_a_lead(self._context)

    def send(self, referral_id: str, team: str) -> SentReferral:
        """Make a referral ready for a paired team, by id or name; it leaves with the next sync. See referring.send."""
        return referring.send(self._context, referral_id, team)

    def referrals(self) -> list[SentReferral]:
        """List the referrals to and from other teams, overdue ones first."""
        return referring.between_teams(self._context)

    def of_referral(self, referral_id: str) -> list[SentReferral]:
        """Give how one referral stands with each team that it went to or came from."""
        return referring.of_referral(self._context, referral_id)

    def todo(self) -> list[TodoItem]:
        """Give what waits for a person: referrals overdue, and a card key that somebody who left has known."""
        return [*referring.todo(self._context), *pairing.todo(self._context)]

    def overdue(self) -> list[SentReferral]:
        """List our referrals of which nothing final was heard in time."""
        return referring.overdue(self._context)
