"""Practice, observation, coaching: whose it is, who sees it when, and figures that are never about one person."""

import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from kring.care.circles import actions
from kring.care.circles.models import Grant
from kring.care.people.models import Person, Post
from kring.care.stored import Denied
from kring.care.training import figures, observing, practice_policy, practising
from kring.care.training.levels import Level, Measured, Source
from kring.care.training.models import Coached, Enrolment, FeedbackNote, Observation, Practice, StaffScore
from tests.care.practising import build, lived

pytestmark = pytest.mark.django_db
MARKS = {"i1": 2, "i2": 1, "i3": 0, "i4": None}


@pytest.fixture
def world(cast):
    return build(cast)


def look(world, by, practice, marks=MARKS):
    return observing.observe(by=by, practice=practice, form=world.form, marks=marks, minutes=30, client_agreed=True)


def note(by, practice, **content):
    content = {"saw": "Je wachtte.", "goal": "Tel tot vijf.", "tone": "balanced"} | content
    return observing.give_back(by=by, practice=practice, version=1, **content)


def test_a_practice_is_the_learners_alone_until_they_ask(world):
    practice = world.practice(world.circles[0])
    assert not practice_policy.asked_practices(world.coach).exists()
    practising.ask(by=world.learner, practice=practice, client_there=True)
    for lead in (world.coach, world.expert):
        assert practice_policy.asked_practices(lead).get() == practice
    for other in (world.cast.lea, world.cast.ada, world.cast.tess, world.cast.noor, world.learner):
        assert not practice_policy.asked_practices(other).exists()


def test_who_leads_the_learners_team_never_sees_their_practice(world):
    world.asked(world.circles[0])
    Post.objects.create(
        person=world.coach, organisation=world.cast.organisation, team=world.cast.team, role="team_lead"
    )
    assert not practice_policy.asked_practices(world.coach).exists()


def test_double_submission_counts_once(world):
    plan = {"behaviour": "Vragen", "chime": "hope", "planned_on": timezone.localdate()}
    one = uuid.uuid4()
    made = [
        practising.plan(by=world.learner, id=one, enrolment=world.enrolment, circle=world.circles[0], **plan)
        for _click in range(2)
    ]
    assert made[0] == made[1]
    practice = world.asked(world.circles[0])
    assert look(world, world.coach, practice) == look(world, world.coach, practice, {"i1": 0})
    assert Observation.objects.get().marks == MARKS
    assert note(world.coach, practice) == note(world.coach, practice)
    contact = uuid.uuid4()
    for _click in range(2):
        observing.coach(by=world.coach, id=contact, cohort=world.cohort, learners=[world.enrolment])
    assert Coached.objects.count() == 1


def test_two_observers_look_independently(world):
    practice = world.asked(world.circles[0])
    look(world, world.coach, practice)
    assert not practice_policy.observations_seen_by(world.expert, practice).exists()
    look(world, world.expert, practice)
    assert practice_policy.observations_seen_by(world.expert, practice).count() == 2
    assert practice_policy.observations_seen_by(world.learner, practice).count() == 2


def test_what_had_no_occasion_does_not_count(world):
    assert look(world, world.coach, world.asked(world.circles[0])).share == 50
    assert observing.share_seen({"i1": None}) is None


def test_without_a_yes_of_the_client_nobody_observes(world):
    practice = world.asked(world.circles[0])
    with pytest.raises(Denied):
        observing.observe(
            by=world.coach, practice=practice, form=world.form, marks=MARKS, minutes=30, client_agreed=False
        )


def test_nobody_observes_or_advises_themselves_not_even_past_the_policy(world):
    practice, me = world.asked(world.circles[0]), world.learner
    with pytest.raises(Denied):
        look(world, me, practice)
    row = {"practice": practice, "learner": me, "source": "coach"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Observation.objects.create(**row, observer=me, form=world.form, client_agreed=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        FeedbackNote.objects.create(**row, by=me, tone="balanced")


def test_behaviour_is_never_measured_by_self_rating():
    with pytest.raises(ValueError, match="never rated by people themselves"):
        Measured("own", Level.BEHAVIOUR, Source.SELF, 1, 5, "", "")


def test_a_practice_is_about_a_step_or_a_process(world):
    with pytest.raises(IntegrityError), transaction.atomic():
        Practice.objects.create(enrolment=world.enrolment, behaviour="x", planned_on=timezone.localdate())


def test_pages_of_a_learner_from_plan_to_feedback(world, client):
    client.force_login(world.learner)
    today = timezone.localdate().isoformat()
    where = client.get(f"/training/practice/in/{world.enrolment.pk}/").headers["Location"]
    form = {"new_id": where.rpartition("=")[2], "circle": world.circles[0].pk, "behaviour": "Eerst vragen"}
    assert "Kies een stap" in client.post(where, form | {"planned_on": today}).content.decode()
    page = client.post(where, form | {"planned_on": today, "phase": "3"}).headers["Location"]
    assert client.post(where, form | {"planned_on": today, "phase": "3"}).headers["Location"] == page
    client.post(f"{page}went/", {"version": "1", "held_on": today, "went": "Ik vroeg het."})
    client.post(f"{page}ask/", {"client_there": "on"})
    practice = Practice.objects.get()
    assert practice.asked_at
    note(world.expert, practice, saw="Je liet een stilte vallen.")
    assert "Je liet een stilte vallen." in client.get(page).content.decode()
    assert client.post(f"{page}change/", {}).status_code == 404


def test_the_page_says_the_same_whether_or_not_anybody_was_asked(world, client):
    """A learner cannot find out who chose to be asked."""
    client.force_login(world.learner)
    shown = []
    for chosen in (False, True):
        if chosen:
            world.choose()
        practice = world.asked(world.circles[0], behaviour="Hetzelfde")
        page = client.get(f"/training/practice/{practice.pk}/").content.decode()
        shown.append(page.replace(str(practice.pk), ""))
    assert shown[0].split("</head>")[1] == shown[1].split("</head>")[1]


def test_a_learner_chooses_family_only_from_whom_they_see(world):
    practice = world.practice(world.circles[0])
    names = [member.name for member in practising.could_be_there(world.learner, practice)]
    assert names == ["Bram", "Sanne"]  # that Bram is paused does not show; he would not be asked
    Grant.objects.filter(topic="people").update(revoked_at=timezone.now())
    assert practising.could_be_there(world.learner, practice) == []


def test_observers_agree_is_said_from_five_contacts_on(world):
    for number in range(4):
        practice = world.asked(world.circles[number % 4])
        look(world, world.coach, practice)
        look(world, world.expert, practice)
    assert figures.agreement(world.cohort) is None
    lived(world)
    found = figures.agreement(world.cohort)
    assert found.contacts == 4 + 18 + 1
    assert found.score.low < found.score.value < found.score.high
    assert found.items["i4"] == 1


def test_what_came_after_feedback_is_shown_of_five_learners_or_more(world):
    lived(world, learners=4)
    assert {change for _what, _which, change in figures.after_feedback(world.cohort)} == {None}


def test_what_came_after_feedback_is_told_by_source_tone_and_timing(world):
    lived(world)
    told = {(what, which): change for what, which, change in figures.after_feedback(world.cohort)}
    assert told["source", "experience_expert"] > 0
    assert told["timing", "soon"] > 0
    assert told["tone", "balanced"] is None  # of two learners only


def test_the_hours_of_the_experience_expert_stand_in_the_schedule(world):
    practice = world.asked(world.circles[0])
    look(world, world.expert, practice)
    observing.coach(by=world.expert, id=uuid.uuid4(), cohort=world.cohort, learners=[world.enrolment], minutes=45)
    (hours,) = figures.expert_hours(world.cohort)
    assert (hours.person, hours.agreed, hours.worked) == (world.expert, 12, 1.25)


@pytest.mark.parametrize(
    ("n", "of", "shown"), [(6, 12, 6), (0, 12, 0), (12, 12, 12), (3, 12, None), (9, 12, None), (2, 4, None)]
)
def test_small_groups_and_their_complements_are_hidden(n, of, shown):
    assert figures.shown_count(n, of) == shown


def team(world, today=None):
    return figures.of_team(world.cast.team, today)


def test_a_team_of_few_shows_nothing(world):
    found = team(world)
    assert (found.staff, found.learning, found.left, found.dose) == (None, None, None, None)
    assert {share for _months, share in found.fidelity} == {None}


def test_a_team_shows_dose_and_fidelity_at_its_moments(world):
    lived(world)
    found = team(world)
    assert found.staff == 6  # Tom and Ruth came this month
    assert found.dose.practices == 3
    fidelity = dict(found.fidelity)
    assert fidelity[0] < fidelity[3] < fidelity[6]
    assert fidelity[12] is None


def test_a_figure_of_a_team_stands_still_within_a_month(world):
    lived(world)
    last = timezone.localdate().replace(day=1) + dt.timedelta(days=27)
    before = team(world, last.replace(day=1))
    observing.coach(
        by=world.coach, id=uuid.uuid4(), cohort=world.cohort, held_on=last,
        learners=list(Enrolment.objects.filter(cohort=world.cohort)),
    )  # fmt: skip
    assert team(world, last).dose == before.dose


def test_a_team_lead_sees_one_persons_dose_only_with_their_yes(world):
    lived(world)
    learners = list(Enrolment.objects.filter(cohort=world.cohort, person__name__startswith="Collega"))
    assert team(world).named == []
    one = learners[0]
    practising.set_choice(by=one.person, enrolment=one, to="lead", agree=True)
    assert [name for name, _dose in team(world).named] == [one.person.name]
    assert team(world).dose  # the five others are still enough
    two = learners[1]
    practising.set_choice(by=two.person, enrolment=two, to="lead", agree=True)
    assert team(world).dose is None  # or the mean would tell of four
    practising.set_choice(by=one.person, enrolment=one, to="lead", agree=False)
    assert [name for name, _dose in team(world).named] == [two.person.name]


def test_no_page_of_leads_and_administrators_shows_an_answer(world, client):
    from kring.care.training import releasing

    world.choose()
    for circle in world.circles:
        world.asked(circle)
    for person in (world.coach, world.expert, world.cast.lea, world.cast.ada):
        client.force_login(person)
        pages = ("/training/observe/", f"/training/cohorts/{world.cohort.pk}/seen/", "/training/figures/")
        before = [client.get(page).content for page in pages]
        for rater, _circle in world.raters:
            world.answer(rater, 5)
        releasing.release_all()
        assert [client.get(page).content for page in pages] == before


def test_leaving_a_circle_leaves_the_practice_and_forgets_where_it_was(world, client):
    practice = world.practice(world.circles[0])
    seat = world.cast.seat("ruth")
    actions.leave(by=seat)
    client.force_login(world.learner)
    assert client.get(f"/training/practice/{practice.pk}/").status_code == 200
    assert practising.could_be_there(world.learner, practice) == []
    assert Person.objects.filter(pk=world.learner.pk).exists()


def test_a_published_questionnaire_is_scored_by_its_definition_and_sent_twice_counts_once(world, client):
    answers = {str(number): 4 for number in range(1, 8)}
    for _click in range(2):
        practising.fill_in(
            by=world.learner, enrolment=world.enrolment, instrument="raq-7", moment="before", answers=answers
        )
    assert StaffScore.objects.get().scores == {"total": 28}
    client.force_login(world.learner)
    page = client.get(f"/training/practice/in/{world.enrolment.pk}/paper/raq-7/before/").content.decode()
    assert page.count('value="4" selected') == 7, "it opens with what was filled in"
    with pytest.raises(Denied):
        practising.fill_in(by=world.learner, enrolment=world.enrolment, instrument="honos", moment="before", answers={})
