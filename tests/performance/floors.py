"""The floors that our figures stand beside: the least that any program must do for the same work.

No encryption, no signatures, no conflicts, no search: stdlib `sqlite3`, `gzip`, `http.server`. They are timed in the
same run as ours, so that a slow machine slows both sides of a ratio.
"""

import gzip
import json
import sqlite3
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import xlsxwriter

Record = dict[str, Any]


def plain_database(path: Path) -> sqlite3.Connection:
    """Open a bare database with the durability of the vault: WAL and a full sync at each commit."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE record (id TEXT PRIMARY KEY, day TEXT, body TEXT)")
    return connection


def plain_workbook(path: Path, rows: int) -> None:
    """Write rows of nine cells row by row, as the workbook of a summary has them."""
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Summary")
        for row in range(rows):
            sheet.write_row(
                row, 0, ("MS-01.met", "Contacts with somebody met", "contacts", "kind: street", 17, 17, "", "", "")
            )


def plain_commit(connection: sqlite3.Connection, number: int, record: Record) -> None:
    """Store one record durably."""
    connection.execute("BEGIN IMMEDIATE")
    row = (f"{number:012d}", str(record.get("occurred_at"))[:10], json.dumps(record))
    connection.execute("INSERT INTO record VALUES (?, ?, ?)", row)
    connection.execute("COMMIT")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    database: sqlite3.Connection
    lock: threading.Lock


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        lines = gzip.decompress(body).splitlines()
        with self.server.lock:
            count = self.server.database.execute("SELECT count(*) FROM record").fetchone()[0]
            self.server.database.execute("BEGIN IMMEDIATE")
            self.server.database.executemany(
                "INSERT INTO record VALUES (?, ?, ?)",
                [(f"{count + n:012d}", "", line.decode()) for n, line in enumerate(lines)],
            )
            self.server.database.execute("COMMIT")
        self._answer(b"{}")

    def do_GET(self) -> None:
        after = self.path.rpartition("=")[2]
        with self.server.lock:
            rows = self.server.database.execute("SELECT body FROM record WHERE id > ? ORDER BY id", (after,)).fetchall()
        self._answer(gzip.compress("\n".join(body for (body,) in rows).encode()))

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep the terminal for the figures."""


@contextmanager
def plain_server(folder: Path) -> Iterator[str]:
    """Serve a bare store of gzipped NDJSON on loopback; yield its address."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.database = plain_database(folder / "plain-server.db")
    server.lock = threading.Lock()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        server.database.close()
        thread.join()


def plain_push(address: str, records: list[Record]) -> int:
    """Post all records as one gzipped NDJSON body; return its length in bytes."""
    body = gzip.compress("\n".join(json.dumps(record) for record in records).encode())
    with urllib.request.urlopen(urllib.request.Request(address, data=body, method="POST")) as answer:
        answer.read()
    return len(body)


def plain_pull(address: str, after: str) -> list[str]:
    """Fetch every record stored behind `after` (an id)."""
    with urllib.request.urlopen(f"{address}/?after={after}") as answer:
        return gzip.decompress(answer.read()).decode().splitlines()
