"""Everything that goes wrong ends with one clear sentence, the exit code of the table, and nothing changed."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.hub.processes import ServedHub
from tests.stories.processes import Desktop, Done, operator_token

VISIT = {
    "occurred_at": "2026-12-01T18:02:00+00:00",
    "site_type": "mobile",
    "items": {"SYR_FX_1_29": 10},
    "collecting_for": "self",
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ServedHub, Desktop, Desktop]]:
    """A server, its lead, and a worker without clinical."""
    folder = tmp_path_factory.mktemp("errors")
    url = f"sqlite:///{folder / 'hub.db'}"
    hub = ServedHub(url, folder / "ready.json")
    lead, worker = Desktop(folder / "lead"), Desktop(folder / "worker")
    lead.create_team(hub, operator_token(url))
    code = lead("invite", "--person", "Wim Worker", "--role", "worker").json()["code"]
    worker("join", "--code", code)
    assert lead("approve", "--all").code == 0
    assert worker("sync").code == 0
    yield hub, lead, worker
    hub.stop()


@pytest.fixture
def lead(world: tuple[ServedHub, Desktop, Desktop]) -> Desktop:
    return world[1]


@pytest.fixture
def worker(world: tuple[ServedHub, Desktop, Desktop]) -> Desktop:
    return world[2]


def told(done: Done, code: int) -> dict[str, object]:
    """Check that a failure is told both ways, and give the error object."""
    assert done.code == code, done.err
    error: dict[str, object] = json.loads(done.out)["error"]
    assert {"code", "title", "detail", "remedy", "your_data"} <= set(error)
    assert str(error["title"]) in done.err
    assert "Traceback" not in done.err
    assert len(done.err.strip().splitlines()) == 1
    return error


def test_a_wrong_passphrase(lead: Desktop, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("not the right one at all\n")
    done = lead.run("seats", "--vault", str(lead.vault), "--passphrase-file", str(wrong), "--json")
    assert told(done, 4)["title"] == "That is not the passphrase."


def test_a_passphrase_on_standard_input(lead: Desktop) -> None:
    done = lead.run("seats", "--vault", str(lead.vault), "--json", stdin=lead.passphrase_file.read_text())
    assert len(done.lines()) == 2
    assert told(lead.run("seats", "--vault", str(lead.vault), "--json"), 2)


def test_a_vault_that_is_open_elsewhere(lead: Desktop) -> None:
    holder = (
        "import sys; from pathlib import Path; from broker_desktop.platform.files import FolderLock;"
        "lock = FolderLock(Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holder, str(lead.vault)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        assert told(lead("record", "list", "nx_visit"), 4)["code"] == "VAULT-OPEN"
        process.communicate("")
    assert lead("record", "list", "nx_visit").code == 0


def test_an_unknown_code_names_field_and_nearest(lead: Desktop) -> None:
    error = told(lead("record", "add", "nx_visit", "--data", json.dumps({**VISIT, "site_type": "mobil"})), 3)
    assert error["field"] == "site_type"
    assert "mobile" in str(error["detail"])


def test_line_17_of_500(lead: Desktop, tmp_path: Path) -> None:
    lines = [json.dumps({**VISIT, "external_id": f"v{n}"}) for n in range(500)]
    lines[16] = lines[16][:40]
    path = tmp_path / "visits.ndjson"
    path.write_text("\n".join(lines))
    assert told(lead("record", "import", "nx_visit", "--file", str(path)), 3)["line"] == 17
    assert lead("record", "list", "nx_visit").out == ""
    bad = tmp_path / "bad.ndjson"
    counts = lead("record", "import", "nx_visit", "--file", str(path), "--skip-bad", str(bad), "--dry-run").json()
    assert (counts["read"], counts["added"], counts["refused"]) == (500, 499, 1)


def test_nothing_listening(tmp_path: Path, lead: Desktop) -> None:
    other = Desktop(tmp_path / "other")
    arguments = (
        "--token", "T", "--name", "N", "--person", "P", "--pack", "portsmouth-2009-10", "--kit-file", str(tmp_path / "kit"),
    )  # fmt: skip
    assert told(other("team", "create", "--hub", "http://127.0.0.1:9", *arguments), 6)
    assert not other.vault.exists()
    assert not (tmp_path / "kit").exists()
    assert told(other("team", "create", "--hub", "http://example.test", *arguments), 3)["code"] == "SYNC-3"


class Garbage(BaseHTTPRequestHandler):
    """Answers everything with a page."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<html>welcome to our wifi</html>")

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_a_server_that_answers_garbage(tmp_path: Path) -> None:
    server = HTTPServer(("127.0.0.1", 0), Garbage)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        other = Desktop(tmp_path / "other")
        done = other(
            "team", "create", "--hub", f"http://127.0.0.1:{server.server_port}", "--token", "T", "--name", "N",
            "--person", "P", "--pack", "portsmouth-2009-10", "--kit-file", str(tmp_path / "kit"),
        )  # fmt: skip
        assert told(done, 6)
        assert not other.vault.exists()
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_what_a_role_may_not_read(worker: Desktop) -> None:
    assert told(worker("record", "list", "bbv_test"), 5)["your_data"] == "safe"
    assert told(worker("invite", "--person", "Kim", "--role", "peer"), 5)


def test_a_broken_vault(lead: Desktop, tmp_path: Path) -> None:
    broken = Desktop(tmp_path / "broken")
    broken.vault.mkdir()
    (broken.vault / "slots").write_bytes(b"not slots")
    assert told(broken("seats"), 8)
    assert told(Desktop(tmp_path / "none")("seats"), 3)["code"] == "VAULT-NONE"


@pytest.mark.parametrize(
    "arguments",
    [
        ("erase", "person", "x", "--reason", "r"),
        ("record", "list"),
        ("summary", "--month", "2026-13"),
        ("summary", "--from", "2026-01"),
        ("record", "list", "nx_visits"),
        ("record", "list", "nx_visit", "--where", "site"),
        ("conflicts", "--choose", "1"),
        ("approve",),
    ],
)
def test_what_is_no_command(lead: Desktop, arguments: tuple[str, ...]) -> None:
    assert told(lead(*arguments), 2)


def test_a_weak_passphrase_makes_no_vault(tmp_path: Path) -> None:
    weak = Desktop(tmp_path / "weak")
    weak.passphrase_file.write_text("password123456\n")
    done = weak(
        "team", "create", "--hub", "http://127.0.0.1:9", "--token", "T", "--name", "N", "--person", "P",
        "--pack", "portsmouth-2009-10", "--kit-file", str(tmp_path / "kit"),
    )  # fmt: skip
    assert told(done, 3)["code"] == "VAULT-WEAK"
    assert not weak.vault.exists()


def test_the_kit_never_lies_in_the_vault(tmp_path: Path) -> None:
    desktop = Desktop(tmp_path / "kit")
    done = desktop(
        "team", "create", "--hub", "http://127.0.0.1:9", "--token", "T", "--name", "N", "--person", "P",
        "--pack", "portsmouth-2009-10", "--kit-file", str(desktop.vault / "kit.txt"),
    )  # fmt: skip
    assert told(done, 3)["code"] == "KIT-3"


def test_the_catalogue_needs_no_vault(tmp_path: Path) -> None:
    types = Desktop(tmp_path / "d").run("record", "types", "--json").json()["types"]
    fields = {field["name"]: field for one in types if one["name"] == "nx_visit" for field in one["fields"]}
    assert (fields["site_type"]["required"], fields["site_type"]["kind"]) == (True, "code")
    assert "mobile" in fields["site_type"]["codes"]


def test_a_pack_is_read_and_its_gaps_are_listed(tmp_path: Path) -> None:
    desktop = Desktop(tmp_path / "d")
    pack = Path(__file__).parents[2] / "resources" / "packs" / "portsmouth-2009-10.yaml"
    told_pack = desktop.run("pack", "check", str(pack), "--json").json()
    assert (told_pack["pack"], "bbv.viruses" in told_pack["gaps"]) == ("portsmouth-2009-10", True)
    (tmp_path / "no.yaml").write_text("- just a list\n")
    assert told(desktop.run("pack", "check", str(tmp_path / "no.yaml"), "--json"), 3)
