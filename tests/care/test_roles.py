"""What the page 'Who may see what' promises of each role, held against the table of routes."""

import pytest

from kring.care.people import roles
from kring.care.people.models import Role
from tests.care import routes
from tests.care.test_routes import addresses

IN_CIRCLES = {name for name, parameters in addresses() if "circle_id" in parameters}
NO_CIRCLE = {"professional_team": Role.PROFESSIONAL, "team_lead": Role.TEAM_LEAD, "administrator": Role.ADMINISTRATOR,
             "researcher": Role.RESEARCHER}  # fmt: skip
IN_AN_EMERGENCY = {"plan:crisis", "plan:card", "circles:member", "circles:glass_stop"}
"""What opens besides the pages that every seat gets, however empty: the crisis plan, whom to call, and ending it."""


def opened(person: str) -> set[str]:
    """The pages of a circle that answer this person."""
    return {name for name in IN_CIRCLES if routes.ROUTES[name].answers[person] < 400}


@pytest.mark.parametrize("person", NO_CIRCLE)
def test_a_role_at_work_opens_no_circle(person):
    assert opened(person) == set()


def test_every_role_is_described():
    assert {one.role for one in roles.AT_WORK} | {roles.REGIEONDERSTEUNER.role} == set(Role.values)
    for role in Role.values:
        assert str(roles.of(role).sees)


def test_a_professional_in_a_circle_gets_what_other_members_get():
    about_oneself = {"circle_measures:own", "circle_measures:new_own"}  # questions for family and friends
    assert opened("member") - opened("professional_circle") == about_oneself
    assert opened("professional_circle") < opened("member")


def test_emergency_access_opens_no_more_than_the_page_says():
    assert opened("break_glass") <= IN_AN_EMERGENCY | opened("paused")


def test_only_the_client_opens_who_sees_what():
    for page in ("circles:sees", "circles:log"):
        assert [who for who, code in routes.ROUTES[page].answers.items() if code == 200] == ["client"]
