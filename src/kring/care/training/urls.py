"""Addresses of the room that belong to no circle."""

from django.urls import URLPattern, path

from kring.care.training.views import boosters, building, leading, learner, pocket, quiz, quizzes

app_name = "training"
OWN = "mine/<uuid:enrolment_id>/"
PART = f"{OWN}parts/<uuid:part_id>/"
PROGRAMME = "programmes/<uuid:programme_id>/"
COHORT = "cohorts/<uuid:cohort_id>/"
SHELF = "parts/<uuid:part_id>/"
WORKSHOP = f"{COHORT}workshops/<uuid:session_id>/"
LEARNER = f"{COHORT}learners/<uuid:enrolment_id>/"
urlpatterns: list[URLPattern] = [
    path("", learner.home, name="home"),
    path(OWN, learner.course, name="course"),
    path(f"{OWN}portfolio/", learner.portfolio, name="portfolio"),
    path(f"{OWN}results.json", learner.results, name="results"),
    path(f"{OWN}stop/", learner.stop, name="stop"),
    path(PART, learner.part, name="part"),
    path(f"{PART}done/", learner.finish, name="finish"),
    path(f"{PART}quiz/", quiz.quiz, name="quiz"),
    path(f"{PART}quiz/answer/", quiz.answer, name="answer"),
    path(f"{PART}quiz/<uuid:attempt_id>/<slug:key>/", quiz.answered, name="answered"),
    path(f"{OWN}round/", boosters.page, name="round"),
    path(f"{OWN}round/<uuid:booster_id>/", boosters.answer, name="review"),
    path(f"{OWN}round/<uuid:round_id>/<uuid:booster_id>/", boosters.reviewed, name="reviewed"),
    path("certificates/<uuid:certificate_id>/", learner.certificate, name="certificate"),
    path("worker.js", pocket.worker, name="worker"),
    # trainers, and who leads along
    path("lead/", building.lead, name="lead"),
    path("programmes/new/", building.new_programme, name="new_programme"),
    path("programmes/library/", building.from_library, name="from_library"),
    path(PROGRAMME, building.programme, name="programme"),
    path(f"{PROGRAMME}draft/", building.draft, name="draft"),
    path(f"{PROGRAMME}publish/", building.publish, name="publish"),
    path(f"{PROGRAMME}place/", building.place, name="place"),
    path(f"{PROGRAMME}parts/<uuid:part_id>/", building.rearrange, name="rearrange"),
    path(f"{PROGRAMME}cohorts/new/", leading.new_cohort, name="new_cohort"),
    path("quizzes/import/", quizzes.bring, name="import"),
    path("parts/new/", building.new_part, name="new_part"),
    path(SHELF, building.part, name="shelf_part"),
    path(f"{SHELF}change/", building.change_part, name="change_part"),
    path(f"{SHELF}copy/", building.copy_part, name="copy_part"),
    path(COHORT, leading.cohort, name="cohort"),
    path(f"{COHORT}move/", leading.move, name="move_cohort"),
    path(f"{COHORT}enrol/", leading.enrol, name="enrol"),
    path(f"{COHORT}leads/", leading.lead_along, name="lead_along"),
    path(f"{COHORT}leads/<uuid:lead_id>/end/", leading.end_lead, name="end_lead"),
    path(f"{COHORT}teams/<uuid:team_id>/", leading.readiness, name="readiness"),
    path(f"{COHORT}results.json", leading.record, name="record"),
    path(f"{COHORT}statistics/", quizzes.statistics, name="statistics"),
    path(f"{COHORT}workshops/new/", leading.new_workshop, name="new_workshop"),
    path(WORKSHOP, leading.workshop, name="workshop"),
    path(f"{WORKSHOP}cancel/", leading.cancel_workshop, name="cancel_workshop"),
    path(f"{WORKSHOP}came/", leading.attendance, name="attendance"),
    path(LEARNER, leading.learner, name="learner"),
    path(f"{LEARNER}certificate/", leading.certify, name="certify"),
    path(f"{LEARNER}leave/", leading.leave, name="leave"),
]
