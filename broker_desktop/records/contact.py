"""Record type `contact`: somebody met, or looked for and not found.

An attempt is a contact too, with an outcome that says so; which outcomes count as met is the group of the code list
(contract.md, "Met and attempted"). The person may stay anonymous. Every worker is asked the same: what was offered,
and what comes next (requirements.md PORT12-32, PORT12-33).
"""

from __future__ import annotations

from typing import Final

from broker_desktop.records.field import Code, Codes, Day, Field, Moment, Number, Text, YesNo
from broker_desktop.records.met import LATER_CONTACT, MET_OUTCOMES
from broker_desktop.records.record_type import GENERAL, RecordType
from broker_desktop.records.reference import PersonRef, RecordRef
from broker_desktop.records.rules import NotBefore, SayWhyLate, When
from broker_desktop.records.rules_of_people import NextStepOrNone, OneOf, OneOrMany
from broker_desktop.records.structure import Group, Offers, Rows
from broker_desktop.records.worklist import ClearedBy, Due, Not, Waits

_WHERE: Final = "Where and when"
_WHO: Final = "Who"
_TALK: Final = "Talked about"
_DONE: Final = "Done together"
_RISK: Final = "Safety"
_AGAIN: Final = "If nobody was found"
_NEXT: Final = "Next step"

_MEETING: Final = ("call_back", "see_again", "accompany", "book_test", "bring_supplies", "welfare_check")
_DOING: Final = ("chase_referral", "raise_with_lead", "other")
_OTHER_DRUG: Final = ("other", "nps_other")
_WORK: Final = ("employment", "training", "education", "volunteering")
_MISSED: Final = When("outcome", ("not_found", "declined"))

_WHERE_FIELDS: Final[tuple[Field, ...]] = (
    Moment(name="occurred_at", label="When", section=_WHERE, required=True, refusable=False, column=True),
    Code(
        name="kind",
        label="What kind of contact",
        section=_WHERE,
        list_id="contact_kind",
        required=True,
        refusable=False,
        column=True,
    ),
    Code(
        name="setting",
        label="What kind of place",
        section=_WHERE,
        list_id="setting",
        required=True,
        help="The kind of place only; never an address.",
    ),
    Code(name="venue", label="Which place", section=_WHERE, list_id="place", column=True),
    Code(name="locality", label="Area", section=_WHERE, list_id="locality", help="Where it was, not where they live."),
    Text(
        name="landmark",
        label="Landmark",
        section=_WHERE,
        longest=80,
        help="Such as: behind the library. Never an address, never a map position.",
    ),
    Code(name="team", label="Team", section=_WHERE, list_id="team"),
    RecordRef(name="session", label="Session", section=_WHERE, types=("session",)),
    Code(name="delivered_by", label="Who was there for us", section=_WHERE, list_id="delivered_by"),
    YesNo(name="second_worker", label="A second worker was there", section=_WHERE),
    Code(name="duration_band", label="How long", section=_WHERE, list_id="duration_band"),
)

_WHO_FIELDS: Final[tuple[Field, ...]] = (
    PersonRef(name="person", label="Who", section=_WHO, column=True, help="Leave it anonymous if they prefer."),
    Code(
        name="subject",
        label="Who it was with",
        section=_WHO,
        list_id="contact_subject",
        help="Family and professionals are counted apart.",
    ),
    Number(
        name="people_spoken_to",
        label="How many people, if it was a group",
        section=_WHO,
        unit="people",
        help="A number only; nobody in a group is written down.",
    ),
    Codes(name="target_groups", label="Group we want to reach", section=_WHO, list_id="session_tag"),
    Codes(name="community_partners", label="Together with", section=_WHO, list_id="community_partner"),
    YesNo(name="privacy_notice", label="Told how their record is kept", section=_WHO),
)

_TALK_FIELDS: Final[tuple[Field, ...]] = (
    Code(name="purpose", label="What it was for", section=_TALK, list_id="contact_purpose"),
    Codes(
        name="substances",
        label="Drugs and alcohol today",
        section=_TALK,
        list_id="substance",
        other=_OTHER_DRUG,
    ),
    Text(
        name="substances_other",
        label="Which other drug, in their words",
        section=_TALK,
        longest=120,
        identifying=True,
        when=When("substances", _OTHER_DRUG),
        require_when=When("substances", _OTHER_DRUG),
        help="It can be given a code later; the words stay.",
    ),
    Code(
        name="primary_substance",
        label="The main one",
        section=_TALK,
        list_id="substance",
        when=When("substances"),
    ),
    Rows(
        name="routes",
        label="How it is taken",
        section=_TALK,
        when=When("substances"),
        fields=(
            Code(name="substance", label="Drug", list_id="substance"),
            Code(name="route", label="How", list_id="route"),
            YesNo(name="illicit", label="Not prescribed to them"),
        ),
    ),
    YesNo(name="overdose_reported", label="Overdose in the last 30 days, not fatal", section=_TALK),
    Codes(
        name="needs",
        label="What they need",
        section=_TALK,
        list_id="need",
        help="No need today is an answer too.",
    ),
    Code(
        name="housing_need",
        label="Housing need",
        section=_TALK,
        list_id="accommodation_need",
        require_when=When("needs", ("housing",)),
    ),
    Code(name="unmet_need", label="If a need could not be met, why", section=_TALK, list_id="unmet_need_reason"),
    Codes(name="advice", label="Advice given", section=_TALK, list_id="advice"),
)

_DONE_FIELDS: Final[tuple[Field, ...]] = (
    Codes(name="activities", label="What you did", section=_DONE, list_id="activity"),
    Offers(
        name="offers",
        label="Offered today",
        section=_DONE,
        every=True,
        help="The same five for everybody. What stays empty is kept as not asked.",
    ),
    YesNo(name="family_involved", label="Family or friends took part", section=_DONE),
    Codes(
        name="outcome",
        label="How it ended",
        section=_DONE,
        list_id="outcome",
        required=True,
        help="Choose all that are true. Not found and declined alone make it an attempt.",
    ),
)

_RISK_FIELDS: Final[tuple[Field, ...]] = (
    Codes(
        name="risk_flags",
        label="What somebody should know",
        section=_RISK,
        list_id="risk_flag",
        help="Violence to staff is shown to all staff before they knock.",
    ),
    Group(
        name="risk",
        label="Is anybody at risk",
        section=_RISK,
        fields=(
            YesNo(name="self", label="They themselves"),
            YesNo(name="family", label="Their family"),
            YesNo(name="community", label="Others"),
        ),
    ),
)

_AGAIN_FIELDS: Final[tuple[Field, ...]] = (
    Group(
        name="attempt",
        label="The attempt",
        section=_AGAIN,
        when=_MISSED,
        help="Three tries over two weeks by two ways, then somebody decides.",
        fields=(
            Number(name="attempt_no", label="Which try", least=1),
            Code(name="method", label="How", list_id="attempt_method"),
            YesNo(name="message_left", label="Message left"),
            Day(name="next_try", label="Try again on", future=True),
            Code(name="stop_reason", label="Or stop, because", list_id="attempt_stop_reason"),
        ),
    ),
)

_NEXT_FIELDS: Final[tuple[Field, ...]] = (
    Group(
        name="next_step",
        label="Next step",
        section=_NEXT,
        help="What was agreed, or None where no next step is wanted.",
        fields=(
            Code(name="type", label="What", list_id="next_step_type"),
            Text(name="owner", label="Who does it", longest=60),
            Day(name="due_on", label="By when", future=True),
            Day(name="done_on", label="Done on"),
            Text(name="note", label="Note on it", longest=500, lines=True, identifying=True),
        ),
    ),
    Text(
        name="note",
        label="Note",
        section=_NEXT,
        longest=500,
        lines=True,
        identifying=True,
        searchable=True,
        help="What the next worker needs to know. No names or phone numbers, please.",
    ),
)

_OPEN_STEP: Final = Not(When("next_step.done_on"))

CONTACT: Final = RecordType(
    name="contact",
    version=1,
    title="Contact",
    plural="Contacts",
    icon="message-square",
    help="Somebody met, or looked for and not found; with a code, a name or neither.",
    compartment=GENERAL,
    event_field="occurred_at",
    fields=(
        *_WHERE_FIELDS,
        *_WHO_FIELDS,
        *_TALK_FIELDS,
        *_DONE_FIELDS,
        *_RISK_FIELDS,
        *_AGAIN_FIELDS,
        *_NEXT_FIELDS,
    ),
    rules=(
        NotBefore(
            field="next_step.due_on",
            other="occurred_at",
            message="This is before the contact. Choose that day or a later one, or leave it empty.",
        ),
        NotBefore(
            field="attempt.next_try",
            other="occurred_at",
            message="This is before the attempt. Choose that day or a later one, or leave it empty.",
        ),
        NextStepOrNone(instead=("attempt.next_try", "attempt.stop_reason")),
        OneOrMany(person="person", many="people_spoken_to"),
        OneOf(
            field="primary_substance",
            of="substances",
            message="The main one is not among the drugs above. Please add it there or choose another.",
        ),
        SayWhyLate(event="occurred_at"),
    ),
    waits=(
        Waits(
            worklist="W1",
            key="next_step_meet",
            reason="Agreed to meet or call again",
            when=(When("next_step.type", _MEETING), When("next_step.due_on"), _OPEN_STEP),
            due=Due("next_step.due_on"),
            red_after=1,
            cleared_by=(LATER_CONTACT,),
            action="new:contact",
        ),
        Waits(
            worklist="W1",
            key="next_step_do",
            reason="Agreed to do something",
            when=(When("next_step.type", _DOING), When("next_step.due_on"), _OPEN_STEP),
            due=Due("next_step.due_on"),
            red_after=1,
        ),
        Waits(
            worklist="W3",
            key="next_try",
            reason="Not met last time: try again",
            when=(
                _MISSED,
                Not(When("outcome", MET_OUTCOMES)),
                When("attempt.next_try"),
                Not(When("attempt.stop_reason")),
            ),
            due=Due("attempt.next_try"),
            red_after=7,
            cleared_by=(LATER_CONTACT,),
            action="new:contact",
        ),
        Waits(
            worklist="W3",
            key="lost_contact",
            reason="Not met last time: decide when to try again",
            when=(
                _MISSED,
                Not(When("outcome", MET_OUTCOMES)),
                When("person"),
                Not(When("attempt.next_try")),
                Not(When("attempt.stop_reason")),
            ),
            red_after=14,
            cleared_by=(LATER_CONTACT,),
        ),
        Waits(
            worklist="W13",
            key="need_housing",
            reason="Housing need: nothing recorded for it yet",
            when=(When("needs", ("housing",)), When("person")),
            red_after=14,
            cleared_by=(ClearedBy("support_intervention", when=(When("domain", ("housing",)),)),),
            action="new:support_intervention",
        ),
        Waits(
            worklist="W13",
            key="need_work",
            reason="Work or training need: nothing recorded for it yet",
            when=(When("needs", ("employment_training",)), When("person")),
            red_after=14,
            cleared_by=(
                ClearedBy(
                    "support_intervention",
                    when=(When("domain", _WORK),),
                ),
            ),
            action="new:support_intervention",
        ),
    ),
)
