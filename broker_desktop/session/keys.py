"""What a person does about passphrases and the recovery kit in an open vault. A facade: one line a use case."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from broker_desktop.errors import AppError
from broker_desktop.session import kit_change, kit_check, lead_lost, new_keys, recovering, rejoining
from broker_desktop.session.background import Background
from broker_desktop.session.context import RECOVERED, Context
from broker_desktop.session.kit_paper import KitPaper
from broker_desktop.session.passphrases import generate_passphrase
from broker_desktop.session.recovering import RequestRead
from broker_desktop.session.views import JoinAsked
from sync.crypto.recovery import RecoveryRequest


class KeysDesk:
    """The ways into this vault."""

    def __init__(self, context: Context, background: Background) -> None:
        """Take an open vault and what syncs it."""
        self._context = context
        self._background = background

    def five_words(self) -> str:
        """Draw a passphrase."""
        return generate_passphrase(self._context.environment)

    def change_passphrase(self, old: str, new: str) -> None:
        """Let `new` open this vault from now on. Raises WrongPassphrase, BadInput, StorageProblem."""
        new_keys.change_passphrase(self._context, old, new)

    def passphrase_was_seen(self, old: str, new: str) -> None:
        """Put the whole vault under a new key and `new`; the session is closed afterwards. Raises as above."""
        syncing = self._background.running
        self._background.close()
        try:
            new_keys.replace_keys(self._context, old, new)
        except AppError:
            if syncing and not self._context.vault.closed:
                self._background.start()
            raise

    # A forgotten passphrase

    def read_request(self, file: Path) -> RequestRead:
        """Read a locked laptop's request and the five words to compare. Raises BadInput."""
        request = recovering.read_request(file)
        return RequestRead(request=request, words=recovering.words_of(request))

    def answer(self, request: RecoveryRequest, halves: Sequence[str], file: Path) -> None:
        """Write the answer to a locked laptop's request, once its five words were compared.

        Raises:
            NotPermitted: for anybody but a lead. BadInput: another team, a wrong word, another kit. StorageProblem.
        """
        recovering.answer_request(self._context, request, halves, file)

    @property
    def recovered(self) -> bool:
        """Whether this vault was opened anew and no lead has let it back in yet."""
        return self._context.vault.meta(RECOVERED) is not None

    def ask_again(self, code: str, *, ca: str | None = None) -> JoinAsked:
        """Ask to be let back in with an invitation; talks to the server. Raises BadInput, NoServer, Untrusted."""
        return rejoining.ask_again(self._context, code, ca=ca)

    def lead_again(self, halves: Sequence[str]) -> None:
        """Come back as a lead with both halves of the kit, where nobody is left to invite; talks to the server."""
        lead_lost.lead_again(self._context, halves)

    # The recovery kit

    @property
    def kit_unchecked(self) -> bool:
        """Whether the kit that was made on this laptop was never typed back."""
        return bool(self._context.vault.meta(kit_check.UNCHECKED))

    def draw_kit(self) -> KitPaper:
        """Draw the halves of a new kit, to be printed and typed back; nothing is changed. Raises NotPermitted."""
        return kit_change.draw_kit(self._context)

    def replace_kit(
        self, old: Sequence[str], paper: KitPaper, *, file: Path | None = None, typed_back: bool = False
    ) -> None:
        """Make a new kit count and the old one worthless; talks to the server. See kit_change.replace_kit."""
        kit_change.replace_kit(self._context, old, paper, file=file, typed_back=typed_back)

    def check_kit(self, halves: Sequence[str]) -> None:
        """Prove two typed halves without using them up: they are the team's, and open this vault.

        Raises:
            BadInput: a word is wrong, or they belong to another kit. NotPermitted: not let in yet.
        """
        kit_check.check_kit(self._context, halves)
