"""The other circles of the town, each at another point of the road."""

import uuid

from kring.care.circles import actions, invitations, sharing
from kring.care.circles.models import Grant
from kring.care.circles.topics import Topic
from kring.care.demo.story import EVERY_TASK, Story, in_days, on_day
from kring.care.meetings import actions as meeting_actions
from kring.care.people.models import Person, Team
from kring.care.plan import actions as plan_actions
from kring.care.plan import crisis

People = dict[str, Person]


def jamal(people: People, team: Team) -> None:
    """The first day: a map of two."""
    with on_day(0, hour=9):
        told = Story.begin(people["Jamal"], team=team)
        told.map(("Mijn broer Yassin", "person", "close", "good"), ("Het voetbalveld", "place", "near", "good"))


def wil(people: People, team: Team) -> None:
    """A circle on paper: Wil has no account, Kees types what Wil decides."""
    with on_day(210):
        told = Story.begin(people["Wil"], by=people["Kees"], team=team, on_paper=True)
        told.hand("Kees", EVERY_TASK, 365)
        told.writer = people["Kees"]
        told.map(
            ("Buurvrouw Annie", "person", "close", "good"),
            ("De biljartclub", "organisation", "near", "good"),
            ("Mijn vrouw Corrie", "missed", "close", "good"),
        )
        told.on_paper("Annie Vos", "buurvrouw")
        told.on_paper("Gerrit van de club", "biljartmaat")
        goal = told.goal("Elke woensdag biljarten.", with_whom="Gerrit", domain="free", chime="connectedness")
        told.decide(name="Wils mensen", place="Het buurthuis", every_weeks=13, channel="Kees belt rond")
        told.phase(5)
    told.met(
        150,
        {"welcome": "Wil wilde het kort houden, met koffie.", "goal": "Gerrit haalt hem op."},
        {"goal": "Gerrit haalt Wil woensdag om half twee op."},
        ["Kees", "Annie", "Gerrit"],
        chair="Kees",
    )
    with on_day(150, hour=16):
        told.agree("Wil ophalen op woensdag", "Gerrit", goal=goal)
    told.met(
        58, {"last": "Drie van de vier keer gelukt."}, {"look": "In het voorjaar weer."}, ["Kees", "Annie", "Gerrit"]
    )


def thomas(people: People, team: Team) -> None:
    """Reorientation: who is in the group, and why?"""
    with on_day(330):
        told = Story.begin(people["Thomas"], team=team)
        told.map(("Ximena", "person", "near", "good"), ("Schaakclub", "organisation", "close", "good"))
        told.join(people["Ruth"], "regieondersteuner", "regieondersteuner", shares="goals")
        told.join(people["Pieter"], "maatschappelijk werker", "professional", shares="goals")
        told.join(people["Olaf"], "oude schoolvriend", shares="goals")
        told.dream("Een eigen sleutel van een eigen huis.", domain="home", chime="hope")
        done = told.goal("Inschrijven voor een woning.", with_whom="Pieter", domain="home")
        told.decide(name="Schaakmat", place="De bibliotheek", every_weeks=10, channel="Mail")
        told.phase(5)
    told.met(
        290, {"goal": "Pieter kent de regels."}, {"goal": "Pieter en Thomas vullen het samen in."},
        ["Ruth", "Pieter", "Olaf"],
    )  # fmt: skip
    told.met(
        200, {"last": "De inschrijving is rond."}, {"look": "We vieren het met taart."}, ["Ruth", "Pieter", "Olaf"]
    )
    with on_day(199):
        plan_actions.mark_reached(by=told.seat(), wish=done)
    told.met(95, {"look": "Thomas wil minder hulpverleners en meer schakers."}, {}, ["Ruth", "Olaf"])
    with on_day(12):
        told.phase(6)
        told.name("Roos van de schaakclub", "schaakt op donderdag")


def fatma(people: People, team: Team) -> None:
    """After the end of care: the circle is Fatma's and goes on without the team."""
    with on_day(400):
        told = Story.begin(people["Fatma"], team=team)
        told.join(people["Murat"], "mijn man", shares="all")
        told.join(people["Kees"], "regieondersteuner", "regieondersteuner", shares="goals")
        told.join(people["Ruth"], "vriendin van de wandelgroep", shares="meetings")
        told.goal("Nederlandse les afmaken.", with_whom="Murat", domain="work", chime="empowerment")
        told.decide(name="Onze keuken", place="Bij ons aan tafel", every_weeks=12, channel="Telefoon")
        told.phase(5)
    told.met(360, {"welcome": "Iedereen at mee."}, {"goal": "Murat past dinsdag op de kinderen."}, ["Murat", "Kees"])
    told.met(270, {"last": "De les loopt."}, {}, ["Murat", "Kees", "Ruth"])
    with on_day(180):
        actions.remove_member(by=told.seat(), member=told.members["Kees"])
        told.circle.team = None
        told.circle.save(update_fields=["team"])
    told.met(90, {"look": "Zonder zorg erbij. Het voelt goed."}, {}, ["Murat", "Ruth"], chair="Murat")


def joris(people: People, team: Team) -> None:
    """Joris shared his crisis plan with his brother and took it back."""
    with on_day(160):
        told = Story.begin(people["Joris"], team=team)
        told.join(people["Daan"], "mijn broer", shares="all")
        told.join(people["Ruth"], "regieondersteuner", "regieondersteuner", shares="all")
        told.dream("Mijn rijbewijs halen.", domain="daily", chime="empowerment")
        crisis.write_plan(by=told.seat(), helps="Met rust laten, wel in huis blijven.", card_note="Bel Ruth.")
        told.decide(name="Koers", place="Bij Daan", every_weeks=12, channel="Appgroep")
        told.phase(5)
    told.met(120, {"welcome": "Joris leidde zelf."}, {"look": "Volgende keer bij Joris thuis."}, ["Daan", "Ruth"])
    with on_day(30):
        grant = Grant.objects.get(to_member=told.members["Daan"], topic=Topic.CRISIS, revoked_at=None)
        sharing.revoke(by=told.seat(), grant=grant)


def elise(people: People, team: Team) -> None:
    """Investment: the talks are being held; one said yes, one said not now, one has not answered."""
    with on_day(40):
        told = Story.begin(people["Elise"], by=people["Ruth"], team=team)
        told.map(("Nadia", "person", "close", "good"), ("Mijn zoon", "person", "close", "mixed"))
        told.join(people["Nadia"], "collega van vroeger", shares="goals")
        told.phase(2)
    with on_day(33):
        letter, _secret = told.letter(told.name("Karin Blom", "schoonzus"), sharing.NARROWEST)
        invitations.decline(letter=letter)
        told.letter(told.name("Sem Blom", "mijn zoon"), sharing.NARROWEST)
    with on_day(25):
        told.dream("Weer voor een klas staan, al is het maar één uur.", domain="work", chime="identity")


def henk(people: People, team: Team) -> None:
    """Planning: a poll for the first date is open."""
    with on_day(70):
        told = Story.begin(people["Henk"], team=team)
        told.join(people["Greet"], "mijn vrouw", shares="goals")
        told.join(people["Kees"], "regieondersteuner", "regieondersteuner", shares="goals")
        told.goal("Twee keer in de week zelf koken.", with_whom="Greet", domain="daily", chime="meaning")
        told.phase(3)
        told.decide(name="De werkplaats", place="In de schuur", every_weeks=12, channel="Telefoon")
    with on_day(3):
        meeting = meeting_actions.plan_meeting(
            by=told.seat(), id=uuid.uuid4(), place="In de schuur", options=[in_days(days, 19) for days in (10, 12, 17)]
        )
        meeting_actions.draft_agenda(by=told.seat(), meeting=meeting)
        first = meeting.options.earliest("starts_at")
        meeting_actions.answer_date(by=told.seat(people["Greet"]), option=first, answer="yes")


def mees(people: People, team: Team) -> None:
    """The first meeting was last week; his mother chaired."""
    with on_day(80):
        told = Story.begin(people["Mees"], team=team)
        told.join(people["Iris"], "mijn moeder", shares="goals")
        told.join(people["Ruth"], "regieondersteuner", "regieondersteuner", shares="goals")
        goal = told.goal("Een uur per dag zonder game, buiten.", with_whom="Iris", domain="health", chime="hope")
        told.decide(name="Level 2", place="Het park", every_weeks=8, channel="Discord")
        told.phase(4)
    told.met(
        7,
        {"welcome": "Het was eerst stil. Daarna niet meer.", "goal": "De hond van de buren mag mee."},
        {"goal": "Mees laat elke dag de hond van de buren uit."},
        ["Iris", "Ruth"],
        chair="Iris",
    )
    with on_day(7, hour=16):
        told.agree("De buren vragen of het goed is", "Iris", goal=goal, due_in=7)


def bram(people: People, team: Team) -> None:
    """Bram is a friend in Noor's circle and the client of his own, without any care team."""
    with on_day(110):
        told = Story.begin(people["Bram"])
        told.join(people["Noor"], "vriendin van de volkstuin", shares="goals")
        told.join(people["Ximena"], "ervaringsdeskundige", "experience_expert", shares="meetings")
        told.goal("Een pompoen van twintig kilo.", with_whom="Noor", domain="free", chime="hope")
        told.decide(name="De moestuin", place="Tuin 14", every_weeks=8, channel="Over de heg")
        told.phase(5)
    told.met(40, {"goal": "Hij weegt nu negen kilo."}, {"look": "Bij regen in de kas."}, ["Noor", "Ximena"])


def lotte(people: People, team: Team) -> None:
    """A circle that has a pause."""
    with on_day(140):
        told = Story.begin(people["Lotte"], team=team)
        told.join(people["Kees"], "regieondersteuner", "regieondersteuner", shares="goals")
        told.dream("Een jaar lang in hetzelfde huis wonen.", domain="home")
    with on_day(15):
        actions.set_circle_state(by=told.seat(), state="paused")


ALL = (jamal, wil, thomas, fatma, joris, elise, henk, mees, bram, lotte)
