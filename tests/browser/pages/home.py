"""The front door, the list of circles, and the home of a circle."""

import uuid

from django.core import signing

from kring.care.home import actions
from tests.browser.pages import Visit, board, measures
from tests.care.research import study


def _save(page):
    page.locator("main form button.main").first.click()


def _begun_for_olaf(cast):
    """What stands in the link of the letter to Olaf, who has an account."""
    id = uuid.uuid4()
    actions.start_with_client(by=cast.ruth, id=id, client_name="Jo", client_email="olaf@example.org")
    return {"ticket": signing.dumps([str(id), str(cast.olaf.pk)], salt=actions.SALT)}


def _much_waits(cast):
    """Questions, a study and an answer of the team, all at once."""
    study.opened(cast)
    measures.waiting(cast)
    return board.answered_sign(cast)


VISITS = [
    Visit("home/front.html", "/", who=None),
    Visit("home/start.html", "/"),
    Visit("home/start.html", "/", who="olaf", state="no circle"),
    Visit("outbox.html", "/demo/outbox/", state="of the demo", settings={"DEMO": True}),
    Visit("home/circle.html", "/c/{circle}/", state="of the client"),
    Visit("home/circle.html", "/c/{circle}/", state="with what waits", prepare=_much_waits),
    Visit("home/circle.html", "/c/{circle}/", who="sanne", state="of a member"),
    Visit("home/circle.html", "/c/{circle}/", who="bram", state="of somebody paused"),
    Visit("home/start.html", "/", who="ruth", state="of a regieondersteuner"),
    Visit("home/begin_with.html", "/begin/with/", who="ruth"),
    Visit("home/begin_with.html", "/begin/with/", who="ruth", state="with errors", do=_save),
    Visit("home/take.html", "/begin/take/{ticket}/", who="olaf", prepare=_begun_for_olaf),
    Visit("home/work.html", "/work/", who="ruth"),
    Visit("home/about_circle.html", "/about/circle/", who=None),
    Visit("home/about_privacy.html", "/about/privacy/", who=None),
    Visit("home/about_helping.html", "/about/helping/", who=None),
    Visit("home/leaving.html", "/me/delete/", who="sanne"),
    Visit("home/leaving.html", "/me/delete/", state="of a client"),
    Visit("home/leaving.html", "/me/delete/", who="ada", state="of the last administrator"),
]
