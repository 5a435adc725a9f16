"""Addresses of a team at work. The client's own page about the board is in `circle_urls`."""

from django.urls import path

from kring.care.board.views import assess, board, figures, headings, lines, links

app_name = "board"
urlpatterns = [
    path("", board.start, name="start"),
    path("<uuid:team_id>/", board.board, name="board"),
    path("<uuid:team_id>/open/", board.open_board, name="open"),
    path("<uuid:team_id>/morning/", board.morning, name="morning"),
    path("<uuid:team_id>/history/", board.history, name="history"),
    path("<uuid:team_id>/figures/", figures.page, name="figures"),
    path("<uuid:team_id>/fidelity/", assess.page, name="assessments"),
    path("<uuid:team_id>/fidelity/<slug:code>/new/", assess.new, name="assess"),
    path("<uuid:team_id>/fidelity/<uuid:assessment_id>/<slug:verb>/", assess.remove, name="remove_assessment"),
    path("<uuid:team_id>/circles/", board.circles, name="circles"),
    path("<uuid:team_id>/new/", lines.new, name="new"),
    path("<uuid:team_id>/client/<uuid:entry_id>/", lines.entry, name="entry"),
    path("<uuid:team_id>/client/<uuid:entry_id>/move/", lines.scale, name="scale"),
    path("<uuid:team_id>/client/<uuid:entry_id>/name/", lines.call, name="call"),
    path("<uuid:team_id>/client/<uuid:entry_id>/end/", lines.end, name="end"),
    path("<uuid:team_id>/visit/<uuid:visit_id>/cancel/", lines.cancel_visit, name="cancel_visit"),
    path("<uuid:team_id>/categories/", headings.categories, name="categories"),
    path("<uuid:team_id>/categories/<uuid:category_id>/", headings.category, name="category"),
    path("<uuid:team_id>/categories/<uuid:category_id>/<slug:verb>/", headings.change_category, name="change_category"),
    path("<uuid:team_id>/agreed/", links.waiting, name="waiting"),
    path("<uuid:team_id>/agreed/<uuid:agreement_id>/", links.put_together, name="put_together"),
    path("<uuid:team_id>/signs/<uuid:sign_id>/", links.answer, name="answer"),
]
