"""Administrators run the accounts and teams of their own organisation. No circle can be reached from here."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kring.care.people import entering, lockout, policy, roles, work
from kring.care.people.forms import NewOffer, NewTeam
from kring.care.people.models import Offer, Organisation, Post, Role
from kring.care.stored import Denied


def _own(request: HttpRequest, organisation_id: uuid.UUID) -> Organisation:
    """The organisation, for who runs it; for everybody else it does not exist."""
    run = policy.organisations_run_by(request.user)  # type: ignore[arg-type]
    return get_object_or_404(run, pk=organisation_id)


def _post(request: HttpRequest, organisation_id: uuid.UUID, post_id: uuid.UUID) -> Post:
    organisation = _own(request, organisation_id)
    visible = policy.posts_visible_to(request.user)  # type: ignore[arg-type]
    return get_object_or_404(visible.select_related("person", "team", "organisation"), pk=post_id,
                             organisation=organisation)  # fmt: skip


def _offer(request: HttpRequest, organisation_id: uuid.UUID, offer_id: uuid.UUID) -> Offer:
    organisation = _own(request, organisation_id)
    return get_object_or_404(policy.offers_visible_to(request.user), pk=offer_id, organisation=organisation)  # type: ignore[arg-type]


def overview(request: HttpRequest, organisation_id: uuid.UUID) -> HttpResponse:
    organisation = _own(request, organisation_id)
    posts = policy.posts_visible_to(request.user).filter(organisation=organisation)  # type: ignore[arg-type]
    posts = posts.select_related("person").order_by("person__name")
    teams = policy.teams_visible_to(request.user).filter(organisation=organisation).order_by("name")  # type: ignore[arg-type]
    groups = [(team, [post for post in posts if post.team_id == team.pk]) for team in teams]
    page = {"organisation": organisation, "groups": groups, "whole": [post for post in posts if post.team_id is None]}
    page["offers"] = policy.offers_visible_to(request.user).filter(organisation=organisation).order_by("created_at")  # type: ignore[arg-type]
    return render(request, "people/organisation.html", page)


def new_team(request: HttpRequest, organisation_id: uuid.UUID) -> HttpResponse:
    organisation = _own(request, organisation_id)
    form = NewTeam(request.POST or None, initial={"new_id": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        work.make_team(by=request.user, organisation=organisation, id=given["new_id"], name=given["name"])  # type: ignore[arg-type]
        return redirect("people:organisation", organisation_id)
    return render(request, "people/new_team.html", {"organisation": organisation, "form": form})


@require_POST
def end_team(request: HttpRequest, organisation_id: uuid.UUID, team_id: uuid.UUID) -> HttpResponse:
    organisation = _own(request, organisation_id)
    visible = policy.teams_visible_to(request.user).filter(organisation=organisation)  # type: ignore[arg-type]
    team = get_object_or_404(visible, pk=team_id)
    if work.end_team(by=request.user, team=team):  # type: ignore[arg-type]
        messages.success(request, _("The team is ended."))
    else:
        messages.warning(request, _("Somebody still works in this team. End those roles first."))
    return redirect("people:organisation", organisation_id)


def new_offer(request: HttpRequest, organisation_id: uuid.UUID) -> HttpResponse:
    organisation = _own(request, organisation_id)
    teams = policy.teams_visible_to(request.user).filter(organisation=organisation)  # type: ignore[arg-type]
    form = NewOffer(request.POST or None, teams=teams, initial={"new_id": uuid.uuid4(), "role": Role.PROFESSIONAL})
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        work.offer(by=request.user, organisation=organisation, id=given.pop("new_id"), **given)  # type: ignore[arg-type]
        messages.success(request, _("We sent a letter to %(email)s.") % {"email": given["email"]})
        return redirect("people:organisation", organisation_id)
    page = {"organisation": organisation, "form": form, "described": [roles.of(role) for role in Role.values]}
    return render(request, "people/new_offer.html", page)


@require_POST
def withdraw(request: HttpRequest, organisation_id: uuid.UUID, offer_id: uuid.UUID) -> HttpResponse:
    work.withdraw(by=request.user, offer=_offer(request, organisation_id, offer_id))  # type: ignore[arg-type]
    return redirect("people:organisation", organisation_id)


@require_POST
def again(request: HttpRequest, organisation_id: uuid.UUID, offer_id: uuid.UUID) -> HttpResponse:
    offer = _offer(request, organisation_id, offer_id)
    work.send_again(by=request.user, offer=offer)  # type: ignore[arg-type]
    messages.success(request, _("We sent a letter to %(email)s.") % {"email": offer.email})
    return redirect("people:organisation", organisation_id)


def post_page(request: HttpRequest, organisation_id: uuid.UUID, post_id: uuid.UUID) -> HttpResponse:
    post = _post(request, organisation_id, post_id)
    page = {"organisation": post.organisation, "post": post, "described": roles.of(post.role)}
    page["may_close"] = policy.may_close(request.user, post.person)  # type: ignore[arg-type]
    return render(request, "people/post.html", page)


@require_POST
def end_post(request: HttpRequest, organisation_id: uuid.UUID, post_id: uuid.UUID) -> HttpResponse:
    post = _post(request, organisation_id, post_id)
    if work.end_post(by=request.user, post=post):  # type: ignore[arg-type]
        messages.success(request, _("The role is ended."))
    else:
        messages.warning(request, _("You are the last administrator. Give somebody else that role first."))
    return redirect("people:me" if post.person_id == request.user.pk else "people:organisation", *[
        part for part in [organisation_id] if post.person_id != request.user.pk
    ])  # fmt: skip


@require_POST
def send_link(request: HttpRequest, organisation_id: uuid.UUID, post_id: uuid.UUID) -> HttpResponse:
    """Mail a sign-in link to its person. The administrator never sees it, and cannot use it."""
    work.send_link(by=request.user, post=_post(request, organisation_id, post_id))  # type: ignore[arg-type]
    messages.success(request, _("We sent them a link to sign in."))
    return redirect("people:post", organisation_id, post_id)


@require_POST
def reset_second_step(request: HttpRequest, organisation_id: uuid.UUID, post_id: uuid.UUID) -> HttpResponse:
    work.reset_second_step(by=request.user, account=_post(request, organisation_id, post_id).person)  # type: ignore[arg-type]
    messages.success(request, _("The second step is off. They set up a new one when they sign in."))
    return redirect("people:post", organisation_id, post_id)


@require_POST
def close(request: HttpRequest, organisation_id: uuid.UUID, post_id: uuid.UUID) -> HttpResponse:
    post = _post(request, organisation_id, post_id)
    work.close_account(by=request.user, account=post.person)  # type: ignore[arg-type]
    messages.success(request, _("The account is closed. It is signed out everywhere."))
    return redirect("people:organisation", organisation_id)


@login_not_required
@require_http_methods(["GET", "POST"])
@lockout.guards_links
def take_offer(request: HttpRequest, secret: str) -> HttpResponse:
    """The reader of an offer takes it: as a new account, or as who they are after signing in."""
    try:
        offer = work.open_offer(secret)
    except Denied:
        if not work.known(secret):
            lockout.failed(request, lockout.LINKS)
        return render(request, "people/link_gone.html", status=404)
    page = {"offer": offer, "described": roles.of(offer.role)}
    if request.method == "GET":
        return render(request, "people/offer.html", page)
    person = request.user if request.user.is_authenticated else work.newcomer(offer)
    if person is None:
        return redirect(f"/sign-in/?next={request.path}")
    work.take(offer=offer, person=person)
    if request.user.is_authenticated:
        return redirect("people:me")
    return entering.sign_in(request, person, by="link", next_path="/")
