"""Coming in and going out."""

from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from kring.care.people import links


@login_not_required
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest, secret: str) -> HttpResponse:
    """A link only opens a page with one button: mail scanners that follow links sign nobody in."""
    if request.method == "GET":
        return render(request, "people/enter.html", {"secret": secret})
    link = links.redeem(secret)
    login(request, link.person, backend="django.contrib.auth.backends.ModelBackend")
    return redirect(link.next_path)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("home:start")
