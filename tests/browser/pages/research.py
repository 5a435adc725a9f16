"""Pages of the room research."""

import tempfile
import uuid
from pathlib import Path

from kring.care import jobs
from kring.care.circles import actions as circle_actions
from kring.care.people.models import Person
from kring.care.research import actions
from kring.care.research.models import Export
from tests.browser.pages import Visit
from tests.care.research import study


def save(page):
    page.locator("main form button.main").first.click()


def drafted(cast):
    edition = study.drafted(cast)
    actions.offer(by=cast.rik, edition=edition)
    return {"study": edition.study_id}


def opened(cast):
    edition = study.opened(cast)
    return {"study": edition.study_id, "edition": edition.pk}


def answered(cast):
    edition = study.opened(cast)
    actions.answer(by=cast.seat("noor"), edition=edition, yes=True)
    return {"edition": edition.pk}


def on_paper(cast):
    """Wil takes part on paper, and Ruth writes down what he says."""
    wil = Person.objects.create_user(name="Wil")
    circle = circle_actions.start_circle(by=cast.ruth, client=wil, team=cast.team, on_paper=True)
    return opened(cast) | {"paper": circle.pk}


def made(cast):
    """A table that waits to be taken."""
    edition = study.opened(cast, columns=["day", "language"])
    study.registry(cast, edition)
    return {"table": study.table(cast, edition).pk}


def with_somebody_to_delete(cast):
    """It was taken, and since then one client took their yes back."""
    found = made(cast)
    export = Export.objects.get(pk=found["table"])
    actions.take(by=cast.rik, export=export)
    first = export.included.order_by("place").first()
    export.edition.consents.filter(circle_id=first.circle_id).update(revoked_at=export.created_at)
    return found


def running(cast):
    edition = study.opened(cast)
    return {"table": actions.start_export(by=cast.rik, edition=edition, id=uuid.uuid4()).pk}


def too_few(cast):
    found = running(cast)
    jobs.run_due()
    return found


OUT = {"STATE": Path(tempfile.gettempdir()) / "kring-tests-research"}
"""Tables of tests wait outside the house."""

CLIENT, TABLE = "/c/{circle}/research/", "/research/tables/{table}/"
VISITS = [
    Visit("research/asked.html", CLIENT),
    Visit("research/asked.html", CLIENT, state="with a study", prepare=opened),
    Visit("research/question.html", CLIENT + "{edition}/", prepare=opened),
    Visit("research/question.html", CLIENT + "{edition}/", state="after a yes", prepare=answered),
    Visit("research/question.html", "/c/{paper}/research/{edition}/", who="ruth", state="on paper", prepare=on_paper),
    Visit("research/question.html", "/c/{paper}/research/{edition}/", who="ruth", state="on paper, with an error",
          prepare=on_paper, do=lambda page: page.locator("button[value=yes]").click()),
    Visit("research/studies.html", "/research/", who="rik", prepare=opened),
    Visit("research/form.html", "/research/{study}/change/", who="rik", prepare=drafted),
    Visit("research/form.html", "/research/{study}/change/", who="rik", state="with an error", prepare=drafted,
          do=lambda page: (page.locator("#id_title_nl").fill(""), save(page))),
    Visit("research/study.html", "/research/{study}/", who="rik", prepare=opened),
    Visit("research/study.html", "/research/{study}/", who="ada", state="to be opened", prepare=drafted),
    Visit("research/table.html", TABLE, who="rik", prepare=made, settings=OUT),
    Visit("research/table.html", TABLE, who="rik", state="being made", prepare=running, settings=OUT),
    Visit("research/table.html", TABLE, who="rik", state="too few", prepare=too_few, settings=OUT),
    Visit("research/table.html", TABLE, who="rik", state="somebody to delete",
          prepare=with_somebody_to_delete, settings=OUT),
]  # fmt: skip
