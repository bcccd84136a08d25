"""Nobody forgets an outcome: every route x every refusal it declares has a test with the agreed name."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from sync.hub.route import Route
from sync.hub.routes import ROUTES
from sync.protocol.problems import Problem
from tests.hub.test_every_route import CHECKS, GOOD_CALLS

HERE = Path(__file__).parent

# Declared by no route of this version; each goes when its route comes.
LATER = {Problem.RESTORING, Problem.LOG_RESET, Problem.PRUNED}


def collected_names() -> set[str]:
    """Collect the names of the tests of this folder."""
    modules = [importlib.import_module(f"tests.hub.{path.stem}") for path in HERE.glob("test_*.py")]
    return {name for module in modules for name in vars(module) if name.startswith("test_")}


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_every_outcome_of_a_route_has_its_test(route: Route) -> None:
    wanted = {f"test_{route.name}_ok"} | {f"test_{route.name}_{problem.code}" for problem in route.all_outcomes}
    assert wanted <= collected_names()


def test_route_names_and_places_are_unique() -> None:
    assert len({route.name for route in ROUTES}) == len(ROUTES)
    assert len({(route.method, route.pattern) for route in ROUTES}) == len(ROUTES)


def test_every_problem_is_declared_by_a_route() -> None:
    declared = {problem for route in ROUTES for problem in route.all_outcomes}
    assert set(Problem) - declared - {Problem.UNAVAILABLE} == LATER


def test_the_routes_are_those_of_the_protocol() -> None:
    # protocol.md 2.10.
    team = "/v1/teams/{team}"
    assert {(route.method, route.pattern) for route in ROUTES} == {
        ("GET", "/v1/info"),
        ("POST", "/v1/teams"),
        ("GET", f"{team}/head"),
        ("GET", f"{team}/control"),
        ("POST", f"{team}/control"),
        ("GET", f"{team}/log"),
        ("POST", f"{team}/log"),
        ("GET", f"{team}/grants"),
        ("PUT", f"{team}/grants"),
        ("GET", f"{team}/keyring/{{comp}}"),
        ("PUT", f"{team}/keyring/{{comp}}"),
        ("POST", f"{team}/invites"),
        ("GET", f"{team}/invites"),
        ("PUT", f"{team}/invites/{{invite}}/result"),
        ("GET", "/v1/invites/{invite}"),
        ("POST", "/v1/invites/{invite}/request"),
        ("GET", "/v1/invites/{invite}/result"),
        ("GET", "/v1/cards/{team}"),
        ("PUT", "/v1/mailbox/{team}/{msg}"),
        ("GET", f"{team}/mailbox"),
        ("DELETE", f"{team}/mailbox/{{msg}}"),
    }


def test_no_good_call_is_left_over() -> None:
    assert GOOD_CALLS.keys() < {route.name for route in ROUTES}
    assert CHECKS.keys() <= set(Problem)
