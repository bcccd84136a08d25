"""Record type `person`: somebody we see, known by a name, by a code, or not at all.

Nothing here is needed to be helped. What somebody says about name, birth and sex is a claim with a date: all are kept,
none is accused of being wrong (domain.md 1.1 and section 9, 11).
"""

from __future__ import annotations

from typing import Final

from broker_desktop.records.field import Code, Day, Field, Number, PersonCode, Text, Texts, Year
from broker_desktop.records.record_type import GENERAL, RecordType
from broker_desktop.records.rules import NeedsAnswer, When
from broker_desktop.records.structure import Chain

_WHO: Final = "Who"
_ABOUT: Final = "About them"
_LIFE: Final = "Home and daily life"
_SAID: Final = "What they said, and when"

_CLAIM: Final[tuple[Field, ...]] = (
    Text(name="first_initial", label="First name begins with", longest=1, identifying=True),
    Text(name="surname_initial", label="Surname begins with", longest=1, identifying=True),
    Day(name="born_on", label="Date of birth", identifying=True),
    Year(name="year_of_birth", label="Year of birth", identifying=True),
    Code(name="sex", label="Sex registered at birth", list_id="sex"),
    Day(name="said_on", label="Said on", required=True, refusable=False),
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
            require_when=When("identity_level", ("named",)),
            when=When("identity_level", ("named",)),
            identifying=True,
            searchable=True,
        ),
        Text(
            name="family_name",
            label="Surname",
            section=_WHO,
            longest=80,
            when=When("identity_level", ("named",)),
            identifying=True,
            searchable=True,
        ),
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
        Code(name="locality", label="Area they live in", section=_LIFE, list_id="locality"),
        Code(
            name="accommodation_status",
            label="Where they sleep at the moment",
            section=_LIFE,
            list_id="accommodation_status",
            other=("other",),
        ),
        Code(name="accommodation_need", label="Housing need", section=_LIFE, list_id="accommodation_need"),
        Code(name="employment", label="Work, training or benefits", section=_LIFE, list_id="employment"),
        Code(name="parental_status", label="Children of their own", section=_LIFE, list_id="parental_status"),
        Number(
            name="children_in_household",
            label="Children in the household",
            section=_LIFE,
            unit="children",
            help="How many under 18 live where they live, theirs or not.",
        ),
        Code(name="treatment_ring", label="Drug or alcohol treatment", section=_LIFE, list_id="treatment_ring"),
        Code(name="service_group", label="Service group", section=_LIFE, list_id="service_group"),
        Chain(
            name="claims",
            label="Initials, birth and sex as they gave them",
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
    ),
)
