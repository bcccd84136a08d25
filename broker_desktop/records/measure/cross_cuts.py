"""People seen, cut by two answers at once: area and sex, substance and age, who injects, who was never in treatment.

The tables of a needs assessment (requirements.md, HAMP10-042, -048, -065, -116 to -144). A person stands in one part of
each answer of their record; where substances are one of the two, somebody who named several stands under each, and the
line says so. Everything about drugs is what contacts and visits of the period say.
"""

from __future__ import annotations

from typing import Any, Final

from broker_desktop.records.answer import Payload
from broker_desktop.records.contact import CONTACT
from broker_desktop.records.measure.line import PERCENT, Asked, Definition, Of, Where, all_of
from broker_desktop.records.measure.pathway import was_attended
from broker_desktop.records.measure.people import PeopleByAnswer, ShareByAnswer, answered, by_answer
from broker_desktop.records.measure.reading import code_of, codes_of, says_yes
from broker_desktop.records.measure.referrals import is_outwards
from broker_desktop.records.measure.seen import SEEN, is_service_user
from broker_desktop.records.measure.substances import NAMED, groups_of, main_group
from broker_desktop.records.measure.tally import Cut, People, PeopleTally
from broker_desktop.records.nx_visit import NX_VISIT
from broker_desktop.records.referral import REFERRAL

_SEVERAL: Final = "Somebody who named several stands in several parts."
_RINGS: Final = "The four groups overlap, so they are never added. Everybody of one group stands in one ring."
_TOLD: Final = "From all that contacts and visits of the period say."
_own_ethnicity: Final = answered("ethnicity")


def _ethnicity(row: Payload, asked: Asked) -> str | None:
    """Read the ethnicity, or that to which the closer one belongs (HAMP10-068: Nepalese is Asian)."""
    closer = code_of(row, "ethnicity_detail")
    found = code_of(row, "ethnicity") or (asked.codes.group("ethnicity_detail", closer) if closer else "")
    return found or _own_ethnicity(row, asked)[0]


def _ethnic_group(row: Payload, asked: Asked) -> tuple[str | None, ...]:
    found = _ethnicity(row, asked)
    return (found and (asked.codes.group("ethnicity", found) or found),)


def _substances(row: Payload, asked: Asked) -> tuple[str | None, ...]:
    tally = asked.tally(NAMED)
    assert isinstance(tally, PeopleTally)
    return tuple(tally.parts_with(row.get("_id")))


def _injects(row: Payload, asked: Asked) -> bool:
    """Tell whether a contact says that somebody injects."""
    routes = row.get("routes")
    each = routes if type(routes) is list else ()
    return is_service_user(row, asked) and any(type(one) is dict and one.get("route") == "inject" for one in each)


def _for_themselves(row: Payload, asked: Asked) -> bool:
    """Take every visit to the needle exchange but those that collect for others only (HAMP10-048)."""
    return code_of(row, "collecting_for") != "others_only"


def _uses(*groups: str) -> People:
    """Give those of whom a contact or visit says that they use one of these groups of substances."""

    def says(row: Payload, asked: Asked) -> bool:
        return not set(groups).isdisjoint(groups_of(row, asked))

    return People((Of(CONTACT, all_of(is_service_user, says)), Of(NX_VISIT, says)))


def _main(opiate: bool) -> People:
    """Give those who named a main substance, or an opiate as the main one."""

    def says(row: Payload, asked: Asked) -> bool:
        group = main_group(row, asked)
        return is_service_user(row, asked) and (group == "opiate" if opiate else group is not None)

    return People((Of(CONTACT, says),))


def _stimulant(row: Payload, asked: Asked) -> bool:
    return is_service_user(row, asked) and not OTHER_STIMULANTS.isdisjoint(codes_of(row, "substances"))


OTHER_STIMULANTS: Final = frozenset({
    "cocaine_powder", "amphetamine", "methamphetamine", "mephedrone", "nps_stimulant", "ecstasy",
})  # fmt: skip
"""Stimulants other than crack (HAMP10-134)."""

_AREA, _SEX, _AGE = by_answer("locality"), by_answer("sex"), by_answer("age_band")
_RING: Final = by_answer("treatment_ring")
_ETHNIC: Final = Cut("ethnic_group", _ethnic_group)
_SUBSTANCE: Final = Cut("substance", _substances)
_PDU: Final = _uses("opiate", "crack")
_CRACK: Final = _uses("crack")
_CAME: Final = People((Of(REFERRAL, all_of(is_outwards, was_attended)),))
_IDU: Final = People((Of(CONTACT, _injects), Of(NX_VISIT, _for_themselves)))


def _never(row: Payload, asked: Asked) -> bool:
    return code_of(row, "treatment_ring") == "never"


def _people(
    line: str, title: str, base: People, *cuts: Cut, where: Where | None = None, note: str = "", **more: Any
) -> Definition:
    """Declare people of a count by one or more answers."""
    return Definition(
        id=line,
        title=title,
        unit="people",
        rule=PeopleByAnswer(base, by=cuts[0], across=cuts[1:], where=where),
        notes=(note,) if note else (),
        **more,
    )


LINES: Final = (
    _people("MS-23.ethnic_group", "People seen, by ethnic groups taken together", SEEN, _ETHNIC),
    _people("MS-23.ethnicity_detail", "People seen, by closer ethnic group", SEEN, by_answer("ethnicity_detail")),
    _people("MS-23.area_sex", "People seen, by area and sex", SEEN, _AREA, _SEX),
    _people("MS-23.area_age_band", "People seen, by area and age", SEEN, _AREA, _AGE),
    _people("MS-23.area_ethnic_group", "People seen, by area and ethnic group", SEEN, _AREA, _ETHNIC),
    _people(
        "MS-23.interpreter",
        "People seen who need an interpreter, by language",
        SEEN,
        by_answer("language"),
        where=lambda row, asked: says_yes(row, "interpreter"),
    ),
    _people("MS-24.area_substance", "People who named a substance, by area", NAMED, _AREA, _SUBSTANCE, note=_SEVERAL),
    _people("MS-24.sex_substance", "People who named a substance, by sex", NAMED, _SEX, _SUBSTANCE, note=_SEVERAL),
    _people("MS-24.age_substance", "People who named a substance, by age", NAMED, _AGE, _SUBSTANCE, note=_SEVERAL),
    Definition(
        id="MS-24.main_share_by_area",
        title="People whose main substance is an opiate, of those who named one, by area",
        unit=PERCENT,
        rule=ShareByAnswer(_main(opiate=False), _main(opiate=True), _AREA),
        is_rate=True,
    ),
    _people("MS-24.pdu", "People who use opiates or crack, by area", _PDU, _AREA, out_of=SEEN, note=_TOLD),
    _people("MS-24.idu", "People who inject, by area", _IDU, _AREA, out_of=SEEN, note=_TOLD),
    Definition(
        id="MS-13.attended_of_exchange",
        title="People at the needle exchange who were referred in the period and came",
        unit=PERCENT,
        rule=ShareByAnswer(People((Of(NX_VISIT),)), _CAME),
        is_rate=True,
        notes=("Of everybody at the needle exchange; as known now.",),
    ),
    _people(
        "MS-24.other_stimulants",
        "People who use stimulants other than crack, by area",
        People((Of(CONTACT, _stimulant),)),
        _AREA,
        out_of=SEEN,
    ),
    _people(
        "MS-24.crack_never",
        "People who use crack and were never in treatment, by area",
        _CRACK,
        _AREA,
        where=_never,
        out_of=_CRACK,
        note="As they say. Who was not asked is not in it.",
    ),
    _people(
        "MS-24.crack_never_who",
        "People who use crack and were never in treatment, by age, sex and ethnic group",
        _CRACK,
        _AGE,
        _SEX,
        _ETHNIC,
        where=_never,
    ),
    *(
        _people(f"MS-24.ring_{group}", f"{who}, by treatment", base, _RING, note=_RINGS)
        for group, who, base in (
            ("pdu", "People who use opiates or crack", _PDU),
            ("opiate", "People who use opiates", _uses("opiate")),
            ("crack", "People who use crack", _CRACK),
            ("idu", "People who inject", _IDU),
        )
    ),
    _people(
        "MS-21.pdu_accommodation_need",
        "People who use opiates or crack, by housing need",
        _PDU,
        by_answer("accommodation_need"),
    ),
)
