"""Two people change the same text at the same moment: every form that edits shows both texts and overwrites neither.

The forms are found in the pages of the routes table, so that a new one cannot be forgotten.
"""

from html.parser import HTMLParser

import pytest
from django.test import Client

from kring.care.circles import sharing
from kring.care.circles.topics import Topic
from tests.care import routes
from tests.care.test_routes import address

SAID = {"nl": "Iemand veranderde dit terwijl jij schreef", "en": "Somebody changed this while you were writing"}
SAID_OF_A_CLIENT = {"nl": "Een collega verplaatste deze cliënt", "en": "A colleague moved this client"}
WITHOUT_TEXT = {
    "circle_measures:edit": "days only: test_measures",
    "circle_measures:question": "one choice: test_the_page_shows_both_answers_and_keeps_what_was_chosen",
    "training:new_workshop": "makes one; its change is training:workshop",
}


class Forms(HTMLParser):
    """The forms of a page: what a browser would send, and which of it is free text."""

    def __init__(self, page):
        super().__init__()
        self.found, self.area, self.select = [], None, None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        of = dict(attrs)
        if tag == "form":
            self.found.append({"action": of.get("action"), "sent": {}, "texts": [], "radios": {}})
        elif tag == "input" and of.get("name"):
            self._input(of)
        elif tag == "textarea":
            self.area = of["name"]
            self._add(self.area, "", text=True)
        elif tag == "select":
            self.select = of.get("name")
        elif tag == "option" and self.select and "selected" in of:
            self._add(self.select, of.get("value", ""))

    def _input(self, of):
        kind = of.get("type", "text")
        if kind not in ("radio", "checkbox") or "checked" in of:
            self._add(of["name"], of.get("value", ""), text=kind == "text")
        elif kind == "radio" and self.found:
            self.found[-1]["radios"].setdefault(of["name"], [of["value"]])

    def _add(self, name, value, *, text=False):
        if self.found:
            self.found[-1]["sent"].setdefault(name, []).append(value)
            self.found[-1]["texts"] += [name] * text

    def handle_data(self, data):
        if self.area:
            self.found[-1]["sent"][self.area][0] += data

    def handle_endtag(self, tag):
        if tag in ("textarea", "select"):
            self.area = self.select = None


def edited(page):
    """The form of this page that carries the version it read. What is empty is filled: some of it must be."""
    form = next((form for form in Forms(page).found if "version" in form["sent"]), None)
    if form:
        form["sent"] = form["radios"] | form["sent"]
        form["sent"] |= {text: ["x"] for text in form["texts"] if not form["sent"][text][0].strip()}
    return form


def signed_in(cast, name, language):
    person, browser = cast.people[routes.PEOPLE[name]], Client()
    type(person).objects.filter(pk=person.pk).update(language=language)
    browser.force_login(person)
    return browser


def pages(cast):
    """Each page of the table that a person can open and that holds a form with a version: its name, who, where."""
    for name, route in routes.ROUTES.items():
        who = [one for one, code in route.answers.items() if code == 200 and routes.PEOPLE[one]]
        if who and route.method == "get":
            where = address(name, cast)
            got = signed_in(cast, who[0], "nl").get(where)
            if "html" in got.headers["Content-Type"] and edited(got.content.decode()):
                yield name


EDITING = sorted(
    [
        "board:call", "board:category", "board:scale", "circle_measures:factor", "circles:change_member",
        "circles:decisions", "circles:edit_tie", "circles:what_i_can", "meetings:change", "meetings:now", "plan:action",
        "plan:crisis_contacts", "plan:crisis_helps", "plan:crisis_phase", "plan:dream", "plan:goal", "practice:change",
        "practice:observe", "practice:went", "research:change", "training:readiness", "training:workshop",
    ]
)  # fmt: skip


@pytest.mark.slow
def test_no_form_that_edits_is_forgotten(cast):
    assert sorted(pages(cast)) == sorted([*EDITING, *WITHOUT_TEXT])


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("name", EDITING)
def test_both_texts_are_shown_and_neither_is_overwritten(name, language, cast):
    who = [one for one, code in routes.ROUTES[name].answers.items() if code == 200 and routes.PEOPLE[one]]
    other = who[-1] if name.startswith("board:") else who[0]  # elsewhere the same person, on another device
    page = late(address(name, cast), signed_in(cast, who[0], language), signed_in(cast, other, language))
    assert (SAID_OF_A_CLIENT if name == "board:scale" else SAID)[language] in page


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_talk_too(language, cast):
    sharing.share(by=cast.seat("noor"), topic=Topic.PEOPLE, member=cast.members["ruth"])
    where = f"/c/{cast.circle.pk}/talks/{cast.members['sanne'].pk}/"
    page = late(where, *(signed_in(cast, "regieondersteuner", language) for _device in range(2)))
    assert SAID[language] in page


def late(where, mine, theirs):
    """Both open the page; they save, then I do. What I then see, after which I save what we wrote together."""
    my_form, their_form = (edited(browser.get(where).content.decode()) for browser in (mine, theirs))
    there, text = my_form["action"] or where, my_form["texts"][0]
    assert theirs.post(there, their_form["sent"] | {text: ["Hun woorden"]}).status_code == 302
    got = mine.post(there, my_form["sent"] | {text: ["Mijn woorden"]})
    page, stored = got.content.decode(), theirs.get(where).content.decode()
    assert got.status_code == 200
    assert ("Hun woorden" in page, "Mijn woorden" in page) == (True, True)
    assert "Mijn woorden" not in stored
    again = mine.post(there, edited(page)["sent"] | {text: ["Samen geschreven"]})
    assert again.status_code == 302
    return page
