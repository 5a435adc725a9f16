"""Writing down the talk of phase 2. It stays between whoever held it and that member (see decision 0030)."""

from django.db import transaction

from kring.care.circles import policy
from kring.care.circles.models import Interview, Member
from kring.care.circles.seats import Seat
from kring.care.circles.trail import wrote
from kring.care.stored import allow, save_if_unchanged


def of(by: Seat, member: Member) -> Interview:
    """The record of this talk, or an empty one that is not stored yet."""
    allow(policy.may_interview(by))
    found = Interview.objects.filter(held_by_id=by.person_id, member=member, circle_id=by.circle_id).first()
    return found or Interview(circle_id=by.circle_id, member=member, held_by_id=by.person_id)


@transaction.atomic
def write(*, by: Seat, member: Member, version: int, **content: object) -> Interview:
    """Keep what was said. The trail says that it was written, never what."""
    allow(policy.may_interview(by) and policy.to_interview(by).filter(pk=member.pk).exists())
    talk, _new = Interview.objects.get_or_create(
        member=member, held_by_id=by.person_id, defaults={"circle_id": by.circle_id}
    )
    save_if_unchanged(talk, version, content)
    wrote(by, "wrote down a talk", "interview", talk.pk, rule="interview")
    return talk
