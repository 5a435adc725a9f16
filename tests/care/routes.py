"""Every address of the project, with the answer that each kind of person gets. `test_routes` runs it.

A new address needs a row here, or the suite fails. `ROUTES["circles:map"] = row(inside, ...)`: start from one of the
ready answers below and name what differs. What stands in an address is made by `GIVEN` (by the name of the
parameter) or by the row's own `given`. Every request is rolled back, so rows may POST.
"""

import dataclasses
import datetime as dt
import importlib
import uuid
from collections.abc import Callable
from typing import Any

from django.utils import timezone

PEOPLE = {
    "client": "noor",
    "member": "ximena",
    "informal": "sanne",
    "former": "wim",
    "invited": "lotte",
    "paused": "bram",
    "professional_circle": "pieter",
    "regieondersteuner": "ruth",
    "professional_team": "tom",
    "other_team": "zoe",
    "team_lead": "lea",
    "administrator": "ada",
    "researcher": "rik",
    "trainer": "tess",
    "break_glass": "eva",
    "anonymous": None,
}

MEMBERS = ("member", "informal", "professional_circle", "regieondersteuner")
OUTSIDE = ("former", "invited", "professional_team", "other_team", "team_lead", "administrator", "researcher",
           "trainer")  # fmt: skip
TO_SIGN_IN = 302


def answers(**codes: int) -> dict[str, int]:
    """Nobody but the named: strangers get 404, who is not signed in is sent to the sign-in page."""
    return {name: TO_SIGN_IN if name == "anonymous" else 404 for name in PEOPLE} | codes


def only_client(code: int = 200) -> dict[str, int]:
    return answers(client=code)


def members(code: int = 200, *, client: int = 200) -> dict[str, int]:
    """The client and who takes part; a paused member and emergency access get nothing."""
    return answers(client=client, **dict.fromkeys(MEMBERS, code))


def with_a_seat(code: int = 200) -> dict[str, int]:
    """Every seat, also one that is paused or taken in an emergency (what the page shows differs)."""
    return members(code, client=code) | {"paused": code, "break_glass": code}


def signed_in(code: int = 200) -> dict[str, int]:
    return dict.fromkeys(PEOPLE, code) | {"anonymous": TO_SIGN_IN}


def public(code: int = 200) -> dict[str, int]:
    return dict.fromkeys(PEOPLE, code)


@dataclasses.dataclass(frozen=True)
class Row:
    answers: dict[str, int]
    method: str = "get"
    data: Callable[[Any], dict[str, Any]] = lambda cast: {}
    given: dict[str, Callable[[Any], Any]] = dataclasses.field(default_factory=dict)


def row(expected: dict[str, int], /, method: str = "get", data: Any = None, given: Any = None, **differs: int) -> Row:
    unknown = set(differs) - set(PEOPLE)
    assert not unknown, f"no such people in the table: {unknown}"
    return Row(expected | differs, method, data or (lambda cast: {}), given or {})


def once(made: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Make the thing at its first use for this cast, so that everybody asks for the same one."""
    kept: dict[int, tuple[Any, Any]] = {}

    def give(cast: Any) -> Any:
        found = kept.get(id(cast))
        if found is None or found[0] is not cast:
            kept[id(cast)] = found = (cast, made(cast))
        return found[1]

    return give


@once
def a_tie(cast: Any) -> uuid.UUID:
    from kring.care.circles import actions

    return actions.add_tie(by=cast.seat("noor"), id=uuid.uuid4(), name="Opa").pk


@once
def a_handover(cast: Any) -> uuid.UUID:
    """Planning meetings, handed to Wim before he went: so that this row gives nobody more to see."""
    from kring.care.circles.models import Handover

    until = timezone.localdate() + dt.timedelta(days=9)
    wim = cast.members["wim"]
    return Handover.objects.create(circle=cast.circle, to_member=wim, task="meetings", until=until).pk


@once
def a_letter_on_paper(cast: Any) -> uuid.UUID:
    from kring.care.circles import invitations

    letter, _secret = invitations.invite(
        by=cast.seat("noor"), member=cast.members["lotte"], wording="Kom je?", way="letter"
    )
    return letter.pk


def a_sign_in_link(cast: Any) -> str:
    from kring.care.people import links

    return links.issue(cast.olaf, valid=dt.timedelta(hours=1))


def an_offer(cast: Any) -> str:
    """The secret of a letter that offers a post in team Zuid."""
    from kring.care.people import links, work

    the_offer(cast)
    secret = "a secret of the table"
    work.Offer.objects.update(secret_hash=links.hashed(secret))
    return secret


@once
def the_offer(cast: Any) -> uuid.UUID:
    from kring.care.people import work

    return work.offer(
        by=cast.ada, organisation=cast.organisation, id=uuid.uuid4(), name="Nina", email="nina@example.org",
        role="professional", team=cast.other_team, language="nl",
    ).pk  # fmt: skip


def break_the_glass(cast: Any) -> None:
    """Eva has emergency access in all rows."""
    from kring.care.circles.models import GlassBreak

    ends = timezone.now() + dt.timedelta(minutes=30)
    GlassBreak.objects.create(circle=cast.circle, person=cast.eva, reason="geen gehoor", ends_at=ends)


@once
def a_meeting(cast: Any) -> uuid.UUID:
    """A meeting next week, with an agenda of one point and a decision under it."""
    from kring.care.meetings import actions, holding

    noor = cast.seat("noor")
    meeting = actions.plan_meeting(by=noor, id=uuid.uuid4(), starts_at=timezone.now() + dt.timedelta(days=7))
    point = actions.add_point(by=noor, meeting=meeting, id=uuid.uuid4(), title="De zomer")
    holding.decide(by=noor, meeting=meeting, point=point, id=uuid.uuid4(), text="We gaan naar zee.")
    return meeting.pk


@once
def a_poll(cast: Any) -> uuid.UUID:
    from kring.care.meetings import actions

    days = [timezone.now() + dt.timedelta(days=days) for days in (7, 8)]
    return actions.plan_meeting(by=cast.seat("noor"), id=uuid.uuid4(), options=days).pk


def an_option(cast: Any) -> uuid.UUID:
    from kring.care.meetings.models import DateOption

    return DateOption.objects.filter(meeting=a_poll(cast)).earliest("starts_at").pk


def of_the_meeting(model: str) -> Callable[[Any], uuid.UUID]:
    """The one agenda point or decision of `a_meeting`."""
    from django.apps import apps

    return lambda cast: apps.get_model("meetings", model).objects.get(meeting=a_meeting(cast)).pk


def a_ticket(cast: Any) -> str:
    from kring.care.meetings.models import Attendance
    from kring.care.meetings.tickets import ticket

    return ticket(Attendance.objects.get(meeting=a_meeting(cast), member=cast.members["sanne"]))


@once
def a_feed(cast: Any) -> str:
    from kring.care.meetings import feeds

    return feeds.new_feed(by=cast.seat("sanne"))


@once
def a_dream(cast: Any) -> uuid.UUID:
    from kring.care.plan import actions

    return actions.add_dream(by=cast.seat("noor"), id=uuid.uuid4(), text="Een moestuin").pk


@once
def a_goal(cast: Any) -> uuid.UUID:
    from kring.care.plan import actions

    return actions.add_goal(by=cast.seat("noor"), id=uuid.uuid4(), text="Tomaten zaaien").pk


@once
def sannes_action(cast: Any) -> uuid.UUID:
    """Something that Sanne will do; she and Noor see it."""
    from kring.care.plan import actions

    sanne = cast.members["sanne"]
    return actions.propose_action(by=cast.seat("noor"), id=uuid.uuid4(), text="Zaad kopen", owner=sanne).pk


@once
def a_crisis_plan(cast: Any) -> uuid.UUID:
    from kring.care.plan import crisis

    return crisis.write_plan(by=cast.seat("noor"), helps="Rust").pk


def circle_with_a_crisis_plan(cast: Any) -> uuid.UUID:
    a_crisis_plan(cast)
    return cast.circle.pk


GIVEN: dict[str, Callable[[Any], Any]] = {
    "meeting_id": a_meeting,
    "point_id": lambda cast: of_the_meeting("AgendaItem")(cast),
    "decision_id": lambda cast: of_the_meeting("Decision")(cast),
    "circle_id": lambda cast: cast.circle.pk,
    "tie_id": a_tie,
    "organisation_id": lambda cast: cast.organisation.pk,
    "team_id": lambda cast: cast.other_team.pk,
    "post_id": lambda cast: cast.tom.posts.get().pk,
    "offer_id": the_offer,
    "member_id": lambda cast: cast.members["sanne"].pk,
    "handover_id": a_handover,
    "letter_id": lambda cast: cast.letter.pk,
    "topic": lambda cast: "map",
    "item_id": a_tie,
    "secret": lambda cast: cast.secret,
}

LOTTE = {"member_id": lambda cast: cast.members["lotte"].pk}
ALREADY_IN = dict.fromkeys((*MEMBERS, "paused"), 404)
"""Whoever has a seat already cannot take the invited one too: the letter then looks like one that is closed."""

ROUTES: dict[str, Row] = {}

# home
ROUTES["home:start"] = row(public())
ROUTES["home:begin"] = row(signed_in(302), "post")
ROUTES["home:take"] = row(answers(), given={"ticket": lambda _: "made:up:ticket"})  # theirs: test_start_pages
ROUTES["home:begin_with"] = row(answers(regieondersteuner=200, professional_team=200, other_team=200))
ROUTES["home:work"] = row(answers(regieondersteuner=200))
ROUTES["home:about_circle"] = row(public())
ROUTES["home:about_privacy"] = row(public())
ROUTES["home:about_helping"] = row(public())
ROUTES["home:circle"] = row(with_a_seat())

# the house (the outbox is there only in the demo)
ROUTES["healthz"] = row(public())
ROUTES["bring"] = row(signed_in())
ROUTES["export:page"] = row(members(), paused=200)
ROUTES["export:readable"] = row(only_client())
ROUTES["export:pdf"] = row(only_client())
ROUTES["export:json"] = row(only_client())
ROUTES["export:about"] = row(members(client=404), paused=200)
ROUTES["outbox"] = row(dict.fromkeys(PEOPLE, 404))

# people
ROUTES["people:enter"] = row(public(), given={"secret": a_sign_in_link})
ROUTES["people:sign_out"] = row(public(302), "post")
ROUTES["people:signed_out"] = row(public())
ROUTES["people:language"] = row(public(302), "post")
ROUTES["people:roles"] = row(public())
for page in ("me", "name", "sessions"):
    ROUTES[f"people:{page}"] = row(signed_in())
ROUTES["people:end_session"] = row(signed_in(404), "post", given={"session_id": lambda cast: 1})
ROUTES["people:end_other_sessions"] = row(signed_in(302), "post")
ROUTES["people:take_offer"] = row(public(), given={"secret": an_offer})
for page in ("organisation", "new_team", "new_offer", "post"):
    ROUTES[f"people:{page}"] = row(answers(administrator=200))
for page in ("end_team", "end_post", "send_link", "close_account", "withdraw", "offer_again"):
    ROUTES[f"people:{page}"] = row(answers(administrator=302), "post")
ROUTES["people:reset_second_step"] = row(answers(), "post")  # nor take off its second step
ROUTES["people:close_account"] = row(answers(), "post")  # Tom's account is private: nobody can close it

ROUTES["home:delete_account"] = row(signed_in())

# emergency access
ROUTES["emergency:ask"] = row(signed_in(404), break_glass=200)
ROUTES["circles:emergencies"] = row(only_client())
ROUTES["circles:glass_stop"] = row(answers(break_glass=302), "post")

# people: the pages of allauth
for page in ("account_login", "account_request_login_code", "account_signup"):
    ROUTES[page] = row(signed_in(302), anonymous=200)
for page in ("account_confirm_login_code", "mfa_authenticate", "mfa_login_webauthn", "account_email_verification_sent"):
    ROUTES[page] = row(signed_in(302))
ROUTES["account_inactive"] = row(public())
ROUTES["account_logout"] = row(public(302), "post")
for page in ("account_email", "mfa_index", "mfa_activate_totp", "mfa_list_webauthn", "mfa_add_webauthn"):
    ROUTES[page] = row(signed_in())
ROUTES["socialaccount_connections"] = row(signed_in())
for page in ("account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"):
    ROUTES[page] = row(signed_in(403))  # nobody of the cast has a second step to repeat
ROUTES["mfa_generate_recovery_codes"] = row(signed_in())
for page in ("mfa_deactivate_totp", "mfa_view_recovery_codes"):
    ROUTES[page] = row(signed_in(404))
for page in ("mfa_remove_webauthn", "mfa_edit_webauthn"):
    ROUTES[page] = row(signed_in(404), given={"pk": lambda cast: 1})
for page in ("openid_connect_login", "openid_connect_callback"):
    ROUTES[page] = row(public(404), given={"provider_id": lambda cast: "none"})
for page in ("socialaccount_login_cancelled", "socialaccount_login_error", "socialaccount_signup"):
    ROUTES[page] = row(public())

# circles: what is the client's
ROUTES["circles:mine"] = row(with_a_seat())
ROUTES["circles:start_preview"] = row(only_client(302), "post")
ROUTES["circles:stop_preview"] = row(with_a_seat(302), "post")
ROUTES["circles:log"] = row(only_client())
ROUTES["circles:sees"] = row(only_client())
ROUTES["circles:sees_person"] = row(only_client())
ROUTES["circles:sees_part"] = row(only_client())
ROUTES["circles:reach"] = row(only_client())
ROUTES["circles:handovers"] = row(only_client())
ROUTES["circles:take_back"] = row(only_client(302), "post")
ROUTES["circles:type_on"] = row(answers(), "post")  # only in a circle on paper
ROUTES["circles:state"] = row(only_client())
ROUTES["circles:team"] = row(only_client())

# circles: people and invitations
ROUTES["circles:members"] = row(with_a_seat())
ROUTES["circles:member"] = row(answers(client=200, informal=200, break_glass=200))  # who sees people; oneself
ROUTES["circles:nominate"] = row(only_client(302))  # likewise
ROUTES["circles:change_member"] = row(only_client())
ROUTES["circles:pause_member"] = row(only_client(302), "post")
ROUTES["circles:remove_member"] = row(only_client(302), "post")
ROUTES["circles:return_member"] = row(
    only_client(302), "post", given={"member_id": lambda cast: cast.members["wim"].pk}
)
ROUTES["circles:on_paper"] = row(only_client(302), "post", given=LOTTE)
ROUTES["circles:letter_sees"] = row(only_client(), given=LOTTE)
ROUTES["circles:letter_parts"] = row(only_client(), given=LOTTE)
ROUTES["circles:letter_words"] = row(only_client(), given=LOTTE)
ROUTES["circles:letter_send"] = row(only_client(302), given=LOTTE)  # without words it asks for them first
ROUTES["circles:letter_print"] = row(only_client(), given={"letter_id": a_letter_on_paper})
ROUTES["circles:letter_withdraw"] = row(only_client(302), "post")
ROUTES["invitation:code"] = row(public())
ROUTES["invitation:letter"] = row(public())
ROUTES["invitation:accept"] = row(public(302), "post", client=404, **ALREADY_IN)
ROUTES["invitation:decline"] = row(public(302), "post")

# circles: a member's own place
ROUTES["circles:welcome"] = row(members(client=404), paused=200)
ROUTES["circles:what_i_can"] = row(members(client=404))
ROUTES["circles:leave"] = row(members(client=404), paused=200)
ROUTES["circles:stay"] = row(answers(), "post")
ROUTES["circles:my_talk"] = row(members(client=404))
ROUTES["circles:talks"] = row(answers(regieondersteuner=200))
ROUTES["circles:talk"] = row(answers())  # Ruth sees nobody in the circle, so nobody to talk with

# circles: phases and map
ROUTES["circles:phases"] = row(only_client())
ROUTES["circles:tick"] = row(only_client(302), "post", data=lambda cast: {"key": "map", "done": "1"})
ROUTES["circles:move"] = row(only_client(302), "post", data=lambda cast: {"phase": "2"})
ROUTES["circles:decisions"] = row(members())
ROUTES["circles:map"] = row(with_a_seat())
ROUTES["circles:new_tie"] = row(only_client(302))
ROUTES["circles:edit_tie"] = row(only_client())
ROUTES["circles:remove_tie"] = row(only_client(302), "post")
ROUTES["circles:restore_tie"] = row(only_client(302), "post")

# plan
ROUTES["plan:plan"] = row(with_a_seat())
ROUTES["plan:card"] = row(with_a_seat())
ROUTES["plan:new_dream"] = row(only_client(302))  # to the same address with an id of what will be made
ROUTES["plan:new_goal"] = row(only_client(302))
ROUTES["plan:dream"] = row(only_client(), given={"item_id": a_dream})
ROUTES["plan:goal"] = row(only_client(), given={"item_id": a_goal})
ROUTES["plan:set_outcome"] = row(
    only_client(302), "post", given={"kind": lambda _: "dreams", "item_id": a_dream, "verb": lambda _: "reached"}
)
ROUTES["plan:actions"] = row(with_a_seat())
ROUTES["plan:new_action"] = row(members(302, client=302))
ROUTES["plan:action"] = row(answers(client=200, informal=200), given={"item_id": sannes_action})
ROUTES["plan:hand"] = row(answers(client=302, informal=302), "post", given={"item_id": sannes_action})
ROUTES["plan:act"] = row(
    answers(client=302, informal=302), "post", given={"item_id": sannes_action, "verb": lambda _: "done"}
)
ROUTES["plan:crisis"] = row(only_client(), given={"circle_id": circle_with_a_crisis_plan}, break_glass=200)
ROUTES["plan:crisis_helps"] = row(only_client())
ROUTES["plan:crisis_contacts"] = row(only_client())
ROUTES["plan:crisis_phase"] = row(only_client(), given={"colour": lambda _: "red"})
ROUTES["plan:crisis_removed"] = row(
    only_client(302), "post", given={"item_id": a_crisis_plan, "verb": lambda _: "remove"}
)
ROUTES["plan:pocket"] = row(only_client(), given={"circle_id": circle_with_a_crisis_plan})
ROUTES["plan:still"] = row(only_client(), given={"circle_id": circle_with_a_crisis_plan})
ROUTES["pocket:worker"] = row(public())
ROUTES["pocket:offline"] = row(public())
ROUTES["pocket:manifest"] = row(public(), given={"language": lambda _: "nl"})

# meetings
ROUTES["meetings:meetings"] = row(with_a_seat())
ROUTES["meetings:new"] = row(only_client(302))
ROUTES["meetings:subscribe"] = row(with_a_seat())
ROUTES["meetings:meeting"] = row(members())
ROUTES["meetings:change"] = row(only_client())
ROUTES["meetings:cancel"] = row(only_client(302), "post")
ROUTES["meetings:uncancel"] = row(only_client(302), "post")
ROUTES["meetings:pick"] = row(only_client(302), "post", given={"meeting_id": a_poll, "option_id": an_option})
ROUTES["meetings:answer"] = row(members(302, client=302), "post")
ROUTES["meetings:reply"] = row(members(302, client=404), "post", lambda cast: {"answer": "yes"})
ROUTES["meetings:draft"] = row(only_client(302), "post")
ROUTES["meetings:add_point"] = row(members(302, client=302))
ROUTES["meetings:change_point"] = row(only_client(302), "post", given={"how": lambda cast: "down"})
ROUTES["meetings:paper"] = row(members())
ROUTES["meetings:now"] = row(only_client(), given={"number": lambda cast: 1})
ROUTES["meetings:decide"] = row(only_client(), "post", given={"number": lambda cast: 1})
ROUTES["meetings:agree"] = row(only_client(), "post", given={"number": lambda cast: 1})
ROUTES["meetings:remove_decision"] = row(only_client(302), "post", given={"how": lambda cast: "remove"})
ROUTES["meetings:finish"] = row(only_client())
ROUTES["meetings:reopen"] = row(only_client(302), "post")
ROUTES["reply_by_link"] = row(public(), given={"value": a_ticket})
ROUTES["feed"] = row(public(), given={"secret": a_feed})

for room in ("measures", "board", "training", "practice", "research"):  # at the end: they begin from what stands above
    ROUTES |= importlib.import_module(f"tests.care.rows.{room}").ROUTES
