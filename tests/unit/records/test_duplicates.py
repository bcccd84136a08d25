"""Who may be one person: twelve pairs that are, three that only look so, and that nobody is ever sure."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_desktop.records.duplicates import (
    LISTED_FROM,
    WEAK_FROM,
    Likeness,
    Traits,
    compare,
    keys_of,
    probes_of,
    sound,
    traits_of,
)


def coded(code: str, **more: Any) -> dict[str, Any]:
    return {"identity_level": "code", "code": code, **more}


def named(given_name: str, family_name: str, **more: Any) -> dict[str, Any]:
    return {"identity_level": "named", "given_name": given_name, "family_name": family_name, **more}


def traits(person: dict[str, Any]) -> Traits:
    found = traits_of(person)
    assert found is not None
    return found


def likeness(one: dict[str, Any], other: dict[str, Any]) -> Likeness:
    return compare(traits(one), traits(other))


PLANTED: dict[str, tuple[dict[str, Any], dict[str, Any], int]] = {
    # The score is the sum of the reasons named: weights stand in duplicates.py, the sums were made by hand.
    "the same code twice": (coded("KEIT71M"), coded("keit 71-m"), 60),  # code 60
    "two letters swapped": (coded("GORDON82M"), coded("GODRON82M"), 50),  # swapped 50
    "a letter left out, same age band": (coded("JOHN80M", age_band="45-54"), coded("JON80M", age_band="45-54"), 50),
    "a letter mistaken, same area": (coded("MARY77F", locality="city"), coded("MARI77F", locality="city"), 55),
    "a year out, same area": (coded("PAUL68M", locality="city"), coded("PAUL69M", locality="city"), 50),  # 40 + 10
    "the turn of the century": (
        coded("ANNE99F", age_band="25-34", locality="city"),
        coded("ANNE00F", age_band="25-34", locality="city"),
        55,  # a year out 40, age band 5, area 10
    ),
    "sounds the same, same area": (coded("STEPHEN75M", locality="city"), coded("STEVEN75M", locality="city"), 50),
    "name and birthday": (
        named("Dawn", "Price", born_on="1984-03-09"),
        named("Dawn", "Price", born_on="1984-03-09"),
        70,  # name 40, date of birth 30
    ),
    "name by ear, day and month swapped": (
        named("Catherine", "Philips", born_on="1979-04-05"),
        named("Katherine", "Phillips", born_on="1979-05-04"),
        55,  # by ear 35, swapped day and month 20
    ),
    "first name and surname swapped": (
        named("Lee", "Grant", year_of_birth=1990),
        named("Grant", "Lee", year_of_birth=1990),
        50,  # swapped 40, year 10
    ),
    "initials, sex and birthday as claims": (
        coded("XK4", claims=[{"first_initial": "R", "surname_initial": "T", "born_on": "1972-11-30", "sex": "male"}]),
        named("Ray", "Tully", born_on="1972-11-30", sex="male"),
        60,  # initials 30, date of birth 30
    ),
    "a nickname, with year and area": (
        coded("ZED9", aliases=["Smudge"], year_of_birth=1988, locality="city"),
        named("Peter", "Smith", aliases=["smudge"], year_of_birth=1988, locality="city"),
        50,  # nickname 30, year 10, area 10
    ),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_duplicate_is_listed_with_its_score(name: str) -> None:
    one, other, score = PLANTED[name]
    assert likeness(one, other).score == score >= LISTED_FROM
    assert likeness(other, one) == likeness(one, other)


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_duplicate_meets_under_a_key(name: str) -> None:
    one, other, _ = PLANTED[name]
    assert set(probes_of(traits(one))) & set(keys_of(traits(other)))
    assert set(probes_of(traits(other))) & set(keys_of(traits(one)))


def test_father_and_son_are_not_suggested() -> None:
    # John Reed and his son John Reed, both born on a 4 May, 27 years apart: name 40, years far apart -45, area 10.
    father = named("John", "Reed", born_on="1955-05-04", sex="male", locality="city")
    son = named("John", "Reed", born_on="1982-05-04", sex="male", locality="city")
    found = likeness(father, son)
    assert found.score == 5 < WEAK_FROM
    assert [one.key for one in found.reasons] == ["years_differ", "name_same", "near"]


def test_brothers_are_not_suggested() -> None:
    # Darren and Daniel Miller, born two years apart, codes DAMI80M and DAMI82M: two years is no slip of the pen.
    darren = named("Darren", "Miller", code="DAMI80M", born_on="1980-02-02", sex="male")
    daniel = named("Daniel", "Miller", code="DAMI82M", born_on="1982-06-09", sex="male")
    assert likeness(darren, daniel).score == 0


def test_two_strangers_of_the_same_initials_are_weak_at_most() -> None:
    # Initials, year and sex alone are 30: named while somebody types, never on the list.
    jim = named("Jim", "Bell", year_of_birth=1980, sex="male", age_band="45-54", locality="city")
    joe = named("Joe", "Booth", year_of_birth=1980, sex="male", age_band="45-54", locality="north")
    found = likeness(jim, joe)
    assert WEAK_FROM <= found.score == 35 < LISTED_FROM  # initials 30, age band 5


def test_nobody_anonymous_is_compared() -> None:
    assert traits_of({"identity_level": "anonymous", "age_band": "35-44", "sex": "male", "aliases": ["Smudge"]}) is None
    assert traits_of({"identity_level": "code"}) is None


def test_another_sex_and_age_speak_against() -> None:
    # One letter off 45, another sex -25, another age band -10.
    one = coded("ALEX90", sex="male", age_band="25-34")
    other = coded("ALEC90", sex="female", age_band="35-44")
    assert likeness(one, other).score == 10


@pytest.mark.parametrize(
    ("one", "other"), [("JOHN", "JON"), ("STEPHEN", "STEVEN"), ("CATHERINE", "KATHERINE"), ("PHILIPS", "PHILLIPS")]
)
def test_what_sounds_the_same(one: str, other: str) -> None:
    assert sound(one) == sound(other)


@pytest.mark.parametrize(("one", "other"), [("JOHN", "JACK"), ("MARY", "GARY"), ("LEE", "LEN")])
def test_what_does_not(one: str, other: str) -> None:
    assert sound(one) != sound(other)


_CODES = st.from_regex(r"[A-C]{2,4}[0-9]{2}[MF]?", fullmatch=True)
_BORN = st.dates(date(1980, 1, 1), date(1981, 12, 31)).map(str)
_PERSON = st.builds(
    lambda given, family, born, aliases, sex: named(given, family, born_on=born, aliases=aliases, sex=sex),
    st.sampled_from(["Lee", "Grant", "Kate", "Cate"]), st.sampled_from(["Lee", "Grant", "Price"]), _BORN,
    st.lists(st.sampled_from(["Lee", "Smudge"]), max_size=1), st.sampled_from(["male", "female"]),
)  # fmt: skip


@given(one=_CODES, other=_CODES)
def test_codes_that_are_alike_always_meet(one: str, other: str) -> None:
    a, b = traits(coded(one)), traits(coded(other))
    if compare(a, b).score >= WEAK_FROM:
        assert set(probes_of(a, weak=True)) & set(keys_of(b))


_NAMES = st.sampled_from(["code", "claims", "aliases", "born_on", "given_name"])
_VALUES = st.none() | st.text() | st.lists(st.integers()) | st.just({"answer": "declined"})


@given(person=st.dictionaries(_NAMES, _VALUES))
def test_whatever_another_program_wrote_is_read(person: dict[str, Any]) -> None:
    found = traits_of(person)
    assert found is None or compare(found, found).score >= 0


@given(one=_PERSON, other=_PERSON)
def test_people_who_are_alike_always_meet(one: dict[str, Any], other: dict[str, Any]) -> None:
    a, b = traits(one), traits(other)
    score = compare(a, b).score
    assert score < LISTED_FROM or set(probes_of(a)) & set(keys_of(b))
    assert score < WEAK_FROM or set(probes_of(a, weak=True)) & set(keys_of(b))
