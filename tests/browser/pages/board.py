"""Pages of a team at work, and what a client sees of its board."""

import datetime as dt
import uuid

from django.utils import timezone

from kring.care.board import actions, agreeing
from kring.care.board.models import Category, Entry
from tests.browser.pages import Visit
from tests.care import routes  # noqa: F401 (the rows need it whole first)
from tests.care.rows import board as rows

TEAM = "/team/{team}/"


def empty(cast):
    return {"team": cast.team.pk}


def full(cast):
    """A board with several clients, a sign that waits, a client who agreed, and somebody who goes today."""
    link, desk = rows.noors_link(cast), rows.desk(cast)
    sign, agreed = rows.a_sign(cast), rows.somebody_who_agreed(cast)
    joop = rows.a_board(cast)
    today = timezone.localdate()
    actions.plan_visit(by=desk, entry=joop, person=cast.tom, day=today)
    actions.plan_visit(by=desk, entry=link.entry, person=cast.ruth, day=today + dt.timedelta(days=1))
    intensive = Category.objects.get(team=cast.team, key="intensive")
    for label in ("Aad B.", "Kees de J.", "Mia W."):
        actions.add_entry(by=desk, id=uuid.uuid4(), label=label, category=intensive, reason="Komt weinig buiten.")
    return {"team": cast.team.pk, "entry": joop.pk, "noor": link.entry.pk, "sign": sign, "agreed": agreed,
            "category": rows.a_category(cast)}  # fmt: skip


def answered(cast):
    found = full(cast)
    entry = Entry.objects.get(pk=found["noor"])
    crisis = Category.objects.get(team=cast.team, key="crisis")
    sign = link_sign(found["sign"])
    agreeing.scale_up(
        by=rows.desk(cast), sign=sign, version=entry.version, id=uuid.uuid4(), category=crisis,
        reason="We bellen vandaag en komen morgen langs.",
    )  # fmt: skip
    return found


def link_sign(pk):
    from kring.care.board.models import Sign

    return Sign.objects.select_related("agreement__entry__category", "noticed_by").get(pk=pk)


def answered_sign(cast):
    found = full(cast)
    agreeing.answer(by=rows.desk(cast), sign=link_sign(found["sign"]), reply="We bellen je vandaag.")
    return found


def agreed_only(cast):
    rows.a_board(cast)
    agreeing.agree(by=cast.seat("noor"))


def many_circles(cast):
    """Enough circles for figures, and their months worked out."""
    from kring.care.board import release
    from tests.care.test_board_figures import a_team_of

    a_team_of(cast, 12)
    release.keep_up(cast.team)
    return {"team": cast.team.pk}


def few_circles(cast):
    from kring.care.board import release

    release.keep_up(cast.team)
    return {"team": cast.team.pk}


def assessed(cast):
    rows.an_assessment(cast)
    return {"team": cast.team.pk}


def no_team(cast):
    from kring.care.circles import actions as circles

    circles.link_team(by=cast.seat("noor"), team=None)


def save(page):
    page.locator("main form button.main").first.click()


def moved_by_a_colleague(page):
    """Save with a page that is older than what is stored."""
    page.locator("main input[name=version]").evaluate("field => field.value = '0'")
    page.locator("main input[name=reason]").fill("Gaat beter")
    page.locator("main input[name=category]").last.check()
    save(page)


def unfold(page):
    page.locator("summary").first.click()


def two_teams(cast):
    from kring.care.people.models import Post, Role

    Post.objects.create(
        person=cast.tom, organisation=cast.organisation, team=cast.other_team, role=Role.PROFESSIONAL
    )  # fmt: skip


LINE, CIRCLE = TEAM + "client/{entry}/", "/c/{circle}/"
VISITS = [
    Visit("board/start.html", "/team/", who="tom", prepare=two_teams),
    Visit("board/board.html", TEAM, who="tom", state="not begun", prepare=empty),
    Visit("board/board.html", TEAM, who="tom", state="full", prepare=full, do=unfold),
    Visit("board/morning.html", TEAM + "morning/", who="tom", state="names hidden", prepare=full),
    Visit("board/morning.html", TEAM + "morning/?names=1", who="tom", state="names shown", prepare=full),
    Visit("board/morning.html", TEAM + "morning/", who="tom", state="not begun", prepare=empty),
    Visit("board/history.html", TEAM + "history/", who="tom", prepare=full),
    Visit("board/history.html", TEAM + "history/", who="tom", state="empty", prepare=empty),
    Visit("board/circles.html", TEAM + "circles/", who="lea", prepare=full),
    Visit("board/circles.html", TEAM + "circles/?phase=1", who="ruth", state="one step", prepare=full),
    Visit("board/figures.html", TEAM + "figures/", who="lea", state="twelve circles", prepare=many_circles, do=unfold),
    Visit("board/figures.html", TEAM + "figures/", who="tom", state="one circle", prepare=few_circles),
    Visit("board/assessments.html", TEAM + "fidelity/", who="tom", prepare=assessed),
    Visit("board/assess.html", TEAM + "fidelity/facts-2017/new/", who="tom", prepare=empty),
    Visit("board/assess.html", TEAM + "fidelity/csi-r/new/", who="tom", state="with errors", prepare=empty, do=save),
    Visit("board/new.html", TEAM + "new/", who="tom", prepare=full),
    Visit("board/new.html", TEAM + "new/", who="tom", state="with errors", prepare=full, do=save),
    Visit("board/entry.html", LINE, who="tom", prepare=full),
    Visit("board/scale.html", LINE + "move/", who="tom", prepare=full),
    Visit("board/scale.html", LINE + "move/", who="tom", state="moved by a colleague", prepare=full,
          do=moved_by_a_colleague),
    Visit("board/scale.html", TEAM + "client/{noor}/move/?sign={sign}", who="tom", state="of a sign", prepare=full),
    Visit("board/call.html", LINE + "name/", who="tom", prepare=full),
    Visit("board/categories.html", TEAM + "categories/", who="tom", prepare=full),
    Visit("board/category.html", TEAM + "categories/{category}/", who="tom", prepare=full),
    Visit("board/waiting.html", TEAM + "agreed/", who="tom", prepare=full),
    Visit("board/put_together.html", TEAM + "agreed/{agreed}/", who="tom", prepare=full),
    Visit("board/answer.html", TEAM + "signs/{sign}/", who="tom", prepare=full),
    Visit("board/answer.html", TEAM + "signs/{sign}/", who="tom", state="answered", prepare=answered_sign),
    Visit("board/mine.html", CIRCLE + "board/", state="not linked"),
    Visit("board/mine.html", CIRCLE + "board/", state="no team", prepare=no_team),
    Visit("board/mine.html", CIRCLE + "board/", state="agreed", prepare=agreed_only),
    Visit("board/mine.html", CIRCLE + "board/", state="linked", prepare=answered),
    Visit("board/people.html", CIRCLE + "board/people/", prepare=full),
    Visit("board/signs.html", CIRCLE + "signs/", state="of the client", prepare=answered),
    Visit("board/signs.html", CIRCLE + "signs/", who="sanne", state="of whom she chose", prepare=full),
]  # fmt: skip
