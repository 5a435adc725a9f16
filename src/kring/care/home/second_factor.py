"""Who works with other people's circles comes in with two steps. Nothing of theirs opens before the second."""

import uuid
from collections.abc import Callable
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from kring.care.circles.models import Member
from kring.care.circles.topics import FORMAL_ROLES
from kring.care.people.entering import passed_second_step
from kring.care.people.models import Person, Post
from kring.care.prepared import prepared

OPEN_BEFORE = (
    "account_", "mfa_", "people:enter", "people:take_offer", "people:sign_out", "people:signed_out",
    "people:language", "people:roles",
)  # fmt: skip
"""What one needs to come in as oneself, to take the second step, to leave, and what anybody may read."""


@prepared(person_id=uuid.UUID)
def _professional(*, person_id: uuid.UUID) -> QuerySet[Any, Any]:
    """One row for somebody with a post, or with a formal role in a circle; none for everybody else."""
    posts = Post.objects.filter(person_id=OuterRef("pk"), ended_at__isnull=True)
    seats = Member.objects.filter(
        person_id=OuterRef("pk"), role__in=FORMAL_ROLES, joined_at__isnull=False, ended_at__isnull=True
    )
    working = Person.objects.filter(pk=person_id).filter(Exists(posts) | Exists(seats))
    return working.values_list("id", named=True)


def needs_second_step(person: Person) -> bool:
    return _professional.first(person_id=person.pk) is not None


class SecondFactor:
    """Asked at each request, because a post or a seat can begin while somebody is signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        if not request.user.is_authenticated or name.startswith(OPEN_BEFORE):
            return None
        if passed_second_step(request) or not needs_second_step(request.user):
            return None
        if is_mfa_enabled(request.user):
            back = urlencode({"next": request.path if request.method == "GET" else "/"})
            return redirect(f"{reverse('mfa_reauthenticate')}?{back}")
        return redirect("mfa_index")
