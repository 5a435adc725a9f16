"""Lock-out after wrong codes and links: ten from one network address for one secret close that door for an hour.

django-axes counts, in the database, so that all servers share the count. What it stores is a keyed hash of the
account or door and the network address: no e-mail address, no form, no link. A mailed code is also bounded from all
network addresses together, by how often one can be asked for (see ACCOUNT_RATE_LIMITS), so that nobody can lock
somebody else out by guessing from elsewhere.
"""

import functools
from collections.abc import Callable
from typing import Any

from allauth.account.adapter import get_adapter
from axes.handlers.proxy import AxesProxyHandler
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import salted_hmac

View = Callable[..., HttpResponse]
LINKS = "links"  # the one name under which unknown links are counted


def locked(request: HttpRequest, door: str) -> bool:
    """`door` is the account that is tried (its address or id), or LINKS."""
    return not AxesProxyHandler.is_allowed(_bare(request), _named(door))


def failed(request: HttpRequest, door: str) -> None:
    """Count one wrong code or link."""
    AxesProxyHandler.user_login_failed(sender=failed, credentials=_named(door), request=_bare(request))


def shut(request: HttpRequest) -> HttpResponse:
    """The page for whoever tried too often. It says the same whether an account exists or not."""
    return render(request, "429.html", status=429)


def guards_links(view: View) -> View:
    """For a page that opens with a secret in its address: shut for a network address that guessed too often."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return shut(request) if locked(request, LINKS) else view(request, *args, **kwargs)

    return guarded


def _named(door: str) -> dict[str, str]:
    return {"username": salted_hmac("kring lockout", door.strip().lower()).hexdigest()}


def _bare(request: HttpRequest) -> HttpRequest:
    """A request without anything personal in it: axes would store its path, form and browser."""
    bare = HttpRequest()
    bare.method, bare.path = "POST", "/"
    bare.META = {"REMOTE_ADDR": get_adapter().get_client_ip(request)}
    return bare
