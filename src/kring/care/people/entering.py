"""Signing somebody in, and knowing by which steps they came. The steps themselves are django-allauth's."""

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication  # allauth offers no public door to it
from allauth.account.models import EmailAddress
from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from kring.care.people.models import Person

DEMO_LINK = "demo link"


def sign_in(request: HttpRequest, person: Person, *, by: str, next_path: str = "/") -> HttpResponse:
    """Sign this person in after a first step (`by`): whoever has a second step is asked for it before coming in."""
    if request.user.is_authenticated and request.user.pk != person.pk:
        logout(request)
    address_of(person)  # an unproved address keeps devices from being added; it must be on record as such
    passed(request, person, by)
    answer: HttpResponse = perform_login(request, person, email_verification="none", redirect_url=next_path)
    return answer


def passed(request: HttpRequest, person: Person, step: str, **how: object) -> None:
    """Note in the session which step this person took."""
    record_authentication(request, person, method=step, **how)


def passed_second_step(request: HttpRequest) -> bool:
    """Whether this session was opened with two steps. In the demo, and only there, a printed link counts as both."""
    return any(_is_second_step(record) for record in get_authentication_records(request, request.user))


def _is_second_step(record: dict[str, str]) -> bool:
    if record["method"] == "socialaccount":
        trusted = {each["id"] for each in settings.OIDC if each.get("second_factor")}
        return record.get("provider") in trusted
    return record["method"] == "mfa" or (settings.DEMO and record["method"] == DEMO_LINK)


def address_of(person: Person) -> EmailAddress | None:
    """The row in which allauth keeps whether this person's address was ever proved. Made when it is missing."""
    if not person.email:
        return None
    found, _new = EmailAddress.objects.get_or_create(user=person, email=person.email, defaults={"primary": True})
    return found


def proved(person: Person) -> None:
    """Somebody whom we believe said that this address is theirs."""
    address = address_of(person)
    if address is not None and not address.verified:
        address.set_verified()
