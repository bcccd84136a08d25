"""Handing a summary on: the file is written with what belongs on it, and that it was written is noted.

It decides nothing about what a recipient may see; that was decided when the summary was made.
"""

from __future__ import annotations

from pathlib import Path

from broker_desktop.session.context import Context
from broker_desktop.session.exports import Beside, export
from broker_desktop.session.summary import Summary


def hand_on(context: Context, made: Summary, file_format: str, path: Path) -> None:
    """Write a summary to a file. Raises UsageError for no format of ours, StorageProblem."""
    export(made, file_format, path, beside(context))
    context.audit("export", "summary")


def beside(context: Context) -> Beside:
    """Give what a file for people needs beside the figures."""
    return Beside(codes=context.codes, service=context.team.name if context.team else "")
