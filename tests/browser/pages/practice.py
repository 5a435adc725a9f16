"""Pages of practice and feedback."""

from tests.browser.pages import Visit
from tests.care.rows import practice as made


def _chosen(cast):
    made.an_answer(cast)


def _asked(cast):
    return {"rating": made.a_question(cast)}


def _lived(cast):
    """A world in which much happened: figures, feedback, observations, coaching."""
    from tests.care.practising import build, lived

    world = build(cast)
    lived(world)
    return {"practice": world.latest.pk, "enrolment": world.enrolment.pk, "cohort": world.cohort.pk}


def _held(cast):
    from tests.care.practising import build

    world = build(cast)
    practice = world.practice(cast.circle)
    return {"practice": practice.pk, "enrolment": world.enrolment.pk}


def _to_look(cast):
    from tests.care.practising import build

    world = build(cast)
    return {"practice": world.asked(cast.circle).pk, "cohort": world.cohort.pk}


def _planned(cast):
    from kring.care.training.models import Practice

    found = _held(cast)
    Practice.objects.update(held_on=None, went="")
    return found


def _save(page):
    page.locator("main form button.main").first.click()


def _download(page):
    page.get_by_role("button").last.click()


VISITS = [
    Visit("training/feedback.html", "/c/{circle}/feedback/", state="not chosen"),
    Visit("training/feedback.html", "/c/{circle}/feedback/", who="sanne", state="a member"),
    Visit("training/feedback.html", "/c/{circle}/feedback/", state="asked", prepare=_asked),
    Visit("training/feedback.html", "/c/{circle}/feedback/", state="answered", prepare=_chosen),
    Visit("training/question.html", "/c/{circle}/feedback/{rating}/", prepare=_asked),
    Visit("training/answers.html", "/training/answers/", state="empty"),
    Visit("training/answers.html", "/training/answers/", state="given", prepare=_chosen),
    Visit("training/practice_mine.html", "/training/practice/", who="ruth", state="empty", prepare=_planned),
    Visit("training/practice_mine.html", "/training/practice/", who="ruth", state="lived", prepare=_lived),
    Visit("training/practice_form.html", "/training/practice/in/{enrolment}/", who="ruth", prepare=_planned),
    Visit("training/practice_form.html", "/training/practice/in/{enrolment}/", who="ruth", state="with errors",
          prepare=_planned, do=_save),
    Visit("training/from_paper.html", "/training/practice/in/{enrolment}/paper/raq-7/before/", who="ruth",
          prepare=_planned),
    Visit("training/practice_went.html", "/training/practice/{practice}/went/", who="ruth", prepare=_planned),
    Visit("training/practice_ask.html", "/training/practice/{practice}/ask/", who="ruth", prepare=_held),
    Visit("training/practice.html", "/training/practice/{practice}/", who="ruth", state="planned", prepare=_planned),
    Visit("training/practice.html", "/training/practice/{practice}/", who="ruth", state="with feedback",
          prepare=_lived),
    Visit("training/observe_asked.html", "/training/observe/", who="ed", prepare=_lived),
    Visit("training/observe.html", "/training/observe/{practice}/", who="ed", prepare=_to_look),
    Visit("training/observe_look.html", "/training/observe/{practice}/look/", who="ed", prepare=_to_look),
    Visit("training/coaching.html", "/training/cohorts/{cohort}/coaching/", who="mia", prepare=_lived),
    Visit("training/seen.html", "/training/cohorts/{cohort}/seen/", who="ed", state="little", prepare=_to_look),
    Visit("training/seen.html", "/training/cohorts/{cohort}/seen/", who="ed", state="much", prepare=_lived),
    Visit("training/tables.html", "/training/tables/", who="rik", prepare=_to_look),
    Visit("training/table_too_few.html", "/training/tables/", who="rik", prepare=_to_look, do=_download),
    Visit("training/figures.html", "/training/figures/", who="lea", state="few"),
    Visit("training/figures.html", "/training/figures/", who="lea", state="much", prepare=_lived),
]  # fmt: skip
