"""Unfinished forms as the session gives them out."""

from __future__ import annotations

from dataclasses import dataclass

from broker_desktop.session.context import Context
from broker_desktop.session.views import Draft, Payload
from broker_desktop.store import drafts
from broker_desktop.store.bodies import body_payload, body_text
from broker_desktop.store.database import told_as_app_errors


@dataclass(slots=True)
class Drafts:
    """Keeps and gives back unfinished forms of one vault."""

    context: Context

    def keep(self, type_name: str, payload: Payload, focus: str, draft: str | None) -> str:
        """Keep a form as it stands; returns the id of the draft, nothing for a form of which no copy may stay."""
        if self.context.leaves_no_copy(self.context.kind(type_name, making=True)):
            return ""
        kept = drafts.KeptDraft(
            id=draft or self.context.environment.new_id_text(),
            type=type_name,
            body=body_text(payload),
            focus=focus,
            saved_at=self.context.environment.moment(),
        )
        with told_as_app_errors(), self.context.vault.replica.transaction() as tx:
            drafts.keep(tx.connection, kept)
        return kept.id

    def all(self) -> list[Draft]:
        """Give all unfinished forms, the newest first."""
        with self.context.vault.reader.connect() as connection:
            return [
                Draft(id=one.id, type=one.type, payload=body_payload(one.body), focus=one.focus, saved_at=one.saved_at)
                for one in drafts.kept(connection)
            ]

    def drop(self, draft: str) -> None:
        """Forget a form; one that is gone already is no error."""
        with told_as_app_errors(), self.context.vault.replica.transaction() as tx:
            drafts.drop(tx.connection, draft)
