"""What a person may not see leaves no trace: with or without it, every page they can open is the same, byte for byte.

For each person one hidden thing of every kind they may not see is added to a circle in which much is shared; then every
page that is read with GET (all rows of `routes.ROUTES`, feeds included) is compared with how it was before. Tokens,
freshly drawn ids of forms and time stamps are made equal first.
"""

import dataclasses
import datetime as dt
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kring.care.circles import actions, glass, interviews, invitations, sharing
from kring.care.circles.models import Member, Tie
from kring.care.circles.topics import EVERYONE, Topic, Zone
from tests.care import routes
from tests.care.test_routes import addresses

FRESH = re.compile(
    rb'(name="(?:csrfmiddlewaretoken|new_id|attempt)" value=")[^"]*|(value=")[^"]*(" (?:id="[^"]*" )?name="new_id")'
    rb"|((?:DTSTAMP|LAST-MODIFIED|CREATED)[:;])[^\r\n]*"
)
SHARED = (Topic.MAP, Topic.GOALS, Topic.ACTIONS, Topic.PROGRESS)


def noor(cast):
    return cast.seat("noor")


def keep_hidden(cast, item):
    sharing.set_reach(by=noor(cast), item=item, zone=Zone.MINE)
    return item.pk


def hidden_tie(cast):
    return keep_hidden(cast, actions.add_tie(by=noor(cast), id=uuid.uuid4(), name="Geheim", ring="close"))


def hidden_dream(cast):
    from kring.care.plan import actions as plan

    return keep_hidden(cast, plan.add_dream(by=noor(cast), id=uuid.uuid4(), text="Geheim"))


def hidden_goal(cast):
    from kring.care.plan import actions as plan

    return keep_hidden(cast, plan.add_goal(by=noor(cast), id=uuid.uuid4(), text="Geheim", domain="money"))


def hidden_action(cast):
    from kring.care.plan import actions as plan

    return keep_hidden(cast, plan.propose_action(by=noor(cast), id=uuid.uuid4(), text="Geheim"))


def hidden_crisis_plan(cast):
    from kring.care.plan import crisis

    crisis.write_phase(by=noor(cast), colour="red", signs="Geheim")
    return crisis.write_plan(by=noor(cast), version=1, helps="Geheim").pk


def hidden_meeting(cast):
    from kring.care.meetings import actions as meetings

    when = timezone.now() + dt.timedelta(days=2)
    return keep_hidden(cast, meetings.plan_meeting(by=noor(cast), id=uuid.uuid4(), starts_at=when, place="Geheim"))


def hidden_talk(cast):
    sanne = Member.objects.get(pk=cast.members["sanne"].pk)
    return interviews.write(by=cast.seat("ruth"), member=sanne, version=1, expectations="Geheim").pk


def hidden_member(cast):
    member = actions.nominate(by=noor(cast), id=uuid.uuid4(), name="Geheim", email="geheim@example.org")
    letter, _secret = invitations.invite(by=noor(cast), member=member, wording="Kom je?", way="link")
    invitations.accept(letter=letter, person=cast.olaf)
    return member.pk


def hidden_name(cast):
    """Somebody whom the client only thought of, and somebody who said no."""
    actions.nominate(by=noor(cast), id=uuid.uuid4(), name="Geheim")
    member = actions.nominate(by=noor(cast), id=uuid.uuid4(), name="Geheim ook")
    letter, _secret = invitations.invite(by=noor(cast), member=member, wording="Kom je?", way="link")
    invitations.decline(letter=letter)
    return member.pk


def hidden_handover(cast):
    until = timezone.localdate() + dt.timedelta(days=5)
    return actions.hand_over(by=noor(cast), member=cast.members["pieter"], task="map", until=until).pk


def hidden_grant(cast):
    return sharing.share(by=noor(cast), topic=Topic.CRISIS, member=cast.members["pieter"]).pk


def hidden_move(cast):
    """A step that the client ticked off, and the team that they chose not to tell."""
    from kring.care.circles.phases import BY_KEY

    actions.tick(by=noor(cast), item=BY_KEY["dreams"], done=True)
    return cast.circle.pk


def hidden_answer(cast):
    """A yes to a study: not even the researcher sees whose."""
    from kring.care.research import actions as research
    from kring.care.research.models import Edition

    edition = Edition.objects.get(opened_at__isnull=False)
    return research.answer(by=noor(cast), edition=edition, yes=True).pk


def hidden_line(cast):
    """A line of progress kept apart, with something filled in."""
    from kring.care.measures.models import Measurement
    from tests.browser.pages.measures import fill, line_of

    line = line_of(cast, "kring-life")
    keep_hidden(cast, line)
    assert fill(cast, line, 2) == Measurement.objects.get(schedule=line)
    return line.pk


def hidden_own_line(cast):
    """What Sanne fills in about herself."""
    from tests.browser.pages.measures import own

    return own(cast)["own"]


def hidden_proposal(cast):
    """What the regieondersteuner proposes to the client."""
    from kring.care.measures import actions as measures

    return measures.plan(by=cast.seat("ruth"), id=uuid.uuid4(), instrument="nel", respondent="client").pk


def hidden_factor(cast):
    from kring.care.measures import factors

    return factors.add(by=noor(cast), id=uuid.uuid4(), kind="income", note="Geheim").pk


def hidden_choice_of_signs(cast):
    """Noor's board link as `rows.board` made it; now Ximena is told of signs too: nothing of the team's to know."""
    from kring.care.board import agreeing

    sanne, ximena = cast.members["sanne"].pk, cast.members["ximena"].pk
    agreeing.choose(by=noor(cast), wanted={sanne: ["notices", "told"], ximena: ["told"]})
    return cast.circle.pk


def hidden_line_of_the_board(cast):
    """What the team writes on a line to which no client agreed."""
    from kring.care.board import actions as board
    from tests.care.rows.board import a_board, desk

    entry = a_board(cast)
    entry.refresh_from_db()
    day = timezone.localdate()
    board.plan_visit(by=desk(cast), entry=entry, person=cast.tom, day=day)
    board.call(by=desk(cast), entry=entry, version=entry.version, label="Geheim")
    return entry.pk


def hidden_feedback_choice(cast):
    """Sanne wants to be asked after a contact; Noor does already (see rows/practice)."""
    from kring.care.training import answering

    answering.choose(by=cast.seat("sanne"))
    return cast.circle.pk


def hidden_rating(cast):
    """What Noor answered about a contact with Ruth, which nobody else may know of, Ruth least of all."""
    from kring.care.training import answering
    from kring.care.training.models import PROCESSES, Rating
    from tests.care.rows.practice import another_practice

    rating = Rating.objects.create(
        circle=cast.circle, rater=cast.noor, practice_id=another_practice(cast), closes_on=timezone.localdate()
    )
    answering.answer(by=noor(cast), rating=rating, values=dict.fromkeys(PROCESSES, 1))
    return rating.pk


def hidden_quiz(cast):
    """A colleague does a quiz once more, with other answers: the trainer knew that it was done, and no more."""
    from tests.care import course
    from tests.care.rows import training

    training.a_quiz(cast)
    made = training.the_course(cast)
    return course.take_quiz(cast.tom, made.learners["tom"], made.part("chime-quiz")).pk


@dataclasses.dataclass(frozen=True)
class Kind:
    add: Callable[[Any], uuid.UUID]
    seen_by: tuple[str, ...] = ("client",)
    parameters: tuple[str, ...] = ()  # in which addresses its id stands

    def __str__(self) -> str:
        return self.add.__name__.removeprefix("hidden_")


KINDS = [
    Kind(hidden_tie, parameters=("tie_id", "item_id")),
    Kind(hidden_dream, parameters=("item_id",)),
    Kind(hidden_goal, parameters=("item_id",)),
    Kind(hidden_action, parameters=("item_id",)),
    Kind(hidden_crisis_plan, ("client", "break_glass"), parameters=("item_id",)),
    Kind(hidden_meeting, parameters=("meeting_id",)),
    Kind(hidden_talk, ("regieondersteuner", "informal")),
    Kind(hidden_member, ("client", "informal", "break_glass", "regieondersteuner"), parameters=("member_id",)),
    Kind(hidden_name, parameters=("member_id",)),
    Kind(hidden_handover, ("client", "professional_circle")),
    Kind(hidden_grant, ("client", "professional_circle")),
    Kind(hidden_move),
    Kind(hidden_feedback_choice, ("informal",)),
    Kind(hidden_rating, parameters=("rating_id",)),
    Kind(hidden_line, parameters=("line_id",)),
    Kind(hidden_own_line, ("informal",), parameters=("line_id",)),
    Kind(hidden_proposal, ("client", "regieondersteuner"), parameters=("line_id",)),
    Kind(hidden_factor, parameters=("factor_id",)),
    Kind(hidden_choice_of_signs, ("client", "informal", "member")),
    # Ximena, the member, works in that team too once the rows of training are made.
    Kind(hidden_line_of_the_board, ("regieondersteuner", "professional_team", "team_lead", "member")),
    Kind(hidden_answer),
    Kind(hidden_quiz, ("professional_team",)),
]


@pytest.fixture(autouse=True)
def still():
    """The clock stands still, as pages say when they were made."""
    with time_machine.travel(timezone.now(), tick=False):
        yield


@pytest.fixture
def world(cast):
    """Noor's circle, with much in it that is shared: a hidden thing then has something to hide among."""
    for topic in SHARED:
        sharing.share(by=noor(cast), topic=topic, role=EVERYONE)
    sharing.share(by=noor(cast), topic=Topic.PEOPLE, member=cast.members["ruth"])  # to have talks with
    routes.break_the_glass(cast)
    glass.code_of(noor(cast))  # drawn at its first look, and the looks below are rolled back
    pages(cast)  # makes what stands in the addresses
    return cast


def pages(cast) -> dict[str, str]:
    """Every address that is read, filled in with things that are there; a crisis plan is not."""
    given = {**routes.GIVEN, "circle_id": lambda cast: cast.circle.pk}
    found = {}
    for name, parameters in addresses():
        row = routes.ROUTES[name]
        own = {key: make for key, make in row.given.items() if key != "circle_id"}
        if row.method == "get" and not name.startswith("mfa_"):  # those draw secrets of one's own at each look
            found[name] = reverse(name, kwargs={key: (given | own)[key](cast) for key in parameters})
    return found


def snapshot(cast, where: dict[str, str], person: str) -> dict[str, tuple[int, str, bytes]]:
    """What this person gets at each address; whatever a page writes (a line in the trail) is rolled back."""
    browser = Client()
    if routes.PEOPLE[person]:
        browser.force_login(cast.people[routes.PEOPLE[person]])
    found = {}
    for name, address in where.items():
        with transaction.atomic():
            got = browser.get(address)
            if got.headers.get("Location", "").startswith(f"{address}?"):  # a form draws its id first
                got = browser.get(got.headers["Location"])
            content = b"".join(got.streaming_content) if got.streaming else got.content
            transaction.set_rollback(True)
        found[name] = (got.status_code, got.headers.get("Location", ""), FRESH.sub(rb"\1\2\3\4", content))
    return found


INSIDE = ("client", "paused", "break_glass", *routes.MEMBERS)


def asked_by(person: str, where: dict[str, str]) -> dict[str, str]:
    """All pages for whoever has a seat. For others pages of a circle are 404 whatever it holds (see test_routes)."""
    return where if person in INSIDE else {name: path for name, path in where.items() if not path.startswith("/c/")}


@pytest.mark.parametrize("person", routes.PEOPLE)
def test_what_one_may_not_see_leaves_no_trace(person, world):
    """All hidden kinds at once; when a page differs, they are tried one by one to say which of them shows."""
    where = asked_by(person, pages(world))
    kinds = [kind for kind in KINDS if person not in kind.seen_by]
    before = snapshot(world, where, person)
    with transaction.atomic():
        hidden = {kind: kind.add(world) for kind in kinds}
        changed = differing(before, snapshot(world, where, person))
        if person in INSIDE and not changed:
            for kind, key in hidden.items():
                for parameter in kind.parameters:
                    _is_not_there(world, parameter, key, [person])
        transaction.set_rollback(True)
    assert not changed, f"{sorted(changed)} show {shown_by(kinds, world, where, person, before)}"


def differing(before, after) -> set[str]:
    return {name for name in after if after[name] != before[name]}


def shown_by(kinds, cast, where, person: str, before) -> dict[str, list[str]]:
    """Which hidden kind shows on which pages."""
    found = {}
    for kind in kinds:
        with transaction.atomic():
            kind.add(cast)
            found[str(kind)] = sorted(differing(before, snapshot(cast, where, person)))
            transaction.set_rollback(True)
    return {kind: pages for kind, pages in found.items() if pages}


def _is_not_there(cast, parameter: str, hidden: uuid.UUID, others: list[str]) -> None:
    """Asking for the hidden thing by its own address is like asking for nothing at all."""
    given = {**routes.GIVEN, "circle_id": lambda cast: cast.circle.pk, parameter: lambda cast: hidden}
    for name, parameters in addresses():
        row = routes.ROUTES[name]
        if parameter not in parameters or row.method != "get":
            continue
        own = {key: make for key, make in row.given.items() if key not in ("circle_id", parameter)}
        asked = {name: reverse(name, kwargs={key: (given | own)[key](cast) for key in parameters})}
        for person in others:
            code, _to, _page = snapshot(cast, asked, person)[name]
            assert code == 404, f"{person} gets {code} at {name}"


def test_the_comparison_would_notice_a_trace(world):
    """The same harness, on something that Sanne may see: it must report a difference."""
    where = {name: address for name, address in pages(world).items() if name == "circles:map"}
    before = snapshot(world, where, "informal")
    actions.add_tie(by=noor(world), id=uuid.uuid4(), name="Niet geheim")
    assert Tie.objects.filter(name="Niet geheim").exists()
    assert snapshot(world, where, "informal") != before


def test_the_client_sees_nothing_of_a_talk(world):
    hidden_talk(world)
    browser = Client()
    browser.force_login(world.noor)
    for address in pages(world).values():
        got = browser.get(address)
        content = b"".join(got.streaming_content) if got.streaming else got.content
        assert b"Geheim" not in content
