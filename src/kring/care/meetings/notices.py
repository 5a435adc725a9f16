"""Mails about meetings: who should get one, and what it says. No content, no place, no names of others."""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kring.care.meetings import calendars, policy
from kring.care.meetings.models import Attendance, Meeting
from kring.care.post import send


def tell_attendees(meeting: Meeting) -> None:
    """Bring the list of attendees up to date and write to whoever has not heard of this version."""
    wanted = {member.pk: member for member in policy.invitees(meeting)}
    for member in wanted.values():
        Attendance.objects.get_or_create(meeting=meeting, member=member)
    for attendance in meeting.attendances.select_related("member__person", "meeting"):
        _tell(attendance, still_invited=attendance.member_id in wanted)


def _tell(attendance: Attendance, *, still_invited: bool) -> None:
    meeting, known = attendance.meeting, attendance.mailed_sequence >= 0
    if attendance.mailed_sequence >= meeting.sequence or (not still_invited and not known):
        return
    if meeting.cancelled_at is not None and not known:
        return
    Attendance.objects.filter(pk=attendance.pk).update(mailed_sequence=meeting.sequence)
    if not still_invited:
        _mail_goodbye(attendance)
    else:
        _mail(attendance, "CANCEL" if meeting.cancelled_at is not None else "REQUEST", again=known)


def _mail_goodbye(attendance: Attendance) -> None:
    """To who may no longer see the meeting: it leaves their calendar. When it is now, or if it is off, stays unsaid."""
    member = attendance.member
    send(
        to=member,
        subject=format_lazy("Kring: {words}", words=_("News about a meeting")),
        template="meetings/mail/no_longer.txt",
        language=member.person.language if member.person else "",
        calendar=calendars.invitation(attendance, "CANCEL", dated=False) if attendance.meeting.starts_at else "",
    )


def _mail(attendance: Attendance, method: str, *, again: bool) -> None:
    """One letter to one member: choose a date, come, it moved (`again`: they heard of it before), or it is off."""
    meeting, member = attendance.meeting, attendance.member
    if not member.email:
        return
    poll = meeting.starts_at is None
    template = "poll" if poll else "cancelled" if method == "CANCEL" else "invitation"
    subject = {
        "poll": _("Which date suits you?"),
        "cancelled": _("A meeting is off"),
        "invitation": _("News about a meeting") if again else _("A meeting"),
    }
    send(
        to=member,
        subject=format_lazy("Kring: {words}", words=subject[template]),
        template=f"meetings/mail/{template}.txt",
        context={"starts_at": meeting.starts_at, "address": calendars.link(attendance), "again": again},
        language=member.person.language if member.person else "",
        calendar="" if poll else calendars.invitation(attendance, method),
    )
