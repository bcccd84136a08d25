"""What `summary` takes to say its period, for signing it and for looking behind its figures."""

from __future__ import annotations

import argparse
from pathlib import Path

from broker_desktop.session.audit_sample import SUBJECTS, USUAL
from broker_desktop.session.returns import CADENCES


def add_periods(summary: argparse.ArgumentParser) -> None:
    """Add the ways to say a period; one of them is needed."""
    period = summary.add_mutually_exclusive_group(required=True)
    period.add_argument("--month", metavar="YYYY-MM")
    period.add_argument("--quarter", metavar="YYYY-Qn")
    period.add_argument("--year", metavar="YYYY")
    period.add_argument("--from", dest="first", metavar="YYYY-MM")
    period.add_argument("--fiscal", metavar="2026/27[-Qn]")
    period.add_argument("--rolling", metavar="YYYY-MM", help="the twelve months that end with this one")
    period.add_argument("--contract-year", metavar="N[-Qn]", help="counted from the day on which the pack begins")
    period.add_argument("--week", metavar="DAY", help="Monday to Sunday around a day; for the team itself")
    period.add_argument("--fortnight", metavar="DAY", help="the week of a day and the next one; for the team itself")
    period.add_argument("--snapshot", metavar="DAY", help="a week or a fortnight, as the pack in force that day says")
    period.add_argument("--return", dest="saved", metavar="NAME", help="write the last whole period of a saved return")
    period.add_argument("--returns", action="store_true", help="list the saved returns")
    period.add_argument(
        "--save-return", metavar="NAME", help="save a return: recipient, cadence, lines, formats, folder"
    )
    period.add_argument("--drop-return", metavar="NAME", help="forget a saved return; its files stay")
    summary.add_argument("--to", dest="last", metavar="YYYY-MM")
    summary.add_argument("--tag", default="", help="only indicators of a tag, such as PBR, and their lines")


def add_returns(summary: argparse.ArgumentParser) -> None:
    """Add what a saved return is made of."""
    summary.add_argument("--cadence", choices=CADENCES, default="month", help="with --save-return: how often")
    summary.add_argument("--lines", metavar="ID,HEADING", default="", help="with --save-return: these only")
    summary.add_argument("--formats", metavar="pdf,xlsx", default="", help="with --save-return: one or several")
    summary.add_argument("--folder", type=Path, metavar="DIR", help="where a return is written")


def add_signing(summary: argparse.ArgumentParser) -> None:
    """Add them; one of them at a time."""
    what = summary.add_mutually_exclusive_group()
    what.add_argument("--sign-off", action="store_true", help="lock the figures as they stand (a team lead)")
    what.add_argument("--late", action="store_true", help="list what changed since it was signed")
    what.add_argument("--issues", action="store_true", help="list the issues of a signed period")
    what.add_argument("--behind", metavar="LINE", help="list the ids of the records behind a figure; this is noted")
    what.add_argument("--audit", choices=tuple(SUBJECTS), help="draw records for an audit; with --out F.xlsx")
    summary.add_argument("--many", type=int, default=USUAL, help="with --audit: how many records")
    summary.add_argument("--draw", type=int, default=1, help="with --audit: another number is another draw")
    summary.add_argument("--again", action="store_true", help="with --sign-off: a further issue of a signed period")
    summary.add_argument("--commentary", type=Path, metavar="F", help="with --sign-off: JSON, heading to text")
