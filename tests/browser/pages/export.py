"""Pages of the export room. The readable file is no page: it is downloaded, and stands on its own."""

from tests.browser.pages import Visit


def _send_nothing(page):
    page.locator("main form button.main").first.click()


VISITS = [
    Visit("export/page.html", "/c/{circle}/data/"),
    Visit("export/page.html", "/c/{circle}/data/", who="sanne", state="of a member"),
    Visit("export/bring.html", "/bring/"),
    Visit("export/bring.html", "/bring/", state="with an error", do=_send_nothing),
]
