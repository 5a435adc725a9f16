"""Pages that explain."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kring.care.people import roles


@login_not_required
def roles_page(request: HttpRequest) -> HttpResponse:
    return render(request, "people/roles.html", {"in_circles": roles.IN_CIRCLES, "at_work": roles.AT_WORK})
