"""The recovery kit: two halves on paper, typed back, proved without being used up; one half opens nothing."""

import stat
from collections.abc import Sequence
from pathlib import Path

import pytest

from broker_desktop.errors import BadInput
from broker_desktop.session import Session, TeamAsked
from broker_desktop.session.enrolment import create_team_sealed
from broker_desktop.session.kit_paper import KitPaper, check_kit_files
from sync.crypto import kit, passphrase
from sync.errors import WrongPassphrase
from tests.common.vaults import HUB_URL, Desk, Service


def asked(service: Service, file: Path | None) -> TeamAsked:
    return TeamAsked(
        hub=HUB_URL, token=service.hub.issue_token(), name="Harbour", person="Lee Lead", pack=service.pack,
        kit_file=file,
    )  # fmt: skip


def founded(service: Service, file: Path | None = None) -> tuple[Desk, KitPaper]:
    environment, transport, keeper = service._laptop("lead")
    made = create_team_sealed(environment, environment.data_dir / "vault", keeper.seal, asked(service, file))
    return service._desk(environment, transport, keeper), made.kit


@pytest.fixture
def service(tmp_path: Path) -> Service:
    return Service(tmp_path)


def lines(paper: KitPaper) -> list[str]:
    return [" ".join(half) for half in paper.halves]


def findings(session: Session) -> set[str]:
    return {finding.code for finding in session.check_vault().findings}


def test_the_kit_is_written_as_text_and_pdf_for_this_user_alone(service: Service, tmp_path: Path) -> None:
    desk, paper = founded(service, tmp_path / "kit.txt")
    text, pdf = tmp_path / "kit.txt", tmp_path / "kit.pdf"
    assert [stat.S_IMODE(path.stat().st_mode) for path in (text, pdf)] == [0o600, 0o600]
    written = [line for line in text.read_text().splitlines() if len(line.split()) == 24]
    assert written == lines(paper)
    assert f"Server: {HUB_URL}\n" in text.read_text()
    raw = pdf.read_bytes()
    assert raw.startswith(b"%PDF-1.7")
    assert b"/StructTreeRoot" in raw  # tagged
    assert b"/Count 4" in raw  # two copies of each half
    with desk.opened() as session:
        assert {"kit_file", "kit_unchecked"} <= findings(session)
        text.unlink()
        assert "kit_file" in findings(session)
        pdf.unlink()
        assert "kit_file" not in findings(session)


@pytest.mark.parametrize("name", ["vault/kit.txt", "vault/deep/kit.pdf"])
def test_no_kit_lies_in_the_vault(service: Service, name: str) -> None:
    with pytest.raises(BadInput) as caught:
        check_kit_files(service.folder / "lead" / name, service.folder / "lead" / "vault")
    assert caught.value.code == "KIT-3"


def test_typing_it_back_ends_the_finding_and_uses_nothing_up(service: Service) -> None:
    desk, paper = founded(service)
    first, second = lines(paper)
    with desk.opened() as session:
        assert session.keys.kit_unchecked
        for _ in range(2):
            session.keys.check_kit([second.upper(), f"  {first} "])
        assert not session.keys.kit_unchecked
        assert "kit_unchecked" not in findings(session)


def test_what_is_typed_wrongly_is_told_apart(service: Service) -> None:
    desk, paper = founded(service)
    first, second = lines(paper)
    other = [kit.words_of(half) for half in kit.split(b"o" * 32, service.random)]
    wrong: list[tuple[Sequence[str], str]] = [
        ([first, first], "KIT-2"),
        ([first], "KIT-2"),
        ([first, " ".join(second.split()[:23])], "KIT-1"),
        ([first.replace(first.split()[3], "zebraz"), second], "KIT-1"),
        ([first, other[1]], "KIT-5"),
        (other, "KIT-5"),
    ]
    with desk.opened() as session:
        for halves, code in wrong:
            with pytest.raises(BadInput) as caught:
                session.keys.check_kit(halves)
            assert caught.value.code == code
        assert session.keys.kit_unchecked


def test_one_half_opens_no_vault(service: Service) -> None:
    desk, paper = founded(service)
    slots = (desk.folder / "slots").read_bytes()
    halves = [kit.half_of(words) for words in lines(paper)]
    for guess in (*halves, kit.join(halves[0], bytes(32)), kit.join(halves[1], b"\xff" * 32)):
        with pytest.raises(WrongPassphrase):
            passphrase.open_with_kit(slots, guess)
    assert passphrase.open_with_kit(slots, kit.join(*halves))[0] == desk.keys.keys.dek


def test_the_kit_opens_a_colleagues_vault_from_the_day_it_joins(service: Service) -> None:
    desk, paper = founded(service)
    with desk.opened() as lead:
        worker = service.join(lead, "Will Oak", "worker")
    seed = kit.join(*(kit.half_of(words) for words in lines(paper)))
    assert passphrase.open_with_kit((worker.folder / "slots").read_bytes(), seed)[0] == worker.keys.keys.dek
    with worker.opened() as session:
        session.keys.check_kit(lines(paper))
        assert "kit_unchecked" not in findings(session)


def test_a_kit_that_cannot_be_written_leaves_no_team(service: Service, tmp_path: Path) -> None:
    environment, _, keeper = service._laptop("lead")
    taken = tmp_path / "kit.pdf"
    taken.write_bytes(b"something else")
    made = asked(service, tmp_path / "kit.txt")
    with pytest.raises(Exception, match="FILE-8"):
        create_team_sealed(environment, environment.data_dir / "vault", keeper.seal, made)
    assert not (tmp_path / "kit.txt").exists()
    assert taken.read_bytes() == b"something else"
    assert not (environment.data_dir / "vault").exists()
