"""Noor's circle: a year of meetings, with her sister, a friend, her regieondersteuner and others."""

import uuid

from kring.care.circles import actions, sharing
from kring.care.circles.models import Tie
from kring.care.circles.topics import Task, Topic, Zone
from kring.care.demo.story import Story, in_days, on_day
from kring.care.meetings import actions as meeting_actions
from kring.care.people.models import Person, Team
from kring.care.plan import actions as plan_actions
from kring.care.plan import crisis


def tell(people: dict[str, Person], team: Team) -> None:
    with on_day(380):
        told = Story.begin(people["Noor"], team=team)
        _map(told)
    with on_day(372):
        _people(told, people)
    with on_day(360):
        goals = _plan(told)
        _crisis_plan(told)
        told.phase(3)
        told.decide(
            name="De tuin", place="Bij mij thuis, met thee", every_weeks=12, chair="Meestal ik",
            channel="Een appgroep, alleen om af te spreken",
        )  # fmt: skip
    _meetings(told, people, goals)
    _now(told, people)


def _map(told: Story) -> None:
    told.map(
        ("Sanne", "person", "close", "good"),
        ("Bram", "person", "close", "good"),
        ("Moeder", "person", "near", "mixed"),
        ("Pluis de kat", "pet", "close", "good"),
        ("De volkstuin", "place", "close", "good"),
        ("Tineke", "person", "near", "good"),
        ("Oma Bep", "missed", "near", "good"),
        ("Het koor van vroeger", "organisation", "far", "mixed"),
        ("Vader", "person", "far", "hard"),
        ("Ruth", "person", "near", "good"),
    )
    father = Tie.objects.get(circle=told.circle, name="Vader")
    sharing.set_reach(by=told.seat(), item=father, zone=Zone.MINE)


def _people(told: Story, people: dict[str, Person]) -> None:
    told.join(people["Sanne"], "mijn zus", shares="all")
    told.join(people["Bram"], "vriend van de volkstuin", shares="goals")
    told.join(people["Tineke"], "mijn tante", shares="meetings")
    told.join(people["Ruth"], "mijn regieondersteuner", "regieondersteuner", shares="all")
    told.join(people["Ximena"], "ervaringsdeskundige", "experience_expert", shares="goals")
    told.join(people["Amira"], "psychiater", "psychiatrist", shares="goals")
    sharing.share(by=told.seat(), topic=Topic.MAP, member=told.members["Sanne"])
    sharing.share(by=told.seat(), topic=Topic.CRISIS, member=told.members["Amira"])
    sanne = told.seat(people["Sanne"])
    actions.say_what_i_can(
        by=sanne, version=1, can_do="Bellen op zondag. Meegaan naar een gesprek.",
        cannot_do="Overdag onder werktijd langskomen.",
    )  # fmt: skip


def _plan(told: Story) -> dict[str, object]:
    singing = told.dream("Weer zingen, zonder bang te zijn dat iedereen kijkt.", domain="free", chime="identity")
    garden = told.dream("Werken met planten, en daar iets mee verdienen.", domain="work", chime="meaning")
    return {
        "choir": told.goal(
            "Eén keer naar de open repetitie van het koor.", dream=singing, with_whom="Tineke", domain="contact",
            noticed_by="Ik ben er tot de pauze gebleven.", chime="connectedness",
        ),
        "work": told.goal(
            "Op dinsdag en donderdag helpen bij de kwekerij.", dream=garden, with_whom="Bram", domain="work",
            noticed_by="Ik ben vier weken achter elkaar geweest.", chime="hope",
        ),
        "money": told.goal(
            "Weten wat ik elke week kan uitgeven.", with_whom="Sanne", domain="money",
            noticed_by="Aan het eind van de week is er nog tien euro.", chime="empowerment",
        ),
    }  # fmt: skip


def _crisis_plan(told: Story) -> None:
    crisis.write_plan(
        by=told.seat(),
        helps="Rustig praten. Naast me zitten, niet tegenover me. Pluis erbij. Buiten lopen.",
        not_helps="Veel vragen achter elkaar. Zeggen dat het wel meevalt.",
        card_note="Zit naast me en praat zacht. Bel Sanne.",
    )
    crisis.write_phase(
        by=told.seat(), colour="green", signs="Ik slaap. Ik eet met anderen. Ik ben in de tuin.",
        i_do="Elke dag naar buiten. Op tijd naar bed.", members_do="Gewoon doen, mee koffie drinken.",
        professionals_do="Ruth belt om de week.",
    )  # fmt: skip
    crisis.write_phase(
        by=told.seat(), colour="orange", signs="Ik zeg afspraken af. De gordijnen blijven dicht.",
        i_do="Sanne een bericht sturen. Radio aan, telefoon uit.", members_do="Langskomen zonder veel te vragen.",
        professionals_do="Ruth komt die week langs. We kijken samen naar de slaap.",
    )  # fmt: skip
    crisis.write_phase(
        by=told.seat(), colour="red", signs="Ik slaap niet meer. Ik denk dat mensen over me praten.",
        i_do="De deur opendoen voor Sanne of Ruth.", members_do="Sanne blijft slapen. Bram zorgt voor Pluis.",
        professionals_do="Amira belt dezelfde dag. Liever thuis dan opname.",
    )  # fmt: skip
    contacts = [
        {"name": "Sanne", "phone": "06 0000 0001", "when": "altijd"},
        {"name": "Ruth (FACT)", "phone": "06 0000 0002", "when": "op werkdagen"},
        {"name": "Huisartsenpost", "phone": "0800 0000", "when": "'s avonds en in het weekend"},
    ]
    crisis.set_contacts(by=told.seat(), contacts=contacts)


def _meetings(told: Story, people: dict[str, Person], goals: dict[str, object]) -> None:
    everyone = ["Sanne", "Bram", "Tineke", "Ruth", "Ximena"]
    told.met(
        340,
        {"welcome": "Iedereen vertelde hoe hij Noor kent. Er was appeltaart.",
         "goal": "Het koor is spannend. Tineke zingt er al. De kwekerij ligt naast de volkstuin."},
        {"goal": "Tineke gaat de eerste keer mee en wacht bij de deur.", "look": "Over twaalf weken weer."},
        everyone,
    )  # fmt: skip
    with on_day(340, hour=16):
        first = told.agree("Vragen wanneer de open repetitie is", "Tineke", goal=goals["choir"], due_in=14)  # type: ignore[arg-type]
        talk = told.agree("Met de baas van de kwekerij praten", "Bram", goal=goals["work"], due_in=21)  # type: ignore[arg-type]
    with on_day(320):
        plan_actions.mark_done(by=told.seat(people["Tineke"]), action=first)
        plan_actions.mark_done(by=told.seat(people["Bram"]), action=talk)
    with on_day(300):
        told.phase(5)
    told.met(
        255,
        {"last": "Het gesprek bij de kwekerij ging goed. Noor begint met één ochtend."},
        {"goal": "Eerst dinsdag. Donderdag komt later."},
        ["Sanne", "Bram", "Ruth"],
        chair="Sanne",
    )
    told.met(
        170,
        {"welcome": "Noor had een zware maand. Het oranje stuk van het plan heeft geholpen."},
        {"last": "Sanne belt voortaan op zondag én woensdag.", "look": "We hielden het kort. Dat was goed."},
        ["Sanne", "Tineke", "Ruth", "Amira"],
    )
    told.met(
        85,
        {"goal": "Noor bleef bij het koor tot de pauze. Daarna friet."},
        {"goal": "Nog een keer, en dan tot het eind."},
        everyone,
    )
    with on_day(84):
        plan_actions.mark_reached(by=told.seat(), wish=goals["choir"])  # type: ignore[arg-type]


def _now(told: Story, people: dict[str, Person]) -> None:
    with on_day(20):
        told.agree("Elke zondag en woensdag bellen", "Sanne")
        told.agree("Een lijstje maken van vaste kosten", "Sanne", due_in=30)
        told.agree("Donderdag ook naar de kwekerij", "Noor", due_in=25)
        told.hand("Ruth", [Task.MEETINGS], 60)
        meeting = meeting_actions.plan_meeting(
            by=told.seat(people["Ruth"]), id=uuid.uuid4(), starts_at=in_days(29, 14), place="Bij mij thuis, met thee"
        )
        meeting_actions.draft_agenda(by=told.seat(), meeting=meeting)
    with on_day(6):
        plan_actions.propose_action(
            by=told.seat(people["Ximena"]), id=uuid.uuid4(), text="Samen naar de open middag van de herstelacademie",
            owner=told.members["Ximena"],
        )  # fmt: skip
        meeting_actions.reply(by=told.seat(people["Sanne"]), meeting=meeting, answer="yes")
        meeting_actions.reply(by=told.seat(people["Bram"]), meeting=meeting, answer="maybe")
