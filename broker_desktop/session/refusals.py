"""What stops a save: the rules' remarks as an error that a form and a command can both show."""

from __future__ import annotations

from collections.abc import Sequence

from broker_desktop.errors import BadInput, Place
from broker_desktop.records.rules import Issue, Severity


class Refused(BadInput):
    """The rules refuse this record; `issues` are all remarks, warnings included, the first obstacle names the place."""

    code = "RULE-3"

    def __init__(self, issues: Sequence[Issue], *, line: int | None = None) -> None:
        self.issues = tuple(issues)
        first = next(issue for issue in issues if issue.severity is not Severity.WARN)
        super().__init__(described(first), place=Place(line, first.path or None))


def described(issue: Issue) -> str:
    """Give an issue as a sentence that names its field."""
    return f"{issue.path}: {issue.message}" if issue.path else issue.message


def obstacle(issues: Sequence[Issue], *, importing: bool = False) -> Issue | None:
    """Give the first issue that stops a save; an import lets pass what only a form requires."""
    stops = {Severity.REFUSE} if importing else {Severity.REFUSE, Severity.REQUIRE}
    return next((issue for issue in issues if issue.severity in stops), None)
