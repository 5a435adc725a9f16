"""Who else learns in the training: a second team, FACT Waterkant, and newer colleagues of the first; with the circles
in which they practise.
"""

from kring.care.demo.story import Story, on_day
from kring.care.people.models import Person, Post, Role, Team

STAFF = {
    "Bas Veldman": Role.REGIEONDERSTEUNER,
    "Hanna de Wit": Role.PROFESSIONAL,
    "Sofie Maas": Role.PROFESSIONAL,
    "Tarik Aydin": Role.PROFESSIONAL,
    "Dorien Blok": Role.PROFESSIONAL,
    "Yusuf Demir": Role.PROFESSIONAL,
    "Marit Zwart": Role.PROFESSIONAL,
    "Wendy Prinsen": Role.TEAM_LEAD,
}
COLLEAGUES = ("Fenna Hoekstra", "Imane Bakkali", "Ruben Kuipers")
CIRCLES = {  # client: what they dream of, who of the team is in the circle
    "Corrie Vonk": ("Elke maand naar mijn zus in Zwolle.", ("Bas", "Hanna", "Sofie", "Tarik")),
    "Evert Spaan": ("De boot weer in het water.", ("Bas", "Dorien", "Yusuf", "Marit")),
    "Gijs Molenaar": ("Weer achter het orgel.", ("Fenna", "Imane", "Ruben")),
}


def tell(people: dict[str, Person], team: Team, days_ago: float) -> Team:
    """The teams as they were so many days ago."""
    with on_day(days_ago):
        other = Team.objects.create(organisation=team.organisation, name="FACT Waterkant")
        staff = [(name, other, role) for name, role in STAFF.items()]
        for name, place, role in staff + [(name, team, Role.PROFESSIONAL) for name in COLLEAGUES]:
            people[name.split()[0]] = colleague(name, place, role)
    with on_day(days_ago - 10):
        for name, (dream, members) in CIRCLES.items():
            _circle(people, name, team if members[0] == "Fenna" else other, dream, members)
    return other


def colleague(name: str, team: Team, role: Role) -> Person:
    person = Person.objects.create_user(f"{name.split()[0].lower()}@demo.kring.example", name=name)
    place = None if role == Role.TRAINER else team
    Post.objects.create(person=person, organisation=team.organisation, team=place, role=role)
    return person


def _circle(people: dict[str, Person], name: str, team: Team, dream: str, members: tuple[str, ...]) -> None:
    first = name.split()[0]
    people[first] = Person.objects.create_user(f"{first.lower()}@demo.kring.example", name=name)
    told = Story.begin(people[first], team=team)
    told.dream(dream, domain="free", chime="hope")
    for member in members:
        told.join(people[member], "van het team", "professional", shares="goals")
