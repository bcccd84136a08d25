"""Keeps the card beside an open vault in step with what the team says of its seat."""

from __future__ import annotations

from broker_desktop.session.cards import keep_card, read_card
from broker_desktop.session.context import Context
from broker_desktop.session.seats import seat_view


def write_card(context: Context, label: str | None = None) -> None:
    """Write the card of an open vault as things stand; the label stays unless another one is given. Raises OSError."""
    view = seat_view(context)
    folder = context.vault.folder
    kept = read_card(folder).label if label is None else label
    keep_card(folder, view.initials, kept, view.role)
