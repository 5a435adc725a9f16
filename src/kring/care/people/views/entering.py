"""Coming in and going out. Codes by mail, passkeys and codes from an app are allauth's, inside our lock-out."""

import functools
from collections.abc import Callable
from typing import Any

import requests
from allauth.account.views import ConfirmLoginCodeView, RequestLoginCodeView
from allauth.mfa.base.views import AuthenticateView, ReauthenticateView
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect import views as openid
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_http_methods, require_POST

from kring.care.people import entering, links, lockout
from kring.care.people.models import Person
from kring.care.stored import Denied


@method_decorator(login_not_required, name="dispatch")
class SignIn(RequestLoginCodeView):
    """Ask a code for an address. The answer is the same whether it has an account or not."""

    template_name = "people/sign_in.html"

    def form_valid(self, form: Any) -> HttpResponse:
        if lockout.locked(self.request, form.cleaned_data["email"]):
            return lockout.shut(self.request)
        if isinstance(form._user, Person):
            entering.address_of(form._user)
        answer: HttpResponse = super().form_valid(form)
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        institutions = [{"id": each["id"], "name": each["name"]} for each in settings.OIDC]
        page: dict[str, Any] = super().get_context_data(**kwargs)
        return page | {"institutions": institutions}


class TypeCode(ConfirmLoginCodeView):
    """Three tries a code; every wrong one counts for the lock-out."""

    template_name = "people/type_code.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if lockout.locked(request, self._process.state["email"]):
            self._process.abort()
            return lockout.shut(request)
        answer: HttpResponse = super().post(request, *args, **kwargs)
        return answer

    def form_invalid(self, form: Any) -> HttpResponse:
        lockout.failed(self.request, self._process.state["email"])
        answer: HttpResponse = super().form_invalid(form)
        return answer


class SecondStep(AuthenticateView):
    template_name = "people/second_step.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if lockout.locked(request, str(self.stage.login.user.pk)):
            return lockout.shut(request)
        answer: HttpResponse = super().post(request, *args, **kwargs)
        return answer

    def form_invalid(self, form: Any) -> HttpResponse:
        lockout.failed(self.request, str(self.stage.login.user.pk))
        answer: HttpResponse = super().form_invalid(form)
        return answer


class SecondStepAgain(ReauthenticateView):
    """The second step of somebody whose session was opened with one: the same lock-out as on the way in."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if lockout.locked(request, str(request.user.pk)):
            return lockout.shut(request)
        answer: HttpResponse = super().post(request, *args, **kwargs)
        return answer

    def form_invalid(self, form: Any) -> HttpResponse:
        lockout.failed(self.request, str(self.request.user.pk))
        answer: HttpResponse = super().form_invalid(form)
        return answer


@login_not_required
@require_http_methods(["GET", "POST"])
@lockout.guards_links
def enter(request: HttpRequest, secret: str) -> HttpResponse:
    """A link only opens a page with one button: mail scanners that follow links sign nobody in."""
    if request.method == "GET":
        return render(request, "people/enter.html", {"secret": secret, "demo": settings.DEMO})
    try:
        link = links.redeem(secret)
    except Denied:
        if not links.known(secret):
            lockout.failed(request, lockout.LINKS)
        return render(request, "people/link_gone.html", status=404)
    step = entering.DEMO_LINK if settings.DEMO and link.reusable else "link"
    return entering.sign_in(request, link.person, by=step, next_path=link.next_path)


@login_not_required
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Leave nothing behind: the browser drops what it kept of us, and a script empties the offline card."""
    logout(request)
    return redirect("people:signed_out")


@login_not_required
def signed_out(request: HttpRequest) -> HttpResponse:
    answer = render(request, "people/signed_out.html")
    if not request.user.is_authenticated:
        answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


def _or_stopped(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """An institution that cannot be reached, or answers nonsense, is no fault of ours."""

    @login_not_required
    @functools.wraps(view)
    def asked(request: HttpRequest, provider_id: str) -> HttpResponse:
        try:
            return view(request, provider_id)
        except (requests.RequestException, OAuth2Error):
            return redirect("socialaccount_login_error")

    return asked


to_institution, from_institution = _or_stopped(openid.login), _or_stopped(openid.callback)


@login_not_required
def stopped(request: HttpRequest) -> HttpResponse:
    """An institution's sign-in did not come to an end."""
    return render(request, "people/institution_stopped.html")


@login_not_required
def not_vouched_for(request: HttpRequest) -> HttpResponse:
    """An institution signed somebody in whose address is not its own: no account is made or found by that."""
    return render(request, "people/institution_not.html")
