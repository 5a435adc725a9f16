"""Pages of the circle room."""

import datetime as dt
import uuid

from django.utils import timezone

from kring.care.circles import actions, interviews, invitations, sharing
from kring.care.circles.models import Member
from kring.care.circles.topics import Task, Topic, Zone
from tests.browser.pages import Visit


def _tie(cast):
    names = [("Opa Jan", "close", "person"), ("Bakkie, de hond", "close", "pet"), ("De volkstuin", "near", "place")]
    for name, ring, kind in names:
        tie = actions.add_tie(by=cast.seat("noor"), id=uuid.uuid4(), name=name, ring=ring, kind=kind)
    return {"tie": tie.pk}


def _sanne(cast):
    return {"member": cast.members["sanne"].pk}


def _lotte(cast):
    return {"member": cast.members["lotte"].pk}


def _kees(cast):
    """Somebody whom Noor only thought of."""
    return {"member": actions.nominate(by=cast.seat("noor"), id=uuid.uuid4(), name="Kees").pk}


def _declined(cast):
    invitations.decline(letter=cast.letter)
    return _lotte(cast) | _secret(cast)


def _paper_letter(cast):
    words = {"wording": "Lieve Lotte,\n\nKom je erbij?\n\nNoor", "way": "letter"}
    letter, _secret = invitations.invite(by=cast.seat("noor"), member=cast.members["lotte"], **words)
    return {"letter": letter.pk}


def _secret(cast):
    return {"secret": cast.secret}


def _handed(cast):
    noor, until = cast.seat("noor"), timezone.localdate() + dt.timedelta(days=30)
    for task in (Task.MEETINGS, Task.INVITE):
        actions.hand_over(by=noor, member=cast.members["ruth"], task=task, until=until)
    return {"member": cast.members["sanne"].pk}


def _apart(cast):
    tie = _tie(cast)["tie"]
    sharing.share(by=cast.seat("noor"), topic=Topic.MAP, role="informal")
    from kring.care.circles.models import Tie

    item = Tie.objects.get(pk=tie)
    sharing.set_reach(by=cast.seat("noor"), item=item, zone=Zone.CHOSEN, members=[cast.members["ruth"]])
    return {"tie": tie, "topic": "map"}


def _talk(cast):
    _handed(cast)
    sanne = Member.objects.get(pk=cast.members["sanne"].pk)
    interviews.write(
        by=cast.seat("ruth"), member=sanne, version=1, held_on=timezone.localdate(), expectations="Samen eten",
        relationship="Zussen", contribution="Rijden", about_others="Over Bram",
    )  # fmt: skip
    return {"member": sanne.pk}


def _paused(cast):
    actions.set_circle_state(by=cast.seat("noor"), state="paused")


def _closed(cast):
    actions.set_circle_state(by=cast.seat("noor"), state="closed")


def _words_then_send(page):
    """From the words to the page that asks how it goes."""
    page.locator("main form button.main").first.click()


def _by_link(page):
    _words_then_send(page)
    page.locator("input[value=link]").check()
    _save(page)


def _save(page):
    page.locator("main form button.main").first.click()


VISITS = [
    Visit("circles/map.html", "/c/{circle}/map/", state="empty"),
    Visit("circles/map.html", "/c/{circle}/map/", state="with ties", prepare=_tie),
    Visit("circles/map.html", "/c/{circle}/map/", who="sanne", state="not shared", prepare=_tie),
    Visit("circles/tie.html", "/c/{circle}/map/new/", state="new"),
    Visit("circles/tie.html", "/c/{circle}/map/new/", state="with an error", do=_save),
    Visit("circles/tie.html", "/c/{circle}/map/{tie}/", state="edit", prepare=_tie),
    Visit("circles/mine.html", "/c/{circle}/mine/"),
    Visit("circles/my_place.html", "/c/{circle}/mine/", who="sanne"),
    Visit("circles/my_place.html", "/c/{circle}/mine/", who="ruth", state="with tasks", prepare=_handed),
    Visit("circles/my_place.html", "/c/{circle}/mine/", who="bram", state="paused"),
    Visit("circles/sees.html", "/c/{circle}/sees/"),
    Visit("circles/sees_person.html", "/c/{circle}/sees/person/{member}/", prepare=_sanne),
    Visit("circles/sees_part.html", "/c/{circle}/sees/{topic}/", prepare=_apart),
    Visit("circles/reach.html", "/c/{circle}/sees/map/{tie}/", prepare=_apart),
    Visit("circles/handovers.html", "/c/{circle}/handovers/", prepare=_handed),
    Visit("circles/handovers.html", "/c/{circle}/handovers/", state="with errors", do=_save),
    Visit("circles/state.html", "/c/{circle}/state/"),
    Visit("circles/state.html", "/c/{circle}/state/", state="paused", prepare=_paused),
    Visit("circles/state.html", "/c/{circle}/state/", state="closed", prepare=_closed),
    Visit("circles/team.html", "/c/{circle}/team/"),
    Visit("circles/members.html", "/c/{circle}/members/", prepare=_kees),
    Visit("circles/members.html", "/c/{circle}/members/", who="sanne", state="of a member"),
    Visit("circles/members.html", "/c/{circle}/members/", who="pieter", state="not shared"),
    Visit("circles/member.html", "/c/{circle}/members/{member}/", prepare=_sanne),
    Visit("circles/member.html", "/c/{circle}/members/{member}/", state="asked", prepare=_lotte),
    Visit("circles/member.html", "/c/{circle}/members/{member}/", state="not now", prepare=_declined),
    Visit("circles/member.html", "/c/{circle}/members/{member}/", state="named", prepare=_kees),
    Visit("circles/member.html", "/c/{circle}/members/{member}/", who="sanne", state="of oneself", prepare=_sanne),
    Visit("circles/change_member.html", "/c/{circle}/members/{member}/change/", prepare=_kees),
    Visit("circles/nominate.html", "/c/{circle}/members/new/", prepare=_tie),
    Visit("circles/letter_sees.html", "/c/{circle}/members/{member}/sees/", prepare=_kees),
    Visit("circles/letter_parts.html", "/c/{circle}/members/{member}/sees/parts/", prepare=_kees),
    Visit("circles/letter_words.html", "/c/{circle}/members/{member}/words/", prepare=_kees),
    Visit("circles/letter_send.html", "/c/{circle}/members/{member}/words/", prepare=_kees, do=_words_then_send),
    Visit("circles/letter_link.html", "/c/{circle}/members/{member}/words/", prepare=_kees, do=_by_link),
    Visit("circles/letter_print.html", "/c/{circle}/letters/{letter}/", prepare=_paper_letter),
    Visit("circles/invitation.html", "/invitation/{secret}/", who=None, prepare=_secret),
    Visit("circles/invitation.html", "/invitation/{secret}/", state="one's own", prepare=_secret),
    Visit("circles/invitation_declined.html", "/invitation/{secret}/not-now/", who=None, prepare=_declined),
    Visit("circles/invitation_closed.html", "/invitation/nothing/", who=None, answer=404),
    Visit("circles/invitation_code.html", "/invitation/", who=None),
    Visit("circles/invitation_code.html", "/invitation/", who=None, state="with an error", do=_save),
    Visit("circles/welcome.html", "/c/{circle}/welcome/", who="sanne"),
    Visit("circles/what_i_can.html", "/c/{circle}/what-i-can/", who="sanne"),
    Visit("circles/leave.html", "/c/{circle}/leave/", who="sanne"),
    Visit("circles/phases.html", "/c/{circle}/phases/"),
    Visit("circles/phases.html", "/c/{circle}/phases/", who="ruth", state="handed over", prepare=_handed),
    Visit("circles/decisions.html", "/c/{circle}/decisions/"),
    Visit("circles/decisions.html", "/c/{circle}/decisions/", who="pieter", state="to read"),
    Visit("circles/talks.html", "/c/{circle}/talks/", who="ruth", prepare=_talk),
    Visit("circles/talks.html", "/c/{circle}/talks/", who="ruth", state="sees nobody"),
    Visit("circles/talk.html", "/c/{circle}/talks/{member}/", who="ruth", prepare=_talk),
    Visit("circles/my_talk.html", "/c/{circle}/my-talk/", who="sanne", prepare=_talk),
    Visit("circles/my_talk.html", "/c/{circle}/my-talk/", who="pieter", state="nothing"),
    Visit("circles/log.html", "/c/{circle}/log/", state="empty"),
    Visit("circles/log.html", "/c/{circle}/log/?who=all", state="with lines"),
    Visit("circles/emergency.html", "/emergency/", who="eva"),
    Visit("circles/emergencies.html", "/c/{circle}/emergencies/"),
]
