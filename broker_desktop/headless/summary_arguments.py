"""What `summary` takes for signing a period and for looking behind its figures."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_signing(summary: argparse.ArgumentParser) -> None:
    """Add them; one of them at a time."""
    what = summary.add_mutually_exclusive_group()
    what.add_argument("--sign-off", action="store_true", help="lock the figures as they stand (a team lead)")
    what.add_argument("--late", action="store_true", help="list what changed since it was signed")
    what.add_argument("--issues", action="store_true", help="list the issues of a signed period")
    what.add_argument("--behind", metavar="LINE", help="list the ids of the records behind a figure; this is noted")
    summary.add_argument("--again", action="store_true", help="with --sign-off: a further issue of a signed period")
    summary.add_argument("--commentary", type=Path, metavar="F", help="with --sign-off: JSON, heading to text")
