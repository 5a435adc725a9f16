"""Pages of the plan room."""

import datetime as dt
import uuid

from kring.care.circles import sharing
from kring.care.circles.topics import Topic
from kring.care.plan import actions, crisis
from kring.care.plan.models import Goal
from tests.browser.pages import Visit


def wishes(cast):
    noor = cast.seat("noor")
    dream = actions.add_dream(by=noor, id=uuid.uuid4(), text="Een eigen moestuin", domain="free", chime="hope")
    goal = actions.add_goal(
        by=noor, id=uuid.uuid4(), text="Elke week naar de volkstuin", dream=dream, with_whom="Sanne",
        by_when=dt.date(2999, 5, 1), noticed_by="Er staan tomaten", domain="daily",
    )  # fmt: skip
    past = actions.add_goal(by=noor, id=uuid.uuid4(), text="Een schep lenen")
    actions.mark_reached(by=noor, wish=past)
    return {"dream": dream.pk, "goal": goal.pk}


def doing(cast):
    """One action of each kind: asked of the client, of Sanne, nobody's, done."""
    noor, goal = cast.seat("noor"), Goal.objects.get(pk=wishes(cast)["goal"])
    sanne, ruth = cast.members["sanne"], cast.members["ruth"]
    asked = actions.propose_action(by=noor, id=uuid.uuid4(), text="Zaad kopen", owner=sanne, goal=goal)
    actions.propose_action(by=cast.seat("ruth"), id=uuid.uuid4(), text="Met de huisarts bellen", owner=ruth)
    actions.propose_action(by=noor, id=uuid.uuid4(), text="Een kruiwagen zoeken", due_on=dt.date(2999, 4, 1))
    mine = actions.propose_action(by=noor, id=uuid.uuid4(), text="Het hek verven", owner_is_client=True)
    done = actions.propose_action(by=noor, id=uuid.uuid4(), text="De tuin bekijken", owner_is_client=True)
    actions.mark_done(by=noor, action=done)
    return {"action": asked.pk, "mine": mine.pk}


def crisis_plan(cast):
    noor = cast.seat("noor")
    signs = {"green": "Ik slaap goed en ik zing", "orange": "Ik word stil", "red": "Ik slaap niet meer"}
    for colour, text in signs.items():
        crisis.write_phase(by=noor, colour=colour, signs=text, i_do="Ik ga wandelen", members_do="Blijf bij me")
    crisis.write_plan(by=noor, helps="Rust, thee, Bakkie", not_helps="Veel vragen", card_note="Bel Sanne eerst.")
    people = [{"name": "Sanne", "phone": "06 12 34 56 78", "when": "altijd"}, {"name": "Crisisdienst", "when": "nacht"}]
    crisis.set_contacts(by=noor, contacts=people)


def shared_crisis_plan(cast):
    crisis_plan(cast)
    sharing.share(by=cast.seat("noor"), topic=Topic.CRISIS, member=cast.members["sanne"])


def save(page):
    page.locator("main form button.main").first.click()


def wrong_phone(page):
    page.locator("input[type=tel]").last.fill("bel maar")
    save(page)


def unfold(page):
    page.locator("summary").first.click()


PLAN, CRISIS = "/c/{circle}/plan/", "/c/{circle}/plan/crisis/"
VISITS = [
    Visit("plan/plan.html", PLAN, state="empty"),
    Visit("plan/plan.html", PLAN, state="written", prepare=wishes, do=unfold),
    Visit("plan/plan.html", PLAN, who="sanne", state="shared", prepare=wishes),
    Visit("plan/plan.html", PLAN, who="ruth", state="not shared", prepare=wishes),
    Visit("plan/wish.html", PLAN + "dreams/new/", state="new dream", do=unfold),
    Visit("plan/wish.html", PLAN + "dreams/new/", state="with an error", do=save),
    Visit("plan/wish.html", PLAN + "dreams/{dream}/", state="dream", prepare=wishes),
    Visit("plan/wish.html", PLAN + "goals/new/", state="new goal", prepare=wishes),
    Visit("plan/wish.html", PLAN + "goals/{goal}/", state="goal", prepare=wishes),
    Visit("plan/actions.html", PLAN + "actions/", state="empty"),
    Visit("plan/actions.html", PLAN + "actions/", state="all kinds", prepare=doing, do=unfold),
    Visit("plan/actions.html", PLAN + "actions/", who="sanne", state="of a member", prepare=doing),
    Visit("plan/new_action.html", PLAN + "actions/new/", who="sanne", state="with an error", do=save),
    Visit("plan/action.html", PLAN + "actions/{action}/", prepare=doing),
    Visit("plan/action.html", PLAN + "actions/{action}/", who="sanne", state="of its owner", prepare=doing),
    Visit("plan/crisis.html", CRISIS, state="empty"),
    Visit("plan/crisis.html", CRISIS, state="written", prepare=crisis_plan),
    Visit("plan/crisis.html", CRISIS, who="sanne", state="shared", prepare=shared_crisis_plan),
    Visit("plan/crisis_part.html", CRISIS + "red/", prepare=crisis_plan),
    Visit("plan/crisis_part.html", CRISIS + "helps/", state="help"),
    Visit("plan/contacts.html", CRISIS + "contacts/", prepare=crisis_plan),
    Visit("plan/contacts.html", CRISIS + "contacts/", state="with an error", do=wrong_phone),
    Visit("plan/card.html", "/c/{circle}/card/", state="empty"),
    Visit("plan/card.html", "/c/{circle}/card/", state="written", prepare=crisis_plan),
    Visit("plan/card.html", "/c/{circle}/card/", who="sanne", state="shared", prepare=shared_crisis_plan),
    Visit("plan/pocket.html", "/c/{circle}/card/pocket/", prepare=crisis_plan),
    Visit("plan/offline.html", "/offline/", who=None),
]
