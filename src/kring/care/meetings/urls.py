from django.urls import path

from kring.care.meetings.views import calendar, meeting, planning, running

app_name = "meetings"
one = "together/<uuid:meeting_id>/"
urlpatterns = [
    path("together/", planning.meetings, name="meetings"),
    path("together/new/", planning.new_meeting, name="new"),
    path("together/calendar/", calendar.subscribe, name="subscribe"),
    path(one, meeting.meeting_page, name="meeting"),
    path(f"{one}change/", planning.change_meeting, name="change"),
    path(f"{one}cancel/", planning.cancel, name="cancel"),
    path(f"{one}cancel/undo/", planning.uncancel, name="uncancel"),
    path(f"{one}date/<uuid:option_id>/", planning.pick, name="pick"),
    path(f"{one}answer/", meeting.answer, name="answer"),
    path(f"{one}reply/", meeting.reply, name="reply"),
    path(f"{one}agenda/draft/", meeting.draft, name="draft"),
    path(f"{one}agenda/new/", meeting.add_point, name="add_point"),
    path(f"{one}agenda/<uuid:point_id>/<str:how>/", meeting.change_point, name="change_point"),
    path(f"{one}paper/", meeting.paper, name="paper"),
    path(f"{one}now/<int:number>/", running.now, name="now"),
    path(f"{one}now/<int:number>/decide/", running.decide, name="decide"),
    path(f"{one}now/<int:number>/agree/", running.agree, name="agree"),
    path(f"{one}decision/<uuid:decision_id>/<str:how>/", running.remove_decision, name="remove_decision"),
    path(f"{one}finish/", running.finish, name="finish"),
    path(f"{one}reopen/", running.reopen, name="reopen"),
]
