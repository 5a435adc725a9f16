"""The client's side of the board: agree to a link, choose people, notice early signs; and the team's answers to that.

Nothing here scales anybody up: a sign is a proposal, and a person of the team decides. Kring works nothing out from
signs and raises no alarm.
"""

import uuid
from collections.abc import Iterable, Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kring.care import post
from kring.care.audit.actions import record
from kring.care.board import actions, policy
from kring.care.board.desk import Desk
from kring.care.board.models import Agreement, Category, Chosen, Entry, Sign, Told
from kring.care.circles.models import Circle, Member
from kring.care.circles.seats import Seat
from kring.care.circles.trail import wrote
from kring.care.people.models import Person, Team
from kring.care.second_guard import lifted
from kring.care.stored import allow

LINK = "board link"


@transaction.atomic
def agree(*, by: Seat) -> Agreement:
    """The client lets the board of their own team be linked to their circle. The team finds which line is theirs."""
    allow(policy.may_agree(by) and by.circle.team_id is not None and by.circle.closed_at is None)
    team = Team.objects.get(pk=by.circle.team_id)
    agreement, new = Agreement.objects.get_or_create(
        circle_id=by.circle_id, ended_at=None, team=team, defaults={"team_name": team.name}
    )
    if new:
        wrote(by, "agreed", "board", agreement.pk)
    return agreement


@transaction.atomic
def end(*, by: Seat) -> None:
    """The client ends the link: from now on the board and the circle know nothing of each other."""
    allow(policy.may_agree(by))
    for agreement in Agreement.objects.filter(circle_id=by.circle_id, ended_at=None, team__isnull=False):
        end_one(agreement)
        wrote(by, "ended the link", "board", agreement.pk)


def end_one(agreement: Agreement) -> None:
    """Signs that wait are withdrawn with it."""
    Agreement.objects.filter(pk=agreement.pk).update(ended_at=timezone.now())
    _withdraw_waiting(agreement)


def _withdraw_waiting(agreement: Agreement) -> None:
    agreement.signs.filter(answered_at=None, withdrawn_at=None).update(withdrawn_at=timezone.now())


@transaction.atomic
def let_signs(*, by: Seat, on: bool) -> None:
    """Early signs may, or may no longer, be put on the board. Taking it back withdraws what waits there."""
    allow(policy.may_agree(by))
    agreement = policy.agreement_of(by)
    allow(agreement is not None)
    assert agreement is not None
    Agreement.objects.filter(pk=agreement.pk).update(signals=on)
    if not on:
        _withdraw_waiting(agreement)
    wrote(by, "shared" if on else "stopped sharing", "signs", agreement.pk)


@transaction.atomic
def choose(*, by: Seat, wanted: Mapping[uuid.UUID, Iterable[str]]) -> None:
    """Who notices too, and who is told: for each member a few of `notices` and `told`. Others lose both."""
    allow(policy.may_agree(by))
    agreement = policy.agreement_of(by)
    allow(agreement is not None)
    assert agreement is not None
    allowed = {member.pk: member for member in policy.members_to_choose(by)}
    allow(set(wanted) <= set(allowed))
    now = timezone.now()
    before = {row.member_id: row for row in agreement.chosen.filter(ended_at=None)}
    for key, member in allowed.items():
        marks = {mark: mark in set(wanted.get(key, ())) for mark in ("notices", "told")}
        row = before.get(key)
        if row is not None and marks == {"notices": row.notices, "told": row.told}:
            continue
        Chosen.objects.filter(agreement=agreement, member=member, ended_at=None).update(ended_at=now)
        if any(marks.values()):
            Chosen.objects.create(agreement=agreement, member=member, **marks)
    wrote(by, "chose people", "signs", agreement.pk)


@transaction.atomic
def notice(*, by: Seat, id: uuid.UUID, colour: str, wish: str = "know") -> Sign:
    """Say that early signs are there. It stands on the board as a proposal; whom the client chose gets a letter."""
    agreement = policy.agreement_of(by)
    allow(agreement is not None and policy.may_notice(by, agreement))
    assert agreement is not None
    sign, new = Sign.objects.get_or_create(
        id=id,
        defaults={
            "agreement": agreement, "colour": colour, "wish": wish, "noticed_by_id": by.person_id,
            "by_client": by.is_client,
        },
    )  # fmt: skip
    allow(sign.agreement_id == agreement.pk)
    if new:
        wrote(by, "noticed signs", "signs", sign.pk, rule="" if by.is_client else "chosen by the client")
        _write_to_the_chosen(agreement, but=by.person_id)
    return sign


@transaction.atomic
def withdraw(*, by: Seat, sign: Sign) -> None:
    """Take it back before somebody answered: the client any sign, a member their own."""
    allow(sign.agreement.circle_id == by.circle_id and not by.preview)
    allow(policy.may_agree(by) or sign.noticed_by_id == by.person_id)
    open_still = Sign.objects.filter(pk=sign.pk, answered_at=None, withdrawn_at=None)
    if open_still.update(withdrawn_at=timezone.now()):
        wrote(by, "withdrew signs", "signs", sign.pk)


# the team's side


@transaction.atomic
def put_together(*, by: Desk, agreement: Agreement, entry: Entry) -> None:
    """This line is the client's who agreed. What the board said so far is written into their circle as well."""
    allow(agreement.team_id == by.team.pk and agreement.ended_at is None and agreement.entry_id is None)
    allow(entry.team_id == by.team.pk and entry.ended_at is None)
    allow(not policy.agreements(by).filter(entry=entry).exists())
    allow(bool(Agreement.objects.filter(pk=agreement.pk, entry=None, ended_at=None).update(entry=entry)))
    with lifted("the board writes into the circle of a client who agreed to that"):
        desk = by.about(agreement.circle)
        Told.objects.create(circle=agreement.circle, kind="linked", after=entry.label, by=by.person)
        told = [
            Told(circle=agreement.circle, kind="moved", before=move.before, after=move.after, words=move.reason,
                 by_id=move.moved_by_id, created_at=move.created_at)
            for move in entry.moves.order_by("created_at")
        ]  # fmt: skip
        Told.objects.bulk_create(told)
    record(by=desk, verb="linked board", thing="board", thing_id=entry.pk, rule=LINK)


@transaction.atomic
def answer(*, by: Desk, sign: Sign, reply: str, category: Category | None = None) -> bool:
    """Somebody of the team read it and answers. False: a colleague did so first, or it was just taken back."""
    allow(policy.signs_said_to(by).filter(pk=sign.pk).exists())
    answered = {"answered_at": timezone.now(), "answered_by": by.person, "reply": reply}
    if not Sign.objects.filter(pk=sign.pk, answered_at=None, withdrawn_at=None).update(**answered):
        return False
    with lifted("the answer goes into the circle of the client who agreed to that, and to whoever noticed"):
        circle = Circle.objects.select_related("client").get(pk=sign.agreement.circle_id)
        Told.objects.create(circle=circle, kind="answer", after=str(category or ""), words=reply, by=by.person)
        for person in {circle.client, sign.noticed_by}:
            _write(person, circle.pk)
        desk = by.about(circle)
    record(by=desk, verb="answered signs", thing="board", thing_id=sign.pk, rule=LINK)
    return True


@transaction.atomic
def scale_up(*, by: Desk, sign: Sign, version: int, id: uuid.UUID, category: Category | None, reason: str) -> bool:
    """A person of the team answers a sign by moving the client on the board: both or neither."""
    entry = sign.agreement.entry
    allow(entry is not None)
    assert entry is not None
    if not answer(by=by, sign=sign, reply=reason, category=category):
        return False
    actions.move(by=by, entry=entry, version=version, id=id, category=category, reason=reason)
    return True


def _write_to_the_chosen(agreement: Agreement, but: uuid.UUID) -> None:
    """Only members who take part now, and the client where somebody else noticed."""
    told = Member.objects.filter(
        pk__in=agreement.chosen.filter(told=True, ended_at=None).values("member_id"),
        joined_at__isnull=False, ended_at=None, paused_at=None, person__isnull=False,
    ).select_related("person")  # fmt: skip
    readers = {member.person for member in told if member.person is not None}
    readers.add(agreement.circle.client)
    for person in readers:
        if person.pk != but:
            _write(person, agreement.circle_id)


def _write(person: Person, circle_id: uuid.UUID) -> None:
    """A letter without content: something is new, and where."""
    post.send(
        to=person, subject=_("Kring: something new in a circle"), template="board/mail/news.txt",
        context={"address": post.link("signs:page", circle_id)},
    )  # fmt: skip


def follow_the_team(*, circle_id: uuid.UUID) -> None:
    """The client chose another team or none, or closed the circle: the agreement ends with that.

    In a pause it rests: signs that wait are withdrawn, as nobody else sees anything of the circle then, and none can be
    said. The board goes on telling the client what it says about them. Afterwards the link goes on by itself.
    """
    circle = Circle.objects.get(pk=circle_id)
    for agreement in Agreement.objects.filter(circle=circle, ended_at=None, team__isnull=False):
        if circle.team_id != agreement.team_id or circle.closed_at is not None:
            end_one(agreement)
        elif circle.paused_at is not None:
            _withdraw_waiting(agreement)
