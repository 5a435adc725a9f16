"""Pages of practice and feedback."""

from tests.browser.pages import Visit
from tests.care.rows import practice as made


def _chosen(cast):
    made.an_answer(cast)


def _asked(cast):
    return {"rating": made.a_question(cast)}


VISITS = [
    Visit("training/feedback.html", "/c/{circle}/feedback/", state="not chosen"),
    Visit("training/feedback.html", "/c/{circle}/feedback/", who="sanne", state="a member"),
    Visit("training/feedback.html", "/c/{circle}/feedback/", state="asked", prepare=_asked),
    Visit("training/feedback.html", "/c/{circle}/feedback/", state="answered", prepare=_chosen),
    Visit("training/question.html", "/c/{circle}/feedback/{rating}/", prepare=_asked),
    Visit("training/answers.html", "/training/answers/", state="empty"),
    Visit("training/answers.html", "/training/answers/", state="given", prepare=_chosen),
]
