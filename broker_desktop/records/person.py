"""Record type `person`: somebody we see, known by a name, by a code, or not at all.

Nothing here is needed to be helped. What somebody says about name, birth and sex is a claim with a date: all are kept,
none is accused of being wrong (domain.md 1.1 and section 9, 11). What keeps people safe stands beside it: whether a
message may be left, what to know before knocking, and that somebody has died.
"""

from __future__ import annotations

from typing import Final

from broker_desktop.records.field import Code, Codes, Day, Field, Number, PersonCode, Text, Texts, Year, YesNo
from broker_desktop.records.met import LATER_CONTACT
from broker_desktop.records.record_type import GENERAL, RecordType
from broker_desktop.records.rules import NeedsAnswer, When
from broker_desktop.records.rules_of_people import UnderAge
from broker_desktop.records.structure import Chain, Rows
from broker_desktop.records.worklist import Due, Waits

_WHO: Final = "Who"
_ABOUT: Final = "About them"
_REACH: Final = "Reaching them"
_SAFE: Final = "Before a visit"
_ACCESS: Final = "Access"
_LIFE: Final = "Home and life"
_CHILDREN: Final = "Children"
_MORE: Final = "Only if wanted"
_PLAN: Final = "Plan and dates"
_SAID: Final = "What they said"

_NAMED: Final = When("identity_level", ("named",))
_PARENT: Final = When("parental_status", ("all_children_live_with", "some_children_live_with", "no_children_live_with"))

_CLAIM: Final[tuple[Field, ...]] = (
    Text(name="first_initial", label="First name begins with", longest=1, identifying=True),
    Text(name="surname_initial", label="Surname begins with", longest=1, identifying=True),
    Text(name="name_given", label="Name they gave", longest=80, identifying=True),
    Day(name="born_on", label="Date of birth", identifying=True),
    Year(name="year_of_birth", label="Year of birth", identifying=True),
    Code(name="sex", label="Sex registered at birth", list_id="sex"),
    Day(name="said_on", label="Said on", required=True, refusable=False),
)

_WHO_FIELDS: Final[tuple[Field, ...]] = (
    Code(
        name="identity_level",
        label="How we know them",
        section=_WHO,
        list_id="identity_level",
        required=True,
        refusable=False,
        help="A code is enough. A name is only for those who want to give one.",
    ),
    PersonCode(
        name="code",
        label="Code",
        section=_WHO,
        require_when=When("identity_level", ("code",)),
        identifying=True,
        column=True,
        searchable=True,
        help="Two to forty letters and digits; spaces, dashes and capitals make no difference.",
    ),
    Texts(
        name="aliases",
        label="Also goes by",
        section=_WHO,
        identifying=True,
        searchable=True,
        help="Nicknames that help you to know who it is.",
    ),
    Text(
        name="given_name",
        label="First name",
        section=_WHO,
        longest=80,
        require_when=_NAMED,
        when=_NAMED,
        identifying=True,
        searchable=True,
    ),
    Text(
        name="family_name",
        label="Surname",
        section=_WHO,
        longest=80,
        when=_NAMED,
        identifying=True,
        searchable=True,
    ),
)

_ABOUT_FIELDS: Final[tuple[Field, ...]] = (
    Code(name="age_band", label="Age band", section=_ABOUT, list_id="age_band", column=True),
    Year(
        name="year_of_birth",
        label="Year of birth",
        section=_ABOUT,
        identifying=True,
        help="Only if they offer it; the age band is enough.",
    ),
    Day(
        name="born_on",
        label="Date of birth",
        section=_ABOUT,
        identifying=True,
        help="Only needed for a referral into treatment.",
    ),
    Code(name="sex", label="Sex registered at birth", section=_ABOUT, list_id="sex", column=True),
    Code(
        name="gender_identity",
        label="Gender they live as",
        section=_ABOUT,
        list_id="gender_identity",
        other=("other",),
    ),
    Code(name="ethnicity", label="Ethnic group", section=_ABOUT, list_id="ethnicity"),
    Code(
        name="ethnicity_detail",
        label="In their own words",
        section=_ABOUT,
        list_id="ethnicity_detail",
        help="A local detail beside the group, where the area asks for it.",
    ),
    Code(name="nationality", label="Nationality", section=_ABOUT, list_id="nationality"),
)

_PHONE: Final[tuple[Field, ...]] = (
    Text(name="number", label="Number", longest=40, identifying=True),
    YesNo(name="leave_message", label="Can we leave a message"),
    YesNo(name="say_who_we_are", label="Can we say who we are"),
    Text(name="best_time", label="Best time", longest=80),
    YesNo(name="not_with_partner", label="Not when a partner is there"),
)

_REACH_FIELDS: Final[tuple[Field, ...]] = (
    YesNo(
        name="do_not_contact",
        label="Asked us not to contact them",
        section=_REACH,
        help="Yes is honoured on every laptop. They are still helped whenever they come.",
    ),
    Rows(
        name="phones",
        label="Phone numbers",
        section=_REACH,
        fields=_PHONE,
        identifying=True,
        help="Partners read phones: without a yes, leave no message and do not say who is calling.",
    ),
    Text(
        name="reach_note",
        label="Where and how to find them",
        section=_REACH,
        longest=300,
        lines=True,
        identifying=True,
        help="A landmark, a hostel, a time of day. Never an address that they did not offer.",
    ),
)

_SAFE_FIELDS: Final[tuple[Field, ...]] = (
    YesNo(
        name="risk_to_staff",
        label="Known risk to staff",
        section=_SAFE,
        help="Yes is shown to all staff before a visit, and never at the counter.",
    ),
    Text(
        name="risk_to_staff_note",
        label="What to know before knocking",
        section=_SAFE,
        longest=300,
        lines=True,
        identifying=True,
        when=When("risk_to_staff", ("yes",)),
        require_when=When("risk_to_staff", ("yes",)),
        help="What happened, when, and what helps. Facts only.",
    ),
)

_ACCESS_FIELDS: Final[tuple[Field, ...]] = (
    Code(name="language", label="Language", section=_ACCESS, list_id="language"),
    YesNo(name="interpreter", label="Interpreter needed", section=_ACCESS),
    Codes(name="access_needs", label="What makes it easier to come", section=_ACCESS, list_id="access_need"),
)

_LIFE_FIELDS: Final[tuple[Field, ...]] = (
    Code(name="locality", label="Area they live in", section=_LIFE, list_id="locality"),
    Code(
        name="accommodation_status",
        label="Where they sleep at the moment",
        section=_LIFE,
        list_id="accommodation_status",
        other=("other",),
    ),
    Code(
        name="accommodation_need",
        label="Housing need",
        section=_LIFE,
        list_id="accommodation_need",
        require_when=_NAMED,
    ),
    Code(name="employment", label="Work, training or benefits", section=_LIFE, list_id="employment"),
    Code(name="treatment_ring", label="Drug or alcohol treatment", section=_LIFE, list_id="treatment_ring"),
    Code(name="service_group", label="Service group", section=_LIFE, list_id="service_group"),
)

_CHILDREN_FIELDS: Final[tuple[Field, ...]] = (
    Code(
        name="parental_status",
        label="Children of their own",
        section=_CHILDREN,
        list_id="parental_status",
        require_when=_NAMED,
        help="Asked of everybody with a name, and refused with one key.",
    ),
    Number(
        name="children_in_household",
        label="Children in the household",
        section=_CHILDREN,
        unit="children",
        help="How many under 18 live where they live, theirs or not.",
    ),
    Codes(name="children_ages", label="Their ages", section=_CHILDREN, list_id="child_age_band", when=_PARENT),
    YesNo(name="children_contact", label="Sees children who live elsewhere", section=_CHILDREN, when=_PARENT),
    YesNo(name="other_adult", label="Another adult looks after them too", section=_CHILDREN, when=_PARENT),
    Codes(name="early_help", label="Services for the family", section=_CHILDREN, list_id="early_help"),
    YesNo(name="pregnant", label="Pregnant", section=_CHILDREN, help="Offer the midwife; nothing follows by itself."),
)

_MORE_FIELDS: Final[tuple[Field, ...]] = (
    Code(name="sexual_orientation", label="Sexual orientation", section=_MORE, list_id="sexual_orientation"),
    Codes(name="disability", label="Disability", section=_MORE, list_id="disability"),
    YesNo(name="veteran", label="Served in the armed forces", section=_MORE),
    YesNo(name="cj_involved", label="Probation or court at the moment", section=_MORE),
    YesNo(name="ppo", label="Prolific offender scheme", section=_MORE),
    YesNo(name="dual_diagnosis", label="Mental-health diagnosis, as they told us", section=_MORE),
)

_PLAN_FIELDS: Final[tuple[Field, ...]] = (
    Texts(name="goals", label="What they want for themselves", section=_PLAN, longest=200, identifying=True),
    Day(
        name="plan_agreed_on",
        label="Recovery plan agreed on",
        section=_PLAN,
        help="Only that there is one and when; the plan stays with the treatment service.",
    ),
    Text(name="plan_owner", label="Who keeps the plan", section=_PLAN, longest=80),
    Day(name="review_due", label="Ask again by", section=_PLAN, future=True),
    Day(
        name="release_on",
        label="Comes out of prison on",
        section=_PLAN,
        future=True,
        help="They stand on Today the day before.",
    ),
    Day(
        name="died_on",
        label="Died on",
        section=_PLAN,
        later=True,
        help="The day, or the day you heard. Every reminder stops; the record is kept.",
    ),
)

PERSON: Final = RecordType(
    name="person",
    version=1,
    title="Person",
    plural="People",
    icon="user",
    help="Somebody we see: known by name, by a code, or anonymous.",
    compartment=GENERAL,
    private=True,
    travels=("code",),
    fields=(
        *_WHO_FIELDS,
        *_ABOUT_FIELDS,
        *_REACH_FIELDS,
        *_SAFE_FIELDS,
        *_ACCESS_FIELDS,
        *_LIFE_FIELDS,
        *_CHILDREN_FIELDS,
        *_MORE_FIELDS,
        *_PLAN_FIELDS,
        Chain(
            name="claims",
            label="Names, initials, birth and sex as they gave them",
            section=_SAID,
            fields=_CLAIM,
            day_field="said_on",
            identifying=True,
            help="Add what they say today beside what they said before. Different answers are fine; all are kept.",
        ),
    ),
    rules=(
        NeedsAnswer(
            field="family_name",
            given="given_name",
            message="Please give the surname too, or refuse it with one key.",
        ),
        UnderAge(),
    ),
    waits=(
        Waits(
            worklist="W1",
            key="release",
            reason="Comes out of prison: be there or ring ahead",
            when=(When("release_on"),),
            due=Due("release_on", days=-1),
            red_after=1,
            cleared_by=(LATER_CONTACT,),
            ended_from_due=True,
            action="new:contact",
        ),
        Waits(
            worklist="W1",
            key="review",
            reason="Details to be gone through again",
            when=(When("review_due"),),
            due=Due("review_due"),
        ),
    ),
)
