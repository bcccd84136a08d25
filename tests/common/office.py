"""Other people's programs that open what we write: LibreOffice for workbooks, poppler for papers.

packaging/bootstrap.py names them; a test that needs one fails where it is missing and says so.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

_PATIENCE_S = 180


def converted(book: Path, kind: str, folder: Path) -> Path:
    """Let LibreOffice open a file, recalculate it and write it as another kind; no user's settings are touched."""
    _run(
        "soffice", f"-env:UserInstallation={(folder / 'settings').resolve().as_uri()}", "--headless", "--norestore",
        "--convert-to", kind, "--outdir", str(folder), str(book),
    )  # fmt: skip
    return folder / f"{book.stem}.{kind}"


def told_of_paper(paper: Path, *asked: str) -> str:
    """Let poppler's `pdfinfo` tell of a PDF."""
    return _run("pdfinfo", *asked, str(paper))


def text_of_paper(paper: Path) -> str:
    """Let poppler read a PDF's text in the order in which it stands in the file."""
    return _run("pdftotext", "-raw", "-enc", "UTF-8", str(paper), "-")


def _run(name: str, *asked: str) -> str:
    program = shutil.which(name)
    assert program is not None, f"this test needs the program `{name}`; packaging/bootstrap.py names its package"
    done = subprocess.run([program, *asked], capture_output=True, text=True, check=False, timeout=_PATIENCE_S)
    assert done.returncode == 0, f"{name} failed: {done.stderr}"
    return done.stdout
