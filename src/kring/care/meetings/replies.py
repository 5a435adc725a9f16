"""Accept and Decline pressed in somebody's own calendar come back as a mail (iTIP REPLY, RFC 5546).

`kring calendar_reply` reads such a mail from standard input; a mail server pipes to it what arrives at the address that
invitations come from. What cannot be matched is left alone: the sender learns nothing.
"""

from email import message_from_bytes, policy
from email.message import EmailMessage

from icalendar import Calendar, Event

from kring.care.circles.seats import seat_of
from kring.care.meetings import actions
from kring.care.meetings import policy as rules
from kring.care.meetings.models import Attendance, Meeting
from kring.care.stored import Denied, id_or_404

ANSWERS = {"ACCEPTED": "yes", "DECLINED": "no", "TENTATIVE": "maybe"}
LARGEST = 200_000  # bytes of a mail that is read at all


class Unusable(Exception):
    """Why a mail is no reply to one of our invitations."""


def take_in(mail: bytes) -> Attendance:
    """Note the answer in this mail as the member's own; Unusable says why not."""
    event = _reply(mail)
    attendee = event.get("attendee")
    if attendee is None or isinstance(attendee, list):
        raise Unusable("a reply must be from one attendee")
    answer = ANSWERS.get(str(attendee.params.get("PARTSTAT", "")).upper())
    if answer is None:
        raise Unusable("the reply neither accepts nor declines")
    attendance = _attendance(str(event.get("uid", "")))
    address = str(attendee).lower().removeprefix("mailto:")
    if address != attendance.member.email.lower():
        raise Unusable("the reply is not from the member who was invited")
    if _of_earlier_date(event, attendance.meeting):
        raise Unusable("the reply is about an earlier date of this meeting")
    return _answer(attendance, answer)


def _reply(mail: bytes) -> Event:
    if len(mail) > LARGEST:
        raise Unusable("the mail is too large for a reply")
    message = message_from_bytes(mail, policy=policy.default)
    assert isinstance(message, EmailMessage)
    for part in message.walk():
        if part.get_content_type() == "text/calendar":
            return _event(part.get_payload(decode=True))
    raise Unusable("the mail holds no calendar part")


def _event(text: object) -> Event:
    try:
        calendar = Calendar.from_ical(text if isinstance(text, bytes) else b"")
    except (ValueError, IndexError) as error:
        raise Unusable("the calendar part cannot be read") from error
    events = [part for part in calendar.walk("VEVENT") if isinstance(part, Event)]
    if str(calendar.get("method", "")).upper() != "REPLY" or len(events) != 1:
        raise Unusable("the calendar part is not a reply to one invitation")
    return events[0]


def _attendance(uid: str) -> Attendance:
    """The invitation that a UID names; it is unguessable, and the member must still be one."""
    try:
        key = id_or_404(uid.partition("@")[0])
    except Denied:
        raise Unusable("the reply names no invitation of ours") from None
    found = Attendance.objects.select_related("meeting", "member__person").filter(pk=key).first()
    if found is None or found.member.person is None:
        raise Unusable("the reply names no invitation of ours")
    return found


def _of_earlier_date(event: Event, meeting: Meeting) -> bool:
    """Answered before the letter about a new date was read: a yes to the old one is none to this one."""
    try:
        answered, start = int(event.get("sequence", 0)), event.decoded("dtstart", None)
    except ValueError as error:
        raise Unusable("the calendar part cannot be read") from error
    return answered < meeting.sequence and start != meeting.starts_at


def _answer(attendance: Attendance, answer: str) -> Attendance:
    person = attendance.member.person
    seat = seat_of(person, attendance.meeting.circle_id) if person else None
    if seat is None or seat.member_id != attendance.member_id:
        raise Unusable("whoever was invited is no longer in the circle")
    if not rules.visible(seat).filter(pk=attendance.meeting_id, cancelled_at=None, held_at=None).exists():
        raise Unusable("the meeting is over, off, or no longer for this member")
    return actions.reply(by=seat, meeting=attendance.meeting, answer=answer)
