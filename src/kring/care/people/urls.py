from django.urls import path

from kring.care.people.views import entering, me, organisation, words

app_name = "people"
urlpatterns = [
    path("enter/<str:secret>/", entering.enter, name="enter"),
    path("sign-out/", entering.sign_out, name="sign_out"),
    path("signed-out/", entering.signed_out, name="signed_out"),
    path("language/", me.language, name="language"),
    path("who-may-see-what/", words.roles_page, name="roles"),
    path("me/", me.settings_page, name="me"),
    path("me/name/", me.name, name="name"),
    path("me/sessions/", me.sessions, name="sessions"),
    path("me/sessions/<int:session_id>/end/", me.end_session, name="end_session"),
    path("me/sessions/end/", me.end_other_sessions, name="end_other_sessions"),
    path("work/<str:secret>/", organisation.take_offer, name="take_offer"),
    path("organisation/<uuid:organisation_id>/", organisation.overview, name="organisation"),
    path("organisation/<uuid:organisation_id>/teams/new/", organisation.new_team, name="new_team"),
    path("organisation/<uuid:organisation_id>/people/new/", organisation.new_offer, name="new_offer"),
    path("organisation/<uuid:organisation_id>/teams/<uuid:team_id>/end/", organisation.end_team, name="end_team"),
    path("organisation/<uuid:organisation_id>/posts/<uuid:post_id>/", organisation.post_page, name="post"),
    path("organisation/<uuid:organisation_id>/posts/<uuid:post_id>/end/", organisation.end_post, name="end_post"),
    path("organisation/<uuid:organisation_id>/posts/<uuid:post_id>/link/", organisation.send_link, name="send_link"),
    path(
        "organisation/<uuid:organisation_id>/posts/<uuid:post_id>/second-step/",
        organisation.reset_second_step,
        name="reset_second_step",
    ),
    path("organisation/<uuid:organisation_id>/posts/<uuid:post_id>/close/", organisation.close, name="close_account"),
    path(
        "organisation/<uuid:organisation_id>/offers/<uuid:offer_id>/withdraw/", organisation.withdraw, name="withdraw"
    ),
    path("organisation/<uuid:organisation_id>/offers/<uuid:offer_id>/again/", organisation.again, name="offer_again"),
]
