"""Who looked: the client reads the trail in sentences; nobody else does; no verb, page or part is without words."""

import ast
import datetime as dt
from pathlib import Path

import pytest
from django.utils import timezone, translation

from kring.care.audit.models import Event
from kring.care.circles import actions, log
from kring.care.circles.models import GlassBreak
from kring.care.circles.topics import Task, Topic

CARE = Path(log.__file__).parents[1]


def written(name, place, keyword):
    """Every text that stands in the code as argument `place` (or `keyword`) of calls of `name`."""
    for path in CARE.glob("*/**/*.py"):
        text = path.read_text()
        if path.is_relative_to(CARE / "people") or "AtCommandLine" in text or "care.training.trail import" in text:
            continue  # accounts, commands and trainings: their lines belong to no circle
        for call in ast.walk(ast.parse(text)):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == name:
                given = [call.args[place]] if len(call.args) > place else []
                given += [word.value for word in call.keywords if word.arg == keyword]
                yield from (text for node in given for text in _texts(node))


def _texts(node):
    if isinstance(node, ast.Subscript):
        node = ast.Tuple(node.value.values) if isinstance(node.value, ast.Dict) else node.value
    if isinstance(node, ast.IfExp):
        return [*_texts(node.body), *_texts(node.orelse)]
    return [one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)]


def test_every_verb_has_its_words():
    verbs = {*written("wrote", 1, "verb"), *written("record", 99, "verb"), *written("_set_outcome", 2, "verb")}
    assert len(verbs) > 25
    assert verbs - set(log.VERBS) == set()


def test_every_page_and_every_part_has_its_words():
    things = {*written("saw", 1, "page"), *written("wrote", 2, "topic"), *written("record", 99, "thing"), *Topic}
    assert len(things) > 25
    assert things - set(log.THINGS) == set()


def page(client, cast, query="", language="nl"):
    type(cast.noor).objects.filter(pk=cast.noor.pk).update(language=language)
    client.force_login(type(cast.noor).objects.get(pk=cast.noor.pk))
    return client.get(f"/c/{cast.circle.pk}/log/{query}")


def look(client, person, cast, where):
    client.force_login(person)
    return client.get(f"/c/{cast.circle.pk}/{where}")


@pytest.mark.django_db
def test_the_client_reads_who_looked_and_why(client, cast):
    look(client, cast.sanne, cast, "plan/")
    found = page(client, cast).content.decode()
    assert "Sanne keek naar je dromen en doelen, omdat jij dit deelt." in found
    english = page(client, cast, language="en").content.decode()
    assert "Sanne looked at your dreams and goals, because you share this." in english


@pytest.mark.django_db
def test_what_was_handed_on_and_emergencies_say_so(client, cast):
    until = timezone.localdate() + dt.timedelta(days=9)
    actions.hand_over(by=cast.seat("noor"), member=cast.members["ruth"], task=Task.MAP, until=until)
    look(client, cast.ruth, cast, "map/")
    ends = timezone.now() + dt.timedelta(minutes=30)
    GlassBreak.objects.create(circle=cast.circle, person=cast.eva, reason="geen gehoor", ends_at=ends)
    look(client, cast.eva, cast, "card/")
    found = page(client, cast).content.decode()
    assert "Je regieondersteuner Ruth keek naar je kaart met mensen, omdat jij dit uit handen gaf." in found
    assert "<strong>Toegang in nood: Eva keek naar je crisiskaart, in nood.</strong>" in found
    assert f'<option value="{cast.eva.pk}">Eva</option>' in found


@pytest.mark.django_db
def test_own_steps_and_previews_are_shown_on_request(client, cast):
    client.force_login(cast.noor)
    client.post(f"/c/{cast.circle.pk}/preview/{cast.members['sanne'].pk}/")
    client.get(f"/c/{cast.circle.pk}/map/")
    client.post(f"/c/{cast.circle.pk}/preview/stop/")
    assert "Jij keek naar" not in page(client, cast).content.decode()
    everything = page(client, cast, "?who=all").content.decode()
    assert "Jij keek naar je kaart met mensen, zoals een van je mensen het ziet." in everything


@pytest.mark.django_db
def test_one_person_can_be_chosen_and_repeats_are_said_once(client, cast):
    for _time in range(3):
        look(client, cast.sanne, cast, "plan/")
    look(client, cast.ruth, cast, "together/")
    found = page(client, cast, f"?who={cast.sanne.pk}").content.decode()
    assert found.count("Sanne keek naar je dromen en doelen") == 1
    assert "3 keer" in found
    assert "Ruth keek" not in found


@pytest.mark.django_db
def test_the_log_goes_on_page_by_page(client, cast, monkeypatch):
    monkeypatch.setattr(log, "PAGE", 4)
    seen, query = [], "?who=all"
    for _page in range(40):
        response = page(client, cast, query)
        seen.append(response.content.decode())
        if "Eerder" not in seen[-1]:
            break
        query = seen[-1].split('class="button" href="')[1].split('"')[0].replace("&amp;", "&")
    assert "Jij begon je kring." in seen[-1]
    assert len(seen) > 3


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["?who=nobody", "?before=x", "?who=1' OR 1=1"])
def test_an_address_that_was_tampered_with_does_not_exist(client, cast, query):
    assert page(client, cast, query).status_code == 404


@pytest.mark.django_db
def test_everything_that_the_cast_did_can_be_told_in_both_languages(cast):
    for language in ("nl", "en"):
        with translation.override(language):
            for event in Event.objects.filter(circle_id=cast.circle.pk):
                assert log.sentence(event, cast.noor.pk).endswith(".")
