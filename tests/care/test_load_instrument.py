"""`kring load-instrument`: one file, one command; all or nothing; the older text is kept."""

import json

import pytest
from django.core.management import CommandError, call_command

from kring.care.audit.models import Event
from kring.care.measures import texts
from kring.care.measures.instruments import Refused, load
from kring.care.measures.loading import load_text, whole
from kring.care.measures.models import LoadedInstrument
from kring.care.people.models import Organisation
from tests.care import cast as cast_module
from tests.care.instruments.texts import made_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def linde():
    return Organisation.objects.create(name="GGZ De Linde")


@pytest.fixture
def run(tmp_path, capsys):
    def command(document, organisation="GGZ De Linde", licence="Made up for a test"):
        file = tmp_path / "text.json"
        file.write_bytes(document if isinstance(document, bytes) else json.dumps(document).encode())
        call_command("load_instrument", str(file), organisation=organisation, licence=licence)
        return capsys.readouterr().out

    return command


def test_one_file_and_one_command_bring_the_words(linde, run):
    assert run(made_up("qpr-15")) == "qpr-15, version 2014, in nl: loaded for GGZ De Linde.\n"
    kept = LoadedInstrument.objects.get()
    assert (kept.organisation, kept.licence, kept.loaded_by) == (linde, "Made up for a test", None)
    definition = whole(kept).definition
    assert definition.items[14].text == {"nl": "Verzonnen vraag 15?"}
    assert definition.scales == load("qpr-15").scales


def test_what_was_loaded_is_asked_in_the_circles_of_that_organisation_as_the_file_says():
    cast = cast_module.build()
    document = made_up("raq-7") | {"description": "Denk aan je werk."}
    document["item"][6]["enableWhen"] = [{"question": "1", "operator": "=", "answerCoding": {"code": "c5"}}]
    group = {"linkId": "g", "type": "group", "text": "Over herstel", "item": document["item"]}
    assert texts.asking(cast.circle.pk, "raq-7", "nl") is None
    content = json.dumps(document | {"item": [group]}).encode()
    load_text(organisation=cast.organisation, content=content, licence="Made up for a test")
    asking = texts.asking(cast.circle.pk, "raq-7", "nl")
    assert asking.intro == "Denk aan je werk."
    assert [question.link_id for question in asking.asked({"1": 4})] == list("123456")
    last = asking.asked({"1": 5})[-1]
    assert (last.text, last.choices[0]) == ("Verzonnen vraag 7?", (1, "Keuze 1"))


def test_the_load_is_in_the_trail_without_its_content(linde, run):
    run(made_up("qpr-15"))
    event = Event.objects.get(thing="instrument")
    assert (event.verb, event.actor_name, event.fields) == ("added", "command line", ["resource", "licence"])


def test_a_newer_text_ends_the_older_one_and_keeps_it(linde, run):
    run(made_up("qpr-15"))
    run(made_up("qpr-15") | {"title": "Nieuwe titel"})
    old, new = LoadedInstrument.objects.order_by("loaded_at")
    assert (old.ended_at is None, new.ended_at is None) == (False, True)
    assert whole(old).definition.title != whole(new).definition.title


def test_other_organisations_and_instruments_stay_as_they_were(linde, run):
    Organisation.objects.create(name="De Iep")
    for code, name in [("qpr-15", "GGZ De Linde"), ("qpr-15", "De Iep"), ("raq-7", "De Iep")]:
        run(made_up(code), organisation=name)
    assert LoadedInstrument.objects.filter(ended_at=None).count() == 3


def test_every_fault_is_told_and_nothing_is_loaded(linde, run):
    document = made_up("qpr-15")
    del document["item"][3]
    document["item"][0]["text"] = ""
    document["item"][1]["type"] = "string"
    with pytest.raises(CommandError) as refused:
        run(document)
    assert "Questionnaire.item[0].text" in str(refused.value)
    document["item"][0]["text"] = "Vraag?"
    with pytest.raises(CommandError) as refused:
        run(document)
    words = str(refused.value)
    assert "needs the item '4'" in words
    assert "(linkId '2'): questions of type string cannot be asked" in words
    assert words.endswith("Nothing was loaded.")
    assert not LoadedInstrument.objects.exists()


@pytest.mark.parametrize("content", [b"", b"not json", b"\xff\xfe", b"[]"])
def test_a_file_of_something_else_is_refused(linde, run, content):
    with pytest.raises(CommandError, match="Nothing was loaded"):
        run(content)


def test_a_file_that_is_not_there_is_refused(linde):
    with pytest.raises(CommandError, match="No such file"):
        call_command("load_instrument", "/nowhere/x.json", organisation="GGZ De Linde", licence="x")


def test_an_unknown_organisation_is_refused_with_those_that_there_are(linde, run):
    with pytest.raises(CommandError, match=r"no organisations are named 'De Eik'.*There are: GGZ De Linde"):
        run(made_up("qpr-15"), organisation="De Eik")


@pytest.mark.parametrize("licence", ["", "   ", "x" * 2001])
def test_without_a_licence_nothing_is_loaded(linde, licence):
    with pytest.raises(Refused, match="by what right"):
        load_text(organisation=linde, content=json.dumps(made_up("qpr-15")).encode(), licence=licence)
    assert not LoadedInstrument.objects.exists()
