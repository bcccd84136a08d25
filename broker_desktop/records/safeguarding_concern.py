"""Record type `safeguarding_concern`: something that must reach a lead today, in one line.

Anybody may raise one. Whoever may not read clinical records keeps no copy of it: it is sealed when it is saved
(protocol.md 2.4). A code it names makes no person in the team's records; it travels inside the concern, and whoever
reads it finds the person by it. What follows is done by those who may read it: three short blocks for a child, an
adult at risk and domestic abuse, what was decided with whom, and each step with its day (domain.md 4.1).
"""

from __future__ import annotations

from typing import Final

from broker_desktop.records.field import Code, Codes, Day, Moment, Number, PersonCode, Text, YesNo
from broker_desktop.records.record_type import CLINICAL, RecordType
from broker_desktop.records.reference import PersonRef
from broker_desktop.records.rules import NotBefore, When
from broker_desktop.records.structure import Chain, Group
from broker_desktop.records.worklist import Due, Not, Waits

_CONCERN: Final = "The concern"
_FOLLOWS: Final = "What follows"
_FACTS: Final = "What is known"
_DECIDED: Final = "What was decided"

_CHILD: Final = When("kind", ("child",))
_ADULT: Final = When("kind", ("adult",))
_ABUSE: Final = When("kind", ("domestic_abuse",))
_REFERRED: Final = When("decision", ("refer", "refer_urgent"))
_TAKEN_UP: Final = When("taken_up_on")
_OPEN: Final = Not(When("closed_on"))
DASH: Final = tuple(range(25))
"""The DASH risk checklist counts 0 to 24 (domain.md 4.1)."""

_BLOCKS: Final = (
    Group(
        name="child",
        label="About the child",
        section=_FACTS,
        when=_CHILD,
        later=True,
        fields=(
            Number(name="children", label="Children in the household"),
            Code(name="social_care", label="Social care", list_id="social_care_status"),
            Code(name="level", label="How worried are we", list_id="concern_level"),
            YesNo(name="seen", label="Somebody of us saw them"),
        ),
    ),
    Group(
        name="adult",
        label="About the adult",
        section=_FACTS,
        when=_ADULT,
        later=True,
        fields=(
            Codes(name="risks", label="At risk of", list_id="adult_risk"),
            YesNo(name="care_needs", label="They need care or support"),
            Code(name="level", label="How worried are we", list_id="concern_level"),
        ),
    ),
    Group(
        name="domestic_abuse",
        label="Domestic abuse",
        section=_FACTS,
        when=_ABUSE,
        later=True,
        fields=(
            Code(name="nature", label="How it came up", list_id="abuse_nature"),
            YesNo(name="safe_to_ask", label="Safe to ask now"),
            Number(name="dash", label="DASH score, 0 to 24", one_of=DASH),
            YesNo(name="marac", label="Referred to MARAC"),
            Day(name="marac_on", label="On"),
        ),
    ),
)

SAFEGUARDING_CONCERN: Final = RecordType(
    name="safeguarding_concern",
    version=1,
    title="Safeguarding concern",
    plural="Concerns",
    icon="shield",
    help="Something that must reach a lead today: one line, then call.",
    compartment=CLINICAL,
    event_field="occurred_at",
    private=True,
    author_keeps=False,
    waits=(
        Waits(
            worklist="W7",
            key="to_take_up",
            reason="A concern nobody has taken up yet",
            when=(Not(_TAKEN_UP), _OPEN),
            red_after=1,
        ),
        Waits(
            worklist="W7",
            key="open",
            reason="A concern that is being seen to",
            when=(_TAKEN_UP, _OPEN),
            due=Due("taken_up_on"),
            red_after=14,
        ),
    ),
    fields=(
        Code(
            name="kind",
            label="Who is it about",
            section=_CONCERN,
            list_id="safeguarding_kind",
            required=True,
            refusable=False,
            column=True,
        ),
        Code(
            name="urgency",
            label="How soon must somebody act",
            section=_CONCERN,
            list_id="safeguarding_urgency",
            required=True,
            column=True,
        ),
        Text(
            name="line",
            label="What you saw or heard",
            section=_CONCERN,
            longest=200,
            lines=True,
            required=True,
            identifying=True,
            help="One line is enough. Then call; the rest is said on the phone.",
        ),
        PersonRef(
            name="person",
            label="Whose situation it is",
            section=_CONCERN,
            help="Leave it empty if you do not know, or would rather not say.",
        ),
        Moment(name="occurred_at", label="When", section=_CONCERN, required=True, refusable=False, column=True),
        PersonCode(
            name="person_code",
            label="Code as it was given",
            section=_FOLLOWS,
            when=When("person_code"),
            later=True,
            identifying=True,
            help="Filled in by the program where the concern named a code.",
        ),
        Day(
            name="taken_up_on",
            label="Taken up on",
            section=_FOLLOWS,
            later=True,
            column=True,
            help="The day a lead or nurse took it up. Until then it stands on Today.",
        ),
        *_BLOCKS,
        Group(
            name="consulted",
            label="Talked over with",
            section=_DECIDED,
            later=True,
            fields=(
                Text(name="who", label="Which lead", longest=80, identifying=True),
                Day(name="on", label="On"),
            ),
        ),
        Code(name="decision", label="Decision", section=_DECIDED, list_id="safeguarding_decision", later=True),
        Codes(
            name="referred_to",
            label="Referred to",
            section=_DECIDED,
            list_id="safeguarding_referral",
            later=True,
            when=_REFERRED,
        ),
        Day(name="referred_on", label="Referred on", section=_DECIDED, later=True, when=_REFERRED),
        YesNo(name="person_knows", label="The person knows that we do this", section=_DECIDED, later=True),
        Chain(
            name="actions",
            label="Steps taken",
            section=_DECIDED,
            later=True,
            day_field="on",
            help="Each step with its day. Nothing is overwritten.",
            fields=(
                Day(name="on", label="On", required=True, refusable=False),
                Text(name="what", label="What was done", longest=200, identifying=True),
                Text(name="by", label="By whom (their role)", longest=80),
            ),
        ),
        Day(
            name="closed_on",
            label="Closed on",
            section=_DECIDED,
            later=True,
            help="Until then it stands on the list of open concerns.",
        ),
    ),
    rules=(
        NotBefore(field="taken_up_on", other="occurred_at", message="This is before it happened. Please check."),
        NotBefore(field="referred_on", other="occurred_at", message="This is before it happened. Please check."),
        NotBefore(field="closed_on", other="occurred_at", message="This is before it happened. Please check."),
        NotBefore(field="actions.*.on", other="occurred_at", message="This is before it happened. Please check."),
    ),
)
