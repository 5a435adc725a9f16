"""The other circles of the team, told briefly: enough of them, for long enough, that its figures may be shown.

No door of the demo opens on these circles; their people take part on paper. Anouk supports them all.
"""

import dataclasses
import datetime as dt
import uuid

from django.utils import timezone

from kring.care.board import release
from kring.care.circles import interviews, sharing
from kring.care.circles.models import Member
from kring.care.circles.topics import Topic
from kring.care.demo.story import Story, on_day
from kring.care.meetings import actions as meeting_actions
from kring.care.meetings import holding
from kring.care.people.models import Person, Team
from kring.care.plan import actions as plan_actions
from kring.care.plan.models import Goal


@dataclasses.dataclass(frozen=True)
class Told:
    """A circle in one line: when it began, on which days it met (days ago), who is in it, and what they do."""

    client: str
    name: str
    began: int
    met: tuple[int, ...]
    people: tuple[str, ...]  # 'who, relation'
    goal: str
    action: str
    led_by: str = ""  # who leads at first; later the client does
    psychiatrist_came: int = 0  # days ago
    talked: int = 9  # with how many of the people there was a talk before the first meeting


CIRCLES = (
    Told("Bea Kok", "De breiclub", 520, (452, 355, 262, 170, 81), ("Jannie Kok, moeder", "Toos, buurvrouw"),
         "Een sjaal afmaken voor mijn nichtje.", "Samen wol kopen op de markt", "Jannie", 262),
    Told("Arjan de Vries", "Spoor 2", 515, (438, 340, 245, 150, 55), ("Peter de Vries, broer", "Ronald, collega"),
         "Eén ochtend per week in het treinenmuseum werken.", "Vragen of dinsdag nog vrij is", "Peter", 150),
    Told("Hatice Demir", "Rond de tafel", 508, (447, 352, 255, 160, 66), ("Emine Demir, zus", "Leyla, dochter"),
         "Weer zelf koken als de kinderen komen.", "Leyla neemt de pannen mee", "Emine", 447),
    Told("Gerard Pol", "Windkracht 4", 500, (421, 330, 215, 98), ("Anja Pol, vrouw", "Klaas, oude schipper"),
         "In het voorjaar een dag zeilen.", "Klaas belt de haven", "Anja", 215, talked=1),
    Told("Mirjam Levi", "Het atelier", 495, (430, 338, 246, 152, 60), ("Ruben Levi, zoon", "Ineke, vriendin"),
         "Een schilderij ophangen in het buurthuis.", "De lijst ophalen", "", 338),
    Told("Sjoerd Bakema", "Elf steden", 490, (408, 312, 205, 109, 20), ("Wiebe Bakema, vader",),
         "Elke week een rondje fietsen.", "De band plakken met vader", "Wiebe", 205, talked=0),
    Told("Chantal Baptiste", "Familie", 486, (418, 322, 226, 133, 40), ("Gloria, tante", "Denzel, neef", "Rita, buur"),
         "Zondag weer naar de kerk.", "Gloria haalt Chantal op", "Gloria", 226, talked=2),
    Told("Nico Wouters", "De duiventil", 480, (402, 308, 214, 120, 30), ("Mien Wouters, zus", "Cor, duivenvriend"),
         "Twee duiven laten meevliegen.", "Cor leent zijn mand uit", "Cor", 308),
    Told("Yasmina Amrani", "Lente", 474, (399, 296, 200, 104, 12), ("Karima, vriendin", "Samir Amrani, broer"),
         "Een dag in de week naar school.", "Karima gaat de eerste keer mee", "", 104),
    Told("Frank Oosterhuis", "Zonder haast", 468, (396, 299, 118), ("Ellen Oosterhuis, ex-vrouw", "Tim, zoon"),
         "Tim elke twee weken zien.", "Een dag afspreken met Ellen", "Ellen", 118, talked=1),
    Told("Dorien Haan", "Kopje thee", 300, (241, 150, 57), ("Lidy Haan, moeder", "Femke, buurvrouw"),
         "Slapen zonder licht aan.", "Femke appt om tien uur welterusten", "Lidy", 57),
    Told("Ibrahim Sesay", "Aankomen", 215, (139, 45), ("Mohamed, huisgenoot", "Wilma, taalmaatje"),
         "De bus durven nemen.", "Wilma rijdt een keer mee", "Wilma", talked=1),
)  # fmt: skip
FORMAL = "Hilde Smeets"  # a psychiatrist who takes part on paper


def tell(people: dict[str, Person], team: Team) -> None:
    anouk = people["Anouk"]
    for number, told in enumerate(CIRCLES):
        _tell(told, _person(told), anouk, team, wrote_it=number % 3 != 0)
    release.keep_up(team)  # as the job of each night does


def _person(told: Told) -> Person:
    return Person.objects.create_user(name=told.client)


def _tell(told: Told, client: Person, anouk: Person, team: Team, *, wrote_it: bool) -> None:
    with on_day(told.began):
        story = Story.begin(client, by=anouk, team=team)
        for topic in (Topic.PEOPLE, Topic.GOALS, Topic.ACTIONS):
            sharing.share(by=story.seat(), topic=topic, member=story.members["Anouk"])
        here = [story.on_paper(*each.split(", ", 1)) for each in told.people]
        doctor = story.on_paper(FORMAL, "psychiater", "psychiatrist") if told.psychiatrist_came else None
        sharing.share(by=story.seat(), topic=Topic.MEETINGS, role="psychiatrist")
        story.decide(name=told.name, every_weeks=13, channel="Telefoon")
        goal = story.goal(told.goal, with_whom=here[0].name)
        _talk(story, anouk, here[: told.talked])
        _propose(story, anouk, told.action, goal, by_client=wrote_it)
    for number, days in enumerate(told.met):
        came = [*here, *([doctor] if doctor and days == told.psychiatrist_came else [])]
        leads = story.members.get(told.led_by) if number < 2 else None
        _meet(story, days, leads, came)
    with on_day(told.met[-2], hour=16):
        _propose(story, anouk, f"{told.action}, nog een keer", goal, by_client=True)
    with on_day(told.met[-1]):
        story.phase(5 if len(told.met) > 2 else 4)


def _propose(story: Story, anouk: Person, text: str, goal: Goal, *, by_client: bool) -> None:
    """What the client proposes is approved; what Anouk proposed still waits."""
    by = story.seat() if by_client else story.seat(anouk)
    plan_actions.propose_action(by=by, id=uuid.uuid4(), text=text, goal=goal)


def _talk(story: Story, anouk: Person, members: list[Member]) -> None:
    for member in members:
        held = timezone.localdate() + dt.timedelta(days=14)
        interviews.write(by=story.seat(anouk), member=member, version=1, held_on=held, contribution="Komt graag.")


def _meet(story: Story, days: int, leads: Member | None, came: list[Member]) -> None:
    with on_day(days, hour=15):
        meeting = meeting_actions.plan_meeting(by=story.seat(), id=uuid.uuid4(), starts_at=timezone.now(), chair=leads)
        holding.finish(by=story.seat(), meeting=meeting, came=[member.pk for member in came])
