"""Every lead is lost: both halves make a new one; one half, or an older kit, makes nobody anything."""

from pathlib import Path

import pytest

from broker_desktop.errors import AppError, BadInput, NotPermitted, Untrusted
from broker_desktop.session.lead_lost import lead_anew
from broker_desktop.session.recovering import finish_with_kit
from tests.common.locked import OTHER, cheaply, lock_with, unlocked
from tests.common.vaults import HUB_URL, Desk, Service, in_step
from tests.unit.session.test_kit import founded, lines
from tests.unit.session.test_recovering import notes, visit


@pytest.fixture
def service(tmp_path: Path) -> Service:
    return Service(tmp_path)


def new_laptop(service: Service, desk: Desk, halves: list[str]) -> Desk:
    environment, transport, keeper = service._laptop("new-lead")
    lead_anew(
        environment, environment.data_dir / "vault", OTHER, halves, hub=HUB_URL, team=desk.keys.team,
        person="Nora New", seal=keeper.seal,
    )  # fmt: skip
    return service._desk(environment, transport, keeper)


def test_both_halves_make_a_new_lead_and_another_lead_hands_out_the_keys(service: Service) -> None:
    desk, paper = founded(service)
    with desk.opened() as lead:
        worker = service.join(lead, "Will Oak", "worker")
        lead.save("nx_visit", visit(1))
        lead.sync_once()
    made = new_laptop(service, desk, lines(paper))
    with desk.opened() as lead, made.opened() as new, worker.opened() as session:
        in_step(lead, new, session)
        assert new.seat.role == "lead"
        assert notes(new) == {"visit 1"}
        new.save("nx_visit", visit(2))
        in_step(new, session)
        assert notes(session) == {"visit 1", "visit 2"}
        for one in (lead, new, session):  # everybody is told, until a new kit answers it
            assert "kit_used" in {finding.code for finding in one.check_vault().findings}
            assert "kit_used" in {item.kind for item in one.today().todo}
        new.keys.replace_kit(lines(paper), new.keys.draw_kit(), typed_back=True)
        in_step(new, lead, session)
        for one in (lead, new, session):
            assert "kit_used" not in {finding.code for finding in one.check_vault().findings}
        assert {row.person for row in session.team.seats()} == {"Lee Lead", "Will Oak", "Nora New"}
        code = new.team.invite("Ada Ash", "worker").code
        assert code.startswith("NX1-")


def test_with_every_lead_lost_the_team_goes_on_and_a_colleague_hands_out_what_was_before(service: Service) -> None:
    desk, paper = founded(service)
    with desk.opened() as lead:
        worker = service.join(lead, "Will Oak", "worker")
        lead.save("nx_visit", visit(1))
        lead.sync_once()
    made = new_laptop(service, desk, lines(paper))  # the first lead's laptop is never seen again
    with made.opened() as new, worker.opened() as session:
        session.save("nx_visit", visit(2))
        in_step(new, session)
        assert notes(session) == {"visit 1", "visit 2"}
        assert notes(new) == {"visit 2"}
        with pytest.raises(NotPermitted):  # the ids of the team's records lie behind the older keys
            new.save("nx_visit", visit(3))
        new.team.role(session.seat.seat_id, "lead")
        in_step(new, session)
        assert notes(new) == {"visit 1", "visit 2"}
        new.save("nx_visit", visit(3))
        in_step(new, session)
        assert notes(session) == {"visit 1", "visit 2", "visit 3"}


def test_one_half_or_a_replaced_kit_makes_nobody_a_lead(service: Service) -> None:
    desk, paper = founded(service)
    old = lines(paper)
    with desk.opened() as lead:
        drawn = lead.keys.draw_kit()
        lead.keys.replace_kit(old, drawn, typed_back=True)
        new = lines(drawn)
        for halves in ([old[0], old[0]], [new[0]]):
            with pytest.raises(BadInput):
                new_laptop(service, desk, halves)
        for halves in (old, [old[0], new[1]]):
            with pytest.raises(AppError) as refused:
                new_laptop(service, desk, halves)
            assert not isinstance(refused.value, BadInput | Untrusted)
        lead.sync_once()
        assert len(lead.team.seats()) == 1
        assert not (service.folder / "new-lead" / "vault").exists()
    with new_laptop(service, desk, new).opened() as found:
        assert found.seat.role == "lead"


def test_a_lone_lead_who_forgot_the_passphrase_comes_back_with_the_kit(service: Service) -> None:
    desk, paper = founded(service)
    with desk.opened() as lead:
        lead.save("nx_visit", visit(1))
        lead.sync_once()
        lead.save("nx_visit", visit(2))
    lock_with(desk)
    finish_with_kit(desk.environment, desk.folder, OTHER, lines(paper), cheaply(desk.environment, OTHER))
    with unlocked(desk.folder, desk.environment, OTHER) as lead:
        assert notes(lead) == {"visit 1", "visit 2"}
        assert lead.keys.recovered
        lead.keys.lead_again(lines(paper))
        assert not lead.keys.recovered
        report = lead.sync_once()
        assert (report.unsent, lead.seat.role) == (0, "lead")
        worker = service.join(lead, "Will Oak", "worker")
        with worker.opened() as session:
            in_step(lead, session)
            assert notes(session) == {"visit 1", "visit 2"}
