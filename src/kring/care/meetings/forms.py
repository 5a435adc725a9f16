"""Forms of the meetings room."""

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kring.care.circles.models import Member
from kring.care.forms import Plain
from kring.care.meetings.models import Attendance, DateAnswer, Meeting

SLOTS = 4  # dates that a poll offers on one form


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


def local_moment(day: dt.date, time: dt.time) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, time))


class Choices(Plain):
    """What the client decides for one meeting: where, who leads, how long."""

    place = forms.CharField(label=_("Where?"), max_length=200, required=False)
    minutes = forms.IntegerField(label=_("How long, in minutes?"), min_value=5, max_value=480, initial=60)
    chair = forms.ChoiceField(label=_("Who leads the meeting?"), required=False, widget=forms.RadioSelect)

    def __init__(self, *args: Any, members: list[Member], client_words: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members = {str(member.pk): member for member in members}
        chair: Any = self.fields["chair"]
        chair.choices = [("", client_words), *((key, member.name) for key, member in self.members.items())]

    def clean_chair(self) -> Member | None:
        return self.members.get(self.cleaned_data["chair"])


class PlanMeeting(Choices):
    """A date that is known, or up to four dates to choose from."""

    new_id = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)
    field_order = ("new_id", *(f"{part}_{n}" for n in range(SLOTS) for part in ("day", "time")))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(SLOTS):
            self.fields[f"day_{number}"] = forms.DateField(
                label=_("Date") if number == 0 else _("Another date"), required=number == 0, widget=DateInput()
            )
            self.fields[f"time_{number}"] = forms.TimeField(label=_("Time"), required=number == 0, widget=TimeInput())
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        self.moments: list[dt.datetime] = []
        for number in range(SLOTS):
            self._read_slot(number, typed.get(f"day_{number}"), typed.get(f"time_{number}"))
        return typed

    def _read_slot(self, number: int, day: dt.date | None, time: dt.time | None) -> None:
        if day and time:
            moment = local_moment(day, time)
            if moment < timezone.now():
                self.add_error(f"day_{number}", _("Fill in a date and time after now."))
            elif moment not in self.moments:
                self.moments.append(moment)
        elif day and f"time_{number}" not in self.errors:
            self.add_error(f"time_{number}", _("Fill in a time too."))
        elif time and f"day_{number}" not in self.errors:
            self.add_error(f"day_{number}", _("Fill in a date too."))

    def content(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("place", "minutes", "chair")}


class ChangeMeeting(Choices):
    version = forms.IntegerField(widget=forms.HiddenInput)
    day = forms.DateField(label=_("Date"), required=False, widget=DateInput())
    time = forms.TimeField(label=_("Time"), required=False, widget=TimeInput())
    field_order = ("version", "day", "time", "place", "minutes", "chair")

    @classmethod
    def of(cls, data: Any, meeting: Meeting, members: list[Member], client_words: str) -> "ChangeMeeting":
        starts = timezone.localtime(meeting.starts_at) if meeting.starts_at else None
        initial = {
            "version": meeting.version, "place": meeting.place, "minutes": meeting.minutes,
            "chair": str(meeting.chair_id or ""), "day": starts and starts.date(), "time": starts and starts.time(),
        }  # fmt: skip
        return cls(data, initial=initial, members=members, client_words=client_words)

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if bool(typed.get("day")) != bool(typed.get("time")) and not self.errors:
            self.add_error("time" if typed.get("day") else "day", _("Fill in both the date and the time."))
        return typed

    def keep_typed(self, version: int) -> None:
        """Somebody else was first: what was typed stays, and the next save knows of the stored version."""
        typed = self.data.copy()  # type: ignore[attr-defined]
        typed["version"] = str(version)
        self.data = typed

    def content(self) -> dict[str, Any]:
        day, time = self.cleaned_data["day"], self.cleaned_data["time"]
        found = {name: self.cleaned_data[name] for name in ("place", "minutes", "chair")}
        return found | {"starts_at": local_moment(day, time) if day and time else None}


class Reply(Plain):
    answer = forms.ChoiceField(choices=[choice for choice in Attendance.REPLIES if choice[0]])


class PollAnswer(forms.Form):
    answer = forms.ChoiceField(choices=DateAnswer.ANSWERS)


class NewPoint(Plain):
    new_id = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)
    title = forms.CharField(label=_("What do you want to talk about?"), max_length=200)


class Notes(Plain):
    version = forms.IntegerField(widget=forms.HiddenInput)
    notes = forms.CharField(
        label=_("What was said"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 6})
    )


class NewDecision(Plain):
    new_id = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)
    text = forms.CharField(label=_("What did you decide?"), max_length=500)


class NewAction(Plain):
    """Agreed in the meeting: what, by whom, by when. The person named says yes on their own page."""

    new_id = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)
    text = forms.CharField(label=_("What will be done?"), max_length=500)
    owner = forms.ChoiceField(label=_("Who does it?"))
    due_on = forms.DateField(label=_("By when?"), required=False, widget=DateInput())

    def __init__(self, *args: Any, members: list[Member], client_words: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members = {str(member.pk): member for member in members}
        owner: Any = self.fields["owner"]
        owner.choices = [("client", client_words), *((key, member.name) for key, member in self.members.items())]
