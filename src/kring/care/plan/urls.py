from django.urls import path

from kring.care.plan.views import crisis, doing, pocket, wishes

app_name = "plan"
urlpatterns = [
    path("plan/", wishes.plan, name="plan"),
    path("plan/dreams/new/", wishes.new_dream, name="new_dream"),
    path("plan/goals/new/", wishes.new_goal, name="new_goal"),
    path("plan/dreams/<uuid:item_id>/", wishes.dream, name="dream"),
    path("plan/goals/<uuid:item_id>/", wishes.goal, name="goal"),
    path("plan/actions/", doing.listing, name="actions"),
    path("plan/actions/new/", doing.new_action, name="new_action"),
    path("plan/actions/<uuid:item_id>/", doing.action, name="action"),
    path("plan/actions/<uuid:item_id>/hand/", doing.hand, name="hand"),
    path("plan/actions/<uuid:item_id>/<slug:verb>/", doing.act, name="act"),
    path("plan/crisis/", crisis.page, name="crisis"),
    path("plan/crisis/helps/", crisis.helping, name="crisis_helps"),
    path("plan/crisis/contacts/", crisis.contacts, name="crisis_contacts"),
    path("plan/crisis/<slug:colour>/", crisis.phase, name="crisis_phase"),
    path("plan/crisis/<uuid:item_id>/<slug:verb>/", crisis.set_removed, name="crisis_removed"),
    path("plan/<slug:kind>/<uuid:item_id>/<slug:verb>/", wishes.set_outcome, name="set_outcome"),
    path("card/", pocket.card, name="card"),
    path("card/pocket/", pocket.pocket, name="pocket"),
    path("card/still/", pocket.still, name="still"),
]
