"""What a test record is looked at for: consent, words for results, two pairs of eyes, how a result is given.

Almost all of it is advice beside the form. In the way stand four things only: a card number that is on another
sample, a test somebody said no to, a result in a message, and a rapid reactive result without a confirmatory sample
(domain.md 3.1, 3.2, 3.3, 3.6). What is imported is taken as it stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from broker_desktop.records.clinical_rules import in_force, timer
from broker_desktop.records.dates import parse_moment
from broker_desktop.records.rules import CheckContext, Issue, Severity, day_at
from broker_desktop.records.worklist import Condition

POSITIVE: Final = frozenset({"detected", "reactive"})
_MESSAGES: Final = frozenset({"phone", "post"})


@dataclass(frozen=True, kw_only=True, slots=True)
class AskAlso:
    """While a condition holds, a form asks for one answer more and never insists."""

    field: str
    when: tuple[Condition, ...]
    message: str

    def check(self, payload: Mapping[str, Any], context: CheckContext) -> Sequence[Issue]:
        """Warn while the answer is open."""
        if context.importing or payload.get(self.field) is not None:
            return ()
        if not all(one.holds(payload) for one in self.when):
            return ()
        return (Issue(self.field, self.message, Severity.WARN),)


class CardIsNew:
    """A card number stands for one sample only (domain.md 3.3)."""

    def check(self, payload: Mapping[str, Any], context: CheckContext) -> Sequence[Issue]:
        """Ask for another number where a record on this laptop has it already."""
        card = payload.get("card_id")
        if context.neighbours is None or not isinstance(card, str) or not card:
            return ()
        if all(one["id"] == context.own for one in context.neighbours("bbv_test", (("card_id", card),))):
            return ()
        message = "This number is on another sample already. Please read the card again."
        return (Issue("card_id", message, Severity.REQUIRE),)


class OnlyWhatTheyAgreedTo:
    """Nothing is tested that the person said no to."""

    def check(self, payload: Mapping[str, Any], context: CheckContext) -> Sequence[Issue]:
        """Ask to take a test out that was refused."""
        consent, analytes = payload.get("consent"), payload.get("analytes")
        if context.importing or not isinstance(consent, dict) or not isinstance(analytes, list):
            return ()
        refused = [place for place, one in enumerate(analytes) if _agreed(consent.get(one)) == "no"]
        message = "They said no to this test. Take it out, or change what they agreed to."
        return [Issue(f"analytes.{place}", message, Severity.REQUIRE) for place in refused]


class ResultsFitTheirTests:
    """A result is one that its test can have (`results.yaml`)."""

    def check(self, payload: Mapping[str, Any], context: CheckContext) -> Sequence[Issue]:
        """Warn of a result that the test does not give."""
        if context.importing:
            return ()
        known = in_force().results
        message = "This test does not give that result. Please read the report again."
        return [
            Issue(f"results.{analyte}.result", message, Severity.WARN)
            for analyte, one in _results(payload)
            if analyte in known and isinstance(one, str) and one not in known[analyte]
        ]


class TwoPairsOfEyes:
    """Whoever checks a result is somebody else than whoever entered it."""

    def check(self, payload: Mapping[str, Any], context: CheckContext) -> Sequence[Issue]:
        """Warn when both names are the same."""
        entered, checked = payload.get("entered_by"), payload.get("checked_by")
        if context.importing or not isinstance(entered, str) or not isinstance(checked, str):
            return ()
        if "".join(entered.split()).casefold() != "".join(checked.split()).casefold():
            return ()
        message = "This is who entered the result. Ask a colleague to check it."
        return (Issue("checked_by", message, Severity.WARN),)


class GivenByAPerson:
    """A result is never in a message, and a serious one is told face to face by somebody trained (domain.md 3.6)."""

    def check(self, payload: Mapping[str, Any], context: CheckContext) -> Sequence[Issue]:
        """Ask for another way where the way does not fit."""
        if context.importing:
            return ()
        how = payload.get("result_given_how")
        positive = any(one in POSITIVE for _, one in _results(payload))
        found = []
        if how == "text_get_in_touch":
            message = (
                "A text only asks somebody to get in touch; the result is told by a person. Choose how it was told."
            )
            found.append(Issue("result_given_how", message, Severity.REQUIRE))
        elif positive and isinstance(how, str) and how in _MESSAGES:
            message = "This report is told face to face. Choose how it was told, or leave it as still to be given."
            found.append(Issue("result_given_how", message, Severity.REQUIRE))
        if positive and payload.get("delivered_by") == "peer":
            message = "This report is told by a nurse or a trained worker; a peer can be there too."
            found.append(Issue("delivered_by", message, Severity.WARN))
        return found


class ReactiveIsConfirmed:
    """A rapid reactive result is no diagnosis: a confirmatory sample follows before anything is called positive."""

    def check(self, payload: Mapping[str, Any], context: CheckContext) -> Sequence[Issue]:
        """Ask for the confirmatory sample among what follows."""
        rapid = in_force().rapid
        reactive = any(analyte in rapid and one == "reactive" for analyte, one in _results(payload))
        actions = payload.get("actions")
        if context.importing or not reactive or (isinstance(actions, list) and "confirm_venous" in actions):
            return ()
        message = "A rapid test needs a second sample to confirm it. Please choose it under what follows."
        return (Issue("actions", message, Severity.REQUIRE),)


class DriedLongEnough:
    """A card dries before it is packed."""

    def check(self, payload: Mapping[str, Any], context: CheckContext) -> Sequence[Issue]:
        """Warn when it was packed too soon."""
        start, end = parse_moment(payload.get("drying_from")), parse_moment(payload.get("packed_at"))
        if context.importing or not isinstance(start, datetime) or not isinstance(end, datetime):
            return ()
        minutes = timer("drying_minutes")
        if end - start >= timedelta(minutes=minutes):
            return ()
        message = f"A card dries for at least {minutes} minutes before it is packed."
        return (Issue("packed_at", message, Severity.WARN),)


class TriedEnough:
    """Somebody could not be reached after enough tries, over enough days, by enough ways (`timers.yaml`)."""

    def check(self, payload: Mapping[str, Any], context: CheckContext) -> Sequence[Issue]:
        """Warn while there is more to try."""
        if context.importing or payload.get("state") != "unable_to_contact" or tried_enough(payload):
            return ()
        message = (
            f"Before that, please try at least {timer('attempts')} times over {timer('attempts_over_days')} days,"
            f" in {timer('attempts_ways')} different ways."
        )
        return (Issue("attempts", message, Severity.WARN),)


def tried_enough(payload: Mapping[str, Any]) -> bool:
    """Tell whether the attempts are enough to say that a person could not be reached (domain.md 3.6)."""
    attempts = payload.get("attempts")
    rows = [one for one in attempts if isinstance(one, dict)] if isinstance(attempts, list) else []
    days = sorted(day for one in rows if (day := day_at(one, "on")) is not None)
    ways = {one.get("way") for one in rows if isinstance(one.get("way"), str)}
    return (
        len(days) >= timer("attempts")
        and (days[-1] - days[0]).days >= timer("attempts_over_days")
        and len(ways) >= timer("attempts_ways")
    )


def _agreed(row: object) -> object:
    return row.get("agreed") if isinstance(row, dict) else None


def _results(payload: Mapping[str, Any]) -> list[tuple[str, object]]:
    results = payload.get("results")
    if not isinstance(results, dict):
        return []
    return [(analyte, one.get("result")) for analyte, one in results.items() if isinstance(one, dict)]
