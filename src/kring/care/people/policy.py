"""Who may run accounts and teams. Nothing here opens a circle, and no circle is needed to answer."""

from django.db.models import Q, QuerySet

from kring.care.people.models import TEAM_ROLES, Offer, Organisation, Person, Post, Role, SignInLink, Team


def posts_of(person: Person) -> QuerySet[Post]:
    """The roles that this person has now."""
    return Post.objects.filter(person=person, ended_at__isnull=True)


def teams_worked_in_by(person: Person) -> QuerySet[Team]:
    """The teams in which this person has a post now."""
    here = Q(posts__person=person, posts__ended_at__isnull=True, posts__role__in=TEAM_ROLES)
    return Team.objects.filter(here, ended_at__isnull=True).distinct().order_by("name")


def organisations_run_by(person: Person) -> QuerySet[Organisation]:
    own = Q(posts__person=person, posts__role=Role.ADMINISTRATOR, posts__ended_at__isnull=True)
    return Organisation.objects.filter(own, ended_at__isnull=True).distinct()


def organisations_left_alone_by(person: Person) -> list[Organisation]:
    """Where this person is the last administrator."""
    others = Post.objects.filter(role=Role.ADMINISTRATOR, ended_at__isnull=True).exclude(person=person)
    return list(organisations_run_by(person).exclude(posts__in=others))


def may_run(person: Person, organisation: Organisation) -> bool:
    return organisations_run_by(person).filter(pk=organisation.pk).exists()


def may_close(person: Person, account: Person) -> bool:
    """Only a work account, by the organisation that made it; never a private account, never one's own."""
    return (
        account.organisation is not None
        and account.pk != person.pk
        and account.is_active
        and may_run(person, account.organisation)
    )


def posts_visible_to(person: Person) -> QuerySet[Post]:
    return Post.objects.filter(organisation__in=organisations_run_by(person), ended_at__isnull=True)


def teams_visible_to(person: Person) -> QuerySet[Team]:
    return Team.objects.filter(organisation__in=organisations_run_by(person), ended_at__isnull=True)


def offers_visible_to(person: Person) -> QuerySet[Offer]:
    open_offers = Offer.objects.filter(taken_at__isnull=True, withdrawn_at__isnull=True)
    return open_offers.filter(organisation__in=organisations_run_by(person))


def may_break_glass(person: Person) -> bool:
    return posts_of(person).filter(role=Role.EMERGENCY).exists()


def trains_in(person: Person) -> QuerySet[Organisation]:
    """The organisations in which this person is a trainer."""
    own = Q(posts__person=person, posts__role=Role.TRAINER, posts__ended_at__isnull=True)
    return Organisation.objects.filter(own, ended_at__isnull=True).distinct()


def links_of(person: Person) -> QuerySet[SignInLink]:
    return SignInLink.objects.filter(person=person)
