"""Full-text search over the words people typed: codes, names and notes of the records readable here.

The index lies in the encrypted file like everything else, holds no text of its own beyond its terms, and can be
rebuilt. Searches are not remembered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from sync.ids import normalise_code
from sync.replica import chunked

_CREATE = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS search_text USING fts5("
    "words, content='', contentless_delete=1, prefix='2 3', tokenize='unicode61 remove_diacritics 2')"
)


@dataclass(frozen=True, slots=True)
class SearchText:
    """The words of one record, empty when it has none."""

    type: str
    id: bytes
    words: str


def create_index(connection: Connection) -> None:
    """Make the empty index where there is none."""
    connection.exec_driver_sql(_CREATE)


def drop_index(connection: Connection) -> None:
    """Throw the index away; its entries go with the projected tables."""
    connection.exec_driver_sql("DROP TABLE IF EXISTS search_text")


def merge_index(connection: Connection) -> None:
    """Merge the index into one part: until then it keeps the words of deleted entries."""
    connection.exec_driver_sql("INSERT INTO search_text (search_text) VALUES ('optimize')")


def index_texts(connection: Connection, texts: Sequence[SearchText]) -> None:
    """Put the records' words into the index, in place of what stood there for them.

    Row numbers rise, because FTS5 writes out its pending terms whenever they do not.
    """
    known = _numbers(connection, [text.id for text in texts])
    if known:
        connection.exec_driver_sql("DELETE FROM search_text WHERE rowid = ?", [(n,) for n in sorted(known.values())])
    last: int = connection.exec_driver_sql("SELECT coalesce(max(n), 0) FROM search_entry").scalar_one()
    entries: list[tuple[int, bytes, str]] = []
    words: list[tuple[int, str]] = []
    for text in texts:
        n = known.get(text.id)
        if not text.words:
            continue
        if n is None:
            last += 1
            n = last
            entries.append((n, text.id, text.type))
        words.append((n, text.words))
    if entries:
        connection.exec_driver_sql("INSERT INTO search_entry (n, id, type) VALUES (?, ?, ?)", entries)
    if words:
        connection.exec_driver_sql("INSERT INTO search_text (rowid, words) VALUES (?, ?)", sorted(words))


def _numbers(connection: Connection, ids: Sequence[bytes]) -> dict[bytes, int]:
    known: dict[bytes, int] = {}
    for part in chunked(ids):
        places = ", ".join("?" * len(part))
        rows = connection.exec_driver_sql(f"SELECT id, n FROM search_entry WHERE id IN ({places})", tuple(part))  # noqa: S608  marks only
        known.update((row.id, row.n) for row in rows)
    return known


def match_expression(text: str) -> str | None:
    """Turn what was typed into an FTS5 query: every word as a beginning, or all of it as a code; None for nothing."""
    tokens = re.findall(r"\w+", text)
    if not tokens:
        return None
    every = " AND ".join(f'"{token}"*' for token in tokens)
    code = "".join(re.findall(r"\w+", normalise_code(text)))
    return f'({every}) OR "{code}"*' if code else every


def find(connection: Connection, text: str, types: Iterable[str], limit: int) -> list[tuple[str, bytes]]:
    """Give type and id of the records whose words match, best first, of the types named."""
    expression = match_expression(text)
    wanted = sorted(set(types))
    if expression is None or not wanted:
        return []
    places = ", ".join("?" for _ in wanted)
    rows = connection.exec_driver_sql(
        "SELECT e.type, e.id FROM search_text JOIN search_entry e ON e.n = search_text.rowid"  # noqa: S608  marks only
        f" WHERE search_text MATCH ? AND e.type IN ({places}) ORDER BY search_text.rank LIMIT ?",
        (expression, *wanted, limit),
    )
    return [(row[0], row[1]) for row in rows]
