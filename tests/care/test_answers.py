"""Answers of clients and members: asked only where they chose it, pooled, taken back, never to be worked out."""

import contextlib
import datetime as dt
import random

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from kring.care import jobs
from kring.care.circles import actions, sharing
from kring.care.circles.models import Member
from kring.care.circles.seats import seat_or_404
from kring.care.circles.topics import Topic
from kring.care.people.models import Person
from kring.care.stored import Denied
from kring.care.training import answering, practising, releasing
from kring.care.training.models import PROCESSES, Rating, Release
from tests.care.practising import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(cast):
    return build(cast)


def seat(person, circle):
    return seat_or_404(person, circle.pk)


def view(world):
    """All that the learner gets to see of answers."""
    return list(Release.objects.filter(enrolment=world.enrolment).order_by("created_at").values(*PROCESSES, "pk"))


def everybody_answers(world, values=(4, 5, 3, 2, 4, 4, 5, 1)):
    world.choose()
    for circle in world.circles:
        world.asked(circle)
    for (person, _circle), value in zip(world.raters, values, strict=True):
        world.answer(person, value)


def test_only_who_chose_it_is_asked_and_the_client_opens_the_circle(world):
    noor, sanne = world.cast.noor, world.cast.sanne
    world.choose(sanne)
    world.asked(world.circles[0])
    assert not Rating.objects.exists()  # Noor did not choose it
    world.choose(noor)
    world.asked(world.circles[0])
    assert set(Rating.objects.values_list("rater__name", flat=True)) == {"Noor", "Sanne"}


def test_a_member_who_may_not_know_that_the_learner_is_in_the_circle_is_not_asked(world):
    world.choose()
    sanne = Member.objects.get(pk=world.cast.members["sanne"].pk)
    sharing.set_topics(by=world.cast.seat("noor"), member=sanne, topics=[Topic.MEETINGS])
    world.asked(world.circles[0])
    assert [rating.rater.name for rating in Rating.objects.all()] == ["Noor"]


def test_a_learner_asks_only_in_circles_where_they_have_a_seat(world):
    practice = world.practice(world.circles[0])
    world.choose()
    actions.remove_member(by=world.cast.seat("noor"), member=Member.objects.get(pk=world.cast.members["ruth"].pk))
    practising.ask(by=world.learner, practice=practice, client_there=True)
    assert not Rating.objects.exists()
    with pytest.raises(Denied):
        world.practice(world.circles[0])


def test_the_letter_holds_nothing_but_that_there_is_a_question(world, settings):
    world.choose(world.cast.noor)
    world.asked(world.circles[0])
    mail.outbox.clear()
    jobs.run_due()
    letter = next(one for one in mail.outbox if one.to == ["Noor <noor@example.org>"])
    assert "Ruth" not in letter.body
    assert "vragen" not in letter.body.lower().replace("vraag", "")


def test_four_people_give_nothing_and_five_give_one_figure_at_night(world):
    world.choose()
    for circle in world.circles:
        world.asked(circle)
    for person, _circle in world.raters[:4]:
        world.answer(person, 4)
    assert releasing.release_all() == 0
    world.answer(world.raters[4][0], 4)
    assert view(world) == []  # not before the night
    assert releasing.release_all() == 1
    assert [row["hope"] for row in view(world)] == [4]


def test_one_person_who_answers_five_times_is_one_person(world):
    world.choose()
    noor = world.cast.noor
    for days in range(1, 6):
        practice = world.asked(world.circles[0], days_ago=days)
        world.answer(noor, 5, practice)
    assert releasing.release_all() == 0


def test_the_same_form_twice_counts_once(world):
    everybody_answers(world)
    person = world.raters[0][0]
    first = Rating.objects.get(rater=person).answered_at
    world.answer(person, 4)
    assert Rating.objects.get(rater=person).answered_at == first
    assert releasing.release_all() == 1
    world.answer(person, 4)
    assert len(view(world)) == 1


def test_who_answers_anew_takes_the_old_figure_away_and_waits_for_the_next(world):
    everybody_answers(world)
    releasing.release_all()
    world.answer(world.raters[0][0], 1)
    assert view(world) == []
    assert releasing.release_all() == 0  # one fresh answer; the others are never used again


def test_a_withdrawn_answer_takes_its_figure_away_for_good(world):
    everybody_answers(world)
    releasing.release_all()
    person = world.raters[0][0]
    answering.take_back(by=person, rating_id=Rating.objects.get(rater=person).pk)
    assert view(world) == []
    assert releasing.release_all() == 0
    gone = Rating.objects.get(rater=person)
    assert gone.withdrawn_at
    assert {getattr(gone, name) for name in PROCESSES} == {None}


def test_nobody_takes_back_the_answer_of_somebody_else(world):
    everybody_answers(world)
    rating = Rating.objects.get(rater=world.raters[0][0])
    for person in (world.learner, world.raters[1][0], world.cast.ada):
        with pytest.raises(Denied):
            answering.take_back(by=person, rating_id=rating.pk)


def test_the_clients_no_takes_every_answer_of_the_circle_out_of_every_figure_at_once(world):
    everybody_answers(world)
    releasing.release_all()
    noor, sanne = world.cast.noor, world.cast.sanne
    answering.revoke(by=seat(noor, world.circles[0]))
    assert view(world) == []
    assert Rating.objects.get(rater=noor).hope is None
    hers = Rating.objects.get(rater=sanne)
    assert hers.hope == 5  # her own answer stays hers to read; it is used no more
    assert hers.withdrawn_at is None
    assert hers.spent_at
    with pytest.raises(Denied):
        world.answer(sanne, 2)


def test_a_member_says_no_for_themselves_alone(world):
    world.choose()
    for circle in world.circles:
        world.asked(circle)
    for person, _circle in world.raters:
        world.answer(person, 3)
    answering.revoke(by=seat(world.cast.sanne, world.circles[0]))
    assert releasing.release_all() == 1
    assert Rating.objects.get(rater=world.cast.noor).release
    assert not Rating.objects.get(rater=world.cast.sanne).release


def test_what_waits_is_not_released_after_a_no_in_the_meantime(world):
    world.choose()
    for circle in world.circles:
        world.asked(circle)
    for person, _circle in world.raters[:5]:
        world.answer(person, 3)
    answering.revoke(by=seat(world.raters[2][0], world.circles[1]))
    assert releasing.release_all() == 0


def test_answers_after_the_circle_stopped_are_refused(world):
    world.choose()
    world.asked(world.circles[0])
    rating = Rating.objects.get(rater=world.cast.noor)
    answering.revoke(by=world.cast.seat("noor"))
    with pytest.raises(Denied):
        answering.answer(by=world.cast.seat("noor"), rating=rating, values=dict.fromkeys(PROCESSES, 3))


class Watching:
    """What somebody can do who keeps every figure they ever saw: compare them, before and after each single step."""

    def __init__(self, world):
        self.world = world
        self.seen = {}  # release -> the answers in it, as (rating, moment of answering)
        self.shown = set()

    def look(self):
        """After one answer or withdrawal, and after the night: what changed must tell of no single answer."""
        before, self.shown = self.shown, {row["pk"] for row in view(self.world)}
        for fresh in self.shown - before:
            ratings = Rating.objects.filter(release=fresh)
            self.seen[fresh] = {(r.pk, r.answered_at) for r in ratings}
            assert len({r.rater_id for r in ratings}) >= 5
            for other, answers in self.seen.items():
                assert other == fresh or not answers & self.seen[fresh], "an answer stood in two figures"
        for gone in before - self.shown:
            assert gone not in self.shown
        for kept in self.shown:  # a figure that stands holds no answer that was taken back
            standing = {(r.pk, r.answered_at) for r in Rating.objects.filter(release=kept, withdrawn_at=None)}
            assert standing == self.seen[kept]
        return before - self.shown, self.shown - before


@pytest.mark.parametrize("seed", range(6))
def test_no_figure_changes_by_one_answer_whatever_happens(world, seed):
    """Random histories; after each single step the figures made so far are compared with all that were ever shown."""
    chance, watching = random.Random(seed), Watching(world)
    world.choose()
    for _step in range(45):
        person, circle = chance.choice(world.raters)
        act = chance.choice(["ask", "answer", "answer", "answer", "answer", "back", "revoke"])
        _do(world, act, person, circle, chance)
        gone, fresh = watching.look()
        assert not fresh, "nothing is shown but at night"
        assert act in ("back", "revoke", "answer") or not gone
        releasing.release_all()
        watching.look()
    assert watching.seen, "the history should show something"


def _do(world, act, person, circle, chance):
    open_ones = Rating.objects.filter(rater=person, withdrawn_at=None)
    if act == "ask":
        world.asked(circle)
    elif act == "answer":
        if not answering.chosen(seat(person, circle)):
            answering.choose(by=seat(person, circle))
        if not open_ones.exists():
            world.asked(circle)
        with contextlib.suppress(Denied, Rating.DoesNotExist):  # the client of the circle said no
            world.answer(person, chance.randint(1, 5))
    elif act == "back" and open_ones.exists():
        answering.take_back(by=person, rating_id=open_ones.latest("created_at").pk)
    elif act == "revoke":
        answering.revoke(by=seat(person, circle))


def test_deleting_an_account_takes_its_answers_out_of_every_figure(world):
    from kring.care.home.leaving import part

    everybody_answers(world)
    releasing.release_all()
    part(by=Person.objects.get(pk=world.cast.sanne.pk))
    assert view(world) == []
    assert Rating.objects.get(rater=world.cast.sanne).hope is None


def test_erasing_a_circle_leaves_no_figure_with_its_answers(world):
    from kring.care.home.leaving import erase

    everybody_answers(world)
    releasing.release_all()
    erase(world.circles[1].pk)
    assert view(world) == []
    assert not Rating.objects.filter(circle=world.circles[1]).exists()


def test_figures_are_made_at_night_only(world):
    everybody_answers(world)
    day = timezone.localtime().replace(hour=12)
    with time_machine.travel(day, tick=False):
        assert releasing.release_at_night.func() == "not now"
    with time_machine.travel(day.replace(hour=3) + dt.timedelta(days=1), tick=False):
        assert releasing.release_at_night.func() == "1 figures"
