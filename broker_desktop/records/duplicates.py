"""Whether two people on record may be one: pure scoring with reasons, and the keys under which likely ones meet.

A suggestion and never a decision (requirements.md J8): a person looks at both and says so. Somebody who stayed
anonymous is compared with nobody. What somebody said about birth and initials are claims; all of them are tried
(domain.md 1.1), so one that fits is enough and several that differ accuse nobody.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import product
from typing import Any, Final

from broker_desktop.records.dates import parse_day
from sync.ids import normalise_code

LISTED_FROM: Final = 50
"""Score from which a pair stands on the worklist."""
WEAK_FROM: Final = 30
"""Score from which somebody is named while a code is typed."""

_CODE = re.compile(r"([^\W\d_]+)(\d{1,4})(.*)")
_WORDS = re.compile(r"[^\W\d_]+")
_LONGEST_SPELT: Final = 12
"""Letters of a code that are tried with one left out; a longer code is compared as a whole."""
_SOUNDS: Final = {
    **dict.fromkeys("BFPVW", "1"), **dict.fromkeys("CGJKQSXZ", "2"), **dict.fromkeys("DT", "3"), "L": "4",
    **dict.fromkeys("MN", "5"), "R": "6",
}  # fmt: skip
_SPELLINGS: Final = (("PH", "F"), ("GH", "H"), ("CK", "K"), ("KN", "N"), ("WR", "R"), ("SCH", "S"), ("Y", "I"))


@dataclass(frozen=True, slots=True)
class Because:
    """One reason for or against; `points` below 0 speak against."""

    key: str
    words: str
    points: int


@dataclass(frozen=True, slots=True)
class Likeness:
    """How like two people are, with every reason, the weightiest first."""

    score: int
    reasons: tuple[Because, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What can be compared about somebody."""

    code: str = ""
    letters: str = ""
    number: str = ""
    rest: str = ""
    initials: frozenset[tuple[str, str]] = frozenset()
    born: frozenset[date] = frozenset()
    years: frozenset[int] = frozenset()
    sexes: frozenset[str] = frozenset()
    given: str = ""
    family: str = ""
    aliases: frozenset[str] = frozenset()
    age_band: str = ""
    locality: str = ""


def traits_of(person: Mapping[str, Any]) -> Traits | None:
    """Read what can be compared from a person's answers; None for somebody anonymous or of whom nothing is known."""
    code = normalise_code(_text(person, "code"))
    if person.get("identity_level") == "anonymous" and not code:
        return None
    claims = [one for one in _list(person, "claims") if isinstance(one, dict)]
    given, family = _word(_text(person, "given_name")), _word(_text(person, "family_name"))
    said = [(_word(_text(one, "first_initial"))[:1], _word(_text(one, "surname_initial"))[:1]) for one in claims]
    born = {day for one in (person, *claims) if (day := parse_day(one.get("born_on"))) is not None}
    years = {year for one in (person, *claims) if type(year := one.get("year_of_birth")) is int}
    parts = _CODE.fullmatch(code)
    found = Traits(
        code=code,
        letters=parts[1] if parts else "",
        number=parts[2] if parts else "",
        rest=parts[3] if parts else "",
        initials=frozenset(one for one in (*said, (given[:1], family[:1])) if all(one)),
        born=frozenset(born),
        years=frozenset(years | {day.year for day in born}),
        sexes=frozenset(sex for one in (person, *claims) if (sex := _text(one, "sex"))),
        given=given,
        family=family,
        aliases=frozenset(word for one in _list(person, "aliases") if isinstance(one, str) and (word := _word(one))),
        age_band=_text(person, "age_band"),
        locality=_text(person, "locality"),
    )
    return found if found.code or found.initials or found.given or found.aliases else None


def compare(one: Traits, other: Traits) -> Likeness:
    """Say how like two people are and why; the same whichever comes first."""
    strong = [because for look in _FOR if (because := look(one, other)) is not None]
    if not strong:
        return Likeness(0, ())
    beside = [because for look in _BESIDE if (because := look(one, other)) is not None]
    if any(because.key == "initials" for because in strong):  # they say the year already
        beside = [because for because in beside if because.key != "year_same"]
    found = strong + beside
    found.sort(key=lambda because: (-abs(because.points), because.key))
    return Likeness(max(sum(because.points for because in found), 0), tuple(found))


def keys_of(one: Traits) -> Iterator[str]:
    """Give the keys under which somebody is found; `probes_of` gives those under which to look."""
    yield from _code_keys(one)
    if one.letters:
        yield f"year:{one.letters}:{one.number}:{one.rest}"
    yield from _birthdays(one)
    yield from _initial_keys(one)
    yield from (f"{name}:{year}" for name in _names(one) for year in one.years or ("",))
    yield from (f"alias:{word}" for word in one.aliases)
    if one.given:
        yield f"given:{one.given}"


def probes_of(one: Traits, *, weak: bool = False) -> Iterator[str]:
    """Give the keys under which everybody stands who may score `LISTED_FROM`, or with `weak` `WEAK_FROM`."""
    yield from _code_keys(one)
    if one.letters:
        yield from (f"year:{one.letters}:{number}:{one.rest}" for number in _beside(one.number))
    yield from _birthdays(one)
    if weak:
        yield from _initial_keys(one)
    yield from (f"{name}:{year}" for name in _names(one) for year in {*one.years, ""})
    yield from (f"{kind}:{word}" for word in one.aliases for kind in ("alias", "given"))
    if one.given:
        yield f"alias:{one.given}"


def _code_keys(one: Traits) -> Iterator[str]:
    if one.code:
        yield f"code:{one.code}"
    if not one.letters:
        return
    end = f"{one.number}:{one.rest}"
    yield f"swap:{''.join(sorted(one.letters))}:{end}"
    yield f"sound:{sound(one.letters)}:{end}"
    yield f"less:{one.letters}:{end}"
    if len(one.letters) <= _LONGEST_SPELT:
        for less in {one.letters[:at] + one.letters[at + 1 :] for at in range(len(one.letters))}:
            yield f"less:{less}:{end}"


def _birthdays(one: Traits) -> Iterator[str]:
    for (first, last), day in product(one.initials, one.born):
        low, high = sorted((day.month, day.day))
        yield f"born:{first}{last}:{day.year}:{low}:{high}"


def _initial_keys(one: Traits) -> Iterator[str]:
    for (first, last), year, sex in product(one.initials, one.years, one.sexes):
        yield f"initials:{first}{last}:{year}:{sex}"


def _names(one: Traits) -> Iterator[str]:
    if one.given and one.family:
        first, second = sorted((sound(one.given), sound(one.family)))
        yield f"name:{first}:{second}"


@lru_cache(maxsize=8192)
def sound(word: str) -> str:
    """Write a word as it sounds to an English ear, roughly: Stephen and Steven are one, as are JON and JOHN."""
    word = word.upper()
    for spelt, spoken in _SPELLINGS:
        word = word.replace(spelt, spoken)
    told = ""
    last = ""
    for letter in word:
        mark = _SOUNDS.get(letter, "")
        if mark and mark != last:
            told += mark
        last = mark
    first = "C" if word[:1] in "CKQ" and word else word[:1]
    return f"{first}{told[1:] if word and _SOUNDS.get(word[0]) else told}"


def _code_same(one: Traits, other: Traits) -> Because | None:
    if one.code and one.code == other.code:
        return Because("code_same", "The same code", 60)
    return None


def _code_near(one: Traits, other: Traits) -> Because | None:
    if not one.letters or not other.letters or one.code == other.code or one.rest != other.rest:
        return None
    if one.letters == other.letters and _year_apart(one.number, other.number) == 1:
        return Because("code_year", "The same code, one year apart", 40)
    if one.number != other.number:
        return None
    if _swapped(one.letters, other.letters):
        return Because("code_swap", "The code with two letters swapped", 50)
    if min(len(one.letters), len(other.letters)) > 1 and _one_off(one.letters, other.letters):
        return Because("code_letter", "The code with one letter different", 45)
    if len(one.letters) > 2 and sound(one.letters) == sound(other.letters):
        return Because("code_sound", "A code that sounds the same", 40)
    return None


def _name(one: Traits, other: Traits) -> Because | None:
    if not (one.given and one.family and other.given and other.family):
        return None
    if (one.given, one.family) == (other.given, other.family):
        return Because("name_same", "The same name", 40)
    if (one.given, one.family) == (other.family, other.given):
        return Because("name_swap", "First name and surname swapped", 40)
    if sound(one.given) == sound(other.given) and sound(one.family) == sound(other.family):
        return Because("name_sound", "A name that sounds the same", 35)
    return None


def _initials(one: Traits, other: Traits) -> Because | None:
    if one.initials & other.initials and one.years & other.years and one.sexes & other.sexes:
        return Because("initials", "The same initials, year of birth and sex", 30)
    return None


def _called(one: Traits, other: Traits) -> Because | None:
    own, others = {*one.aliases, one.given} - {""}, {*other.aliases, other.given} - {""}
    if (one.aliases & others) or (other.aliases & own):
        return Because("called", "Goes by the same name", 30)
    return None


def _birthday(one: Traits, other: Traits) -> Because | None:
    if one.born & other.born:
        return Because("born_same", "The same date of birth", 30)
    if one.born and other.born:
        pairs = list(product(one.born, other.born))
        if any((a.year, a.month, a.day) == (b.year, b.day, b.month) for a, b in pairs):
            return Because("born_swap", "The date of birth with day and month swapped", 20)
        if not any(abs(a.year - b.year) <= 1 for a, b in pairs):
            return Because("years_differ", "Years of birth are far apart", -45)
        return Because("born_differ", "Dates of birth differ", -15)
    return None


def _years(one: Traits, other: Traits) -> Because | None:
    if (one.born and other.born) or not (one.years and other.years):
        return None
    least = min(abs(a - b) for a, b in product(one.years, other.years))
    if least == 0:
        return Because("year_same", "The same year of birth", 10)
    return Because("years_differ", "Years of birth are far apart", -45) if least > 1 else None


def _sex(one: Traits, other: Traits) -> Because | None:
    if one.sexes and other.sexes and not one.sexes & other.sexes:
        return Because("sex_differs", "Another sex was registered", -25)
    return None


def _age_band(one: Traits, other: Traits) -> Because | None:
    if not one.age_band or not other.age_band:
        return None
    if one.age_band == other.age_band:
        return Because("age_same", "The same age band", 5)
    return Because("age_differs", "Another age band", -10)


def _locality(one: Traits, other: Traits) -> Because | None:
    if one.locality and one.locality == other.locality:
        return Because("near", "The same area", 10)
    return None


_Look = Callable[[Traits, Traits], Because | None]
_FOR: Final[tuple[_Look, ...]] = (_code_same, _code_near, _name, _initials, _called)
"""Without one of these there is no suggestion."""
_BESIDE: Final[tuple[_Look, ...]] = (_birthday, _years, _sex, _age_band, _locality)


def _text(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    return value if isinstance(value, str) else ""


def _list(values: Mapping[str, Any], name: str) -> list[Any]:
    value = values.get(name)
    return value if isinstance(value, list) else []


def _word(text: str) -> str:
    return "".join(_WORDS.findall(text)).upper()


def _beside(number: str) -> Iterator[str]:
    """Give the numbers of a code a year before and after, of as many digits; 99 and 00 are neighbours."""
    if number:
        yield from (f"{(int(number) + step) % 10 ** len(number):0{len(number)}d}" for step in (-1, 1))


def _year_apart(one: str, other: str) -> int:
    """Count the years between two numbers of a code; 99 and 00 are one apart."""
    if len(one) != len(other) or not one:
        return 99
    whole = int("1" + "0" * len(one))
    apart = abs(int(one) - int(other))
    return min(apart, whole - apart)


def _swapped(one: str, other: str) -> bool:
    if len(one) != len(other):
        return False
    off = [at for at in range(len(one)) if one[at] != other[at]]
    return len(off) == 2 and off[1] == off[0] + 1 and one[off[0]] == other[off[1]] and one[off[1]] == other[off[0]]


def one_slip(one: str, other: str) -> bool:
    """Tell whether one slip of the fingers makes two words the same: a letter more, fewer, other, or two swapped."""
    return _swapped(one, other) or _one_off(one, other)


def _one_off(one: str, other: str) -> bool:
    """Tell whether one letter more, fewer or other makes two words the same."""
    if len(one) == len(other):
        return sum(a != b for a, b in zip(one, other, strict=True)) == 1
    short, long = sorted((one, other), key=len)
    return len(long) == len(short) + 1 and any(long[:at] + long[at + 1 :] == short for at in range(len(long)))
