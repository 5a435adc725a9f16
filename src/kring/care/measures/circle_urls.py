"""Addresses of the room inside a circle."""

from django.urls import path

from kring.care.measures.views import filling, life, planning, progress

app_name = "circle_measures"
urlpatterns = [
    path("progress/", progress.progress, name="progress"),
    path("progress/own/", progress.own, name="own"),
    path("progress/own/new/<str:code>/", progress.new_own, name="new_own"),
    path("progress/own/<uuid:line_id>/<slug:verb>/", progress.set_own, name="set_own"),
    path("progress/plan/", planning.schedules, name="schedules"),
    path("progress/plan/new/", planning.choose, name="choose"),
    path("progress/plan/new/<str:code>/", planning.new, name="new"),
    path("progress/plan/<uuid:line_id>/", planning.edit, name="edit"),
    path("progress/plan/<uuid:line_id>/<slug:verb>/", planning.set_line, name="set_line"),
    path("progress/life/", life.life, name="life"),
    path("progress/life/new/", life.new_factor, name="new_factor"),
    path("progress/life/<uuid:factor_id>/", life.factor, name="factor"),
    path("progress/life/<uuid:factor_id>/<slug:verb>/", life.set_factor, name="set_factor"),
    path("progress/<uuid:line_id>/", progress.line, name="line"),
    path("progress/<uuid:line_id>/open/", filling.open_page, name="open"),
    path("progress/<uuid:line_id>/begin/", filling.begin, name="begin"),
    path("progress/<uuid:line_id>/decline/", filling.decline, name="decline"),
    path("progress/<uuid:line_id>/totals/", filling.totals, name="totals"),
    path("progress/answers/<uuid:filled_id>/", filling.go_on, name="go_on"),
    path("progress/answers/<uuid:filled_id>/check/", filling.check, name="check"),
    path("progress/answers/<uuid:filled_id>/<int:number>/", filling.question, name="question"),
    path("progress/answers/<uuid:filled_id>/<slug:verb>/", filling.set_filled, name="set_filled"),
]
