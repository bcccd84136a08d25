"""The commands that bring another program's records in."""

from __future__ import annotations

import argparse

from broker_desktop.errors import BadInput
from broker_desktop.headless.console import Console
from broker_desktop.headless.opened import opened
from broker_desktop.session import Environment, Session
from broker_desktop.session.import_report import ImportReport
from broker_desktop.session.imports import mapping_text
from broker_desktop.session.views import ImportCounts

_SHOWN = 20
"""Bad places that a terminal shows; the report has all."""


def bring(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """Import a file: all of it, or all good lines with --skip-bad."""
    with opened(arguments, console, environment) as session:
        if arguments.map is None and arguments.report is None:
            counts = session.import_file(
                arguments.type, arguments.file, dry_run=arguments.dry_run, skip_bad=arguments.skip_bad
            )
        else:
            counts = _told(session, arguments, console)
    numbers = counts.to_json()
    console.result(numbers, ", ".join(f"{name} {number}" for name, number in numbers.items()))
    return 0


def mapping(arguments: argparse.Namespace, console: Console, environment: Environment) -> int:
    """Print a suggested mapping; a person has to read it before it is used."""
    with opened(arguments, console, environment) as session:
        desk = session.imports
        look = desk.look(
            arguments.file, sheet=arguments.sheet, heading_row=arguments.heading_row, encoding=arguments.encoding
        )
        console.line(mapping_text(desk.suggest(arguments.type, look)).rstrip("\n"))
    return 0


def _told(session: Session, arguments: argparse.Namespace, console: Console) -> ImportCounts:
    """Go through the whole file and say what is wrong in it."""
    desk = session.imports
    how = arguments.type if arguments.map is None else desk.read_mapping(arguments.type, arguments.map)
    report = desk.bring(
        how, arguments.file, dry_run=arguments.dry_run, skip_bad=arguments.skip_bad, report=arguments.report
    )
    _say(report, console)
    if report.counts.refused and arguments.skip_bad is None and not arguments.dry_run:
        raise BadInput(
            f"{report.counts.refused} of {report.counts.read} rows cannot be stored ({report.share} %), so none was.",
            code="IMPORT-3",
            remedy="Mend them, or bring in the others with --skip-bad.",
        )
    return report.counts


def _say(report: ImportReport, console: Console) -> None:
    counts = report.counts
    console.say(f"{counts.refused} of {counts.read} rows refused: {report.share} %.")
    for share in report.columns:
        console.say(f"  {share.column or share.field or 'row'}: {share.refused} ({share.share} %)")
    for place in report.places[:_SHOWN]:
        sheet = f"{place.sheet}, " if place.sheet else ""
        column = f", column {place.column}" if place.column else ""
        console.say(f"  {sheet}row {place.line}{column}: {place.reason}")
    if len(report.places) > _SHOWN:
        console.say(f"  and {len(report.places) - _SHOWN} more: --report F writes them all.")
