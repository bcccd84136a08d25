"""What is shown of two people who are perhaps one: frozen, for private pages only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PairLine:
    """Two people who are perhaps one, and why; `score` sorts them and proves nothing."""

    a: str
    b: str
    a_label: str
    b_label: str
    score: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairField:
    """One question and both answers in words, empty where there is none."""

    name: str
    label: str
    a: str
    b: str
    differs: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PairView:
    """Two people side by side.

    `health`: whether there are health records of either; None where this seat could not read them. `signed_by`: the
    nurse who looked at them, None for nobody; `signed_note` what was found, for clinical staff alone. `not_same`: why
    somebody said that they are two, None for nobody.
    """

    a: str
    b: str
    a_label: str
    b_label: str
    score: int
    reasons: tuple[str, ...]
    against: tuple[str, ...]
    fields: tuple[PairField, ...]
    a_records: tuple[tuple[str, int], ...]
    b_records: tuple[tuple[str, int], ...]
    health: bool | None
    signed_by: str | None
    signed_note: str
    not_same: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedLine:
    """What somebody decided about two people: `verdict` same (a is b) or not_same."""

    verdict: str
    a: str
    b: str
    a_label: str
    b_label: str
    reason: str
    at: str
    by: str
