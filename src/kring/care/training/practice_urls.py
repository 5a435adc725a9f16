"""Addresses of practice and feedback that belong to no circle."""

from django.urls import path

from kring.care.training.views import answering, observing, practising, tables, together

app_name = "practice"
ONE = "practice/<uuid:practice_id>/"
SEEN = "observe/<uuid:practice_id>/"
urlpatterns = [
    path("answers/", answering.answers, name="answers"),
    path("answers/<uuid:rating_id>/back/", answering.take_back, name="take_back"),
    path("practice/", practising.mine, name="mine"),
    path("practice/in/<uuid:enrolment_id>/", practising.new, name="new"),
    path("practice/in/<uuid:enrolment_id>/choice/", practising.choice, name="choice"),
    path(
        "practice/in/<uuid:enrolment_id>/paper/<slug:instrument>/<slug:moment>/",
        practising.questionnaire,
        name="questionnaire",
    ),
    path(ONE, practising.page, name="page"),
    path(f"{ONE}change/", practising.change, name="change"),
    path(f"{ONE}went/", practising.went, name="went"),
    path(f"{ONE}ask/", practising.ask, name="ask"),
    path(f"{ONE}<slug:verb>/", practising.drop, name="drop"),
    path("observe/", observing.asked, name="asked"),
    path(SEEN, observing.page, name="observe"),
    path(f"{SEEN}look/", observing.look, name="look"),
    path("cohorts/<uuid:cohort_id>/coaching/", observing.coaching, name="coaching"),
    path("coaching/<uuid:contact_id>/<slug:verb>/", observing.removal, name="remove_coaching"),
    path("cohorts/<uuid:cohort_id>/seen/", together.seen, name="seen"),
    path("figures/", together.figures, name="figures"),
    path("tables/", tables.tables, name="tables"),
    path("tables/<uuid:cohort_id>/", tables.table, name="table"),
]
