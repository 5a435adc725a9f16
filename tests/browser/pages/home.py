"""The front door, the list of circles, and the home of a circle."""

from tests.browser.pages import Visit


def _save(page):
    page.locator("main form button.main").first.click()


VISITS = [
    Visit("home/front.html", "/", who=None),
    Visit("home/start.html", "/"),
    Visit("home/start.html", "/", who="olaf", state="no circle"),
    Visit("outbox.html", "/demo/outbox/", state="of the demo", settings={"DEMO": True}),
    Visit("home/circle.html", "/c/{circle}/", state="of the client"),
    Visit("home/circle.html", "/c/{circle}/", who="sanne", state="of a member"),
    Visit("home/circle.html", "/c/{circle}/", who="bram", state="of somebody paused"),
    Visit("home/start.html", "/", who="ruth", state="of a regieondersteuner"),
    Visit("home/begin_with.html", "/begin/with/", who="ruth"),
    Visit("home/begin_with.html", "/begin/with/", who="ruth", state="with errors", do=_save),
    Visit("home/work.html", "/work/", who="ruth"),
    Visit("home/team.html", "/team/", who="lea"),
    Visit("home/about_circle.html", "/about/circle/", who=None),
    Visit("home/about_privacy.html", "/about/privacy/", who=None),
    Visit("home/about_helping.html", "/about/helping/", who=None),
    Visit("home/leaving.html", "/me/delete/", who="sanne"),
    Visit("home/leaving.html", "/me/delete/", state="of a client"),
]
