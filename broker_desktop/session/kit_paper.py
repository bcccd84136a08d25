"""The recovery kit on paper: a text and a PDF of both halves, each half on pages of its own, in two copies.

Protocol.md 2.2: 24 words and a QR code a half. The address of the server and the number of the team stand on every page
too: they are no secrets, and a new lead's laptop needs them when every other laptop is gone. Nothing here is kept.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from broker_desktop import assets
from broker_desktop.errors import BadInput
from broker_desktop.platform.files import write_new_private
from broker_desktop.store.database import told_by_disk

COPIES: Final = 2
_HALVES: Final = ("First half", "Second half")


@dataclass(frozen=True, slots=True, kw_only=True)
class KitPaper:
    """What is printed. `halves`: 24 words each; `day`: YYYY-MM-DD on which it was made."""

    team_name: str
    team: str
    server: str
    day: str
    halves: Sequence[Sequence[str]] = field(repr=False)

    def text(self) -> str:
        """Give the kit as plain text, one line of 24 words a half."""
        parts = [
            f"Recovery kit of {self.team_name}, made on {self.day}. Two halves for two people; each alone is worth "
            "nothing.\nPrint it, keep the halves in two places, then delete this file.\n",
            f"Server: {self.server}\nTeam: {self.team}\n",
        ]
        parts += [f"{name}\n{' '.join(words)}\n" for name, words in zip(_HALVES, self.halves, strict=True)]
        return "\n".join(parts)

    def pdf(self) -> bytes:
        """Give the kit as a tagged PDF (PDF/UA): two copies of each half, one a page."""
        import segno  # noqa: PLC0415  only where a kit is printed
        import typst  # noqa: PLC0415

        pages = []
        for name, words in zip(_HALVES, self.halves, strict=True):
            picture = io.BytesIO()
            segno.make(" ".join(words), error="m").save(picture, kind="svg", border=2, xmldecl=False)
            page = {"half": name, "words": list(words), "qr": picture.getvalue().decode("ascii")}
            pages += [{**page, "copy": f"Copy {number} of {COPIES}"} for number in range(1, COPIES + 1)]
        told = {"team_name": self.team_name, "team": self.team, "server": self.server, "day": self.day, "pages": pages}
        fonts = typst.Fonts(include_system_fonts=False, font_paths=[assets.asset_path("fonts")])
        made: bytes = typst.compile(
            assets.asset_text("papers", "recovery_kit.typ").encode(),
            format="pdf",
            font_paths=fonts,
            sys_inputs={"kit": json.dumps(told)},
            pdf_standards="ua-1",
        )
        return made


def kit_files(asked: Path) -> tuple[Path, Path]:
    """Name the text file and the PDF of a kit: the one asked for, and beside it the other."""
    if asked.suffix.lower() == ".pdf":
        return asked.with_suffix(".txt"), asked
    return asked, asked.with_suffix(".pdf")


def check_kit_files(asked: Path, vault: Path) -> None:
    """Refuse a kit inside a vault's folder, or over a file that exists. Raises BadInput."""
    if asked.resolve().is_relative_to(vault.resolve()):
        raise BadInput("The recovery kit cannot lie in the vault's own folder: it opens that vault.", code="KIT-3")
    if any(path.exists() for path in kit_files(asked)):
        raise BadInput("The file for the recovery kit exists already.", code="KIT-4")


@contextmanager
def kit_on_disk(asked: Path | None, paper: KitPaper) -> Iterator[tuple[Path, ...]]:
    """Write text and PDF, readable for this user alone; when what follows fails, take them away again.

    Raises:
        StorageProblem: they cannot be written; nothing is left of them.
    """
    if asked is None:
        yield ()
        return
    text, pdf = kit_files(asked)
    written: list[Path] = []
    try:
        for path, content in ((text, paper.text().encode()), (pdf, paper.pdf())):
            try:
                write_new_private(path, content)
            except OSError as error:
                raise told_by_disk(error, "The recovery kit cannot be written") from None
            written.append(path)
        yield tuple(written)
    except BaseException:
        for path in written:
            with suppress(OSError):
                path.unlink()
        raise
