"""The link in a meeting's mail, with which one member answers for one meeting without signing in.

It is signed, not stored. It opens nothing but that one answer, and nothing at all once the member may no longer
see the meeting.
"""

from django.core import signing

from kring.care.circles.seats import Seat, seat_of
from kring.care.meetings import policy
from kring.care.meetings.models import Attendance
from kring.care.stored import Denied, allow

SALT = "kring.meetings.ticket"


def ticket(attendance: Attendance) -> str:
    return signing.dumps(attendance.pk.hex, salt=SALT)


def admitted(value: str) -> tuple[Attendance, Seat]:
    """The attendance that a link speaks for and the member's seat; else it does not exist."""
    try:
        pk = signing.loads(value, salt=SALT)
    except signing.BadSignature:
        raise Denied from None
    attendance = Attendance.objects.select_related("meeting", "member__person").filter(pk=pk).first()
    if attendance is None or attendance.member.person is None:
        raise Denied
    seat = seat_of(attendance.member.person, attendance.meeting.circle_id)
    if seat is None or seat.member_id != attendance.member_id:
        raise Denied
    allow(policy.visible(seat).filter(pk=attendance.meeting_id).exists())
    return attendance, seat
