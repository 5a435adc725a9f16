"""Row-level security on PostgreSQL: the second guard, behind the policies of the rooms.

A query that forgot its policy still finds only the circles in which whoever asks has a seat. Each request says for
whom it asks (`SecondGuard`); the database compares. What a member may see *within* a circle is the first guard's
work, and SQLite has only that one. docs/decisions/0020-second-guard.md says what this stops and what not.

Processes that serve nobody in particular (workers, commands) act for the installation: SYSTEM.
"""

# ruff: noqa: S608 (nothing from outside stands in these statements)
import contextlib
import hashlib
import threading
from collections.abc import Callable, Iterator
from typing import Any

from django.apps import apps
from django.core import checks
from django.db import IntegrityError, connection, connections, models
from django.db.backends.signals import connection_created
from django.http import HttpRequest, HttpResponse
from django.views.defaults import page_not_found

NOBODY, SYSTEM = "", "system"
default = SYSTEM
"""For whom a thread asks that did not say so. The server sets NOBODY (see wsgi)."""
_here = threading.local()

OPEN = {
    "people": "accounts, organisations and posts belong to no circle; `people.policy` decides",
    "audit.Seal": "fingerprints only",
    "audit.Sealed": "fingerprints only",
    "research.Study": "belongs to an organisation; `research.policy` decides",
    "research.Edition": "belongs to an organisation",
    "research.Export": "belongs to an organisation; says nothing of single clients",
    "meetings.CalendarFeed": "belongs to a person, and its hashed secret is the only key to it",
    "measures.LoadedInstrument": "questions of an organisation, about nobody",
    "training": "what staff learn belongs to no circle; `training.policy` decides",
}
"""Models of ours without row-level security, by room or by name, with the reason. Of a room that is named, whatever has
a rule of its own (SPECIAL) or hangs on a circle is guarded all the same."""

_ME = "(SELECT nullif(nullif(current_setting('kring.person_id', true), ''), 'system')::uuid)"
_MINE = "(SELECT kring_circles(current_setting('kring.person_id', true)))::uuid[]"
_IS_SYSTEM = "(SELECT current_setting('kring.person_id', true)) = 'system'"
_OWN_CIRCLES = f"SELECT id FROM circles_circle WHERE client_id = {_ME}"
_ON_PAPER = f"SELECT id FROM circles_circle WHERE on_paper AND id = ANY ({_MINE})"
_MY_TEAMS = f"SELECT team_id FROM people_post WHERE person_id = {_ME} AND ended_at IS NULL AND team_id IS NOT NULL"
SPECIAL = {
    "circles.Circle": f"client_id = {_ME} OR id = ANY ({_MINE})",
    "circles.Member": f"person_id = {_ME} OR circle_id = ANY ({_MINE})",
    "circles.Interview": f"held_by_id = {_ME} OR member_id IN (SELECT id FROM circles_member WHERE person_id = {_ME})",
    "circles.GlassBreak": f"person_id = {_ME} OR circle_id = ANY ({_MINE})",
    "measures.OwnSchedule": f"member_id IN (SELECT id FROM circles_member WHERE person_id = {_ME})"
    f" OR (shared_at IS NOT NULL AND circle_id IN ({_OWN_CIRCLES}))",
    "research.Consent": f"circle_id IN ({_OWN_CIRCLES}) OR circle_id IN ({_ON_PAPER})",
    "research.Included": f"circle_id IN ({_OWN_CIRCLES}) OR circle_id IN ({_ON_PAPER})",
    "training.FeedbackChoice": f"person_id = {_ME}",
    "training.Rating": f"rater_id = {_ME}",
    "training.PracticeCircle": "practice_id IN (SELECT training_practice.id FROM training_practice"
    " JOIN training_enrolment ON training_enrolment.id = training_practice.enrolment_id"
    f" WHERE training_enrolment.person_id = {_ME})",
    "audit.Brought": f"circle_id IN ({_OWN_CIRCLES})",
    "board.Agreement": f"circle_id = ANY ({_MINE}) OR (ended_at IS NULL AND team_id IN ({_MY_TEAMS}))",
    "board.Chosen": f"agreement_id IN (SELECT id FROM board_agreement WHERE circle_id = ANY ({_MINE}))",
    "board.Entry": f"team_id IN ({_MY_TEAMS}) OR id IN (SELECT entry_id FROM board_agreement WHERE ended_at IS NULL)",
    "board.Figure": f"team_id IN ({_MY_TEAMS})",
    "board.Assessment": f"team_id IN ({_MY_TEAMS})",
    "board.Category": f"team_id IN ({_MY_TEAMS}) OR id IN (SELECT category_id FROM board_entry)",
    "audit.Event": f"actor_id = {_ME} OR circle_id IN ({_OWN_CIRCLES})",
    "audit.Folded": "false",  # of clients who may not know of one another: only the installation unfolds it
}
"""Rows that somebody finds for another reason than a seat. An interview is between two people only, and what
a member keeps about themselves is theirs until they share it. A board is found by who has a post in its team; a line
on it also by the client, and by whom they chose, while the link runs. An answer about a contact is for whoever gave
it."""

_FUNCTION = """
CREATE OR REPLACE FUNCTION kring_circles(who text) RETURNS uuid[] LANGUAGE plpgsql STABLE AS $$
DECLARE
  before text := current_setting('kring.person_id', true);
  found uuid[];
BEGIN
  IF who IS NULL OR who IN ('', 'system') THEN RETURN '{}'; END IF;
  PERFORM set_config('kring.person_id', 'system', true);
  found := ARRAY(
    SELECT id FROM circles_circle WHERE client_id = who::uuid
    UNION SELECT circle_id FROM circles_member
      WHERE person_id = who::uuid AND joined_at IS NOT NULL AND ended_at IS NULL
    UNION SELECT circle_id FROM circles_glassbreak WHERE person_id = who::uuid AND ends_at > now());
  PERFORM set_config('kring.person_id', before, true);
  RETURN found;
END $$"""
# It reads as the system, or the rules of the tables that it reads would call it again without end.


class SecondGuard:
    """Each request asks for the person who is signed in, and for nobody else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with asking_for(str(request.user.pk) if request.user.is_authenticated else NOBODY):
            return self.get_response(request)

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponse | None:
        """A form that creates came with the id of a row of others, which is hidden here: as SQLite says, not found."""
        return page_not_found(request, fault) if _is_taken_id(fault) else None


def _is_taken_id(fault: Exception) -> bool:
    told: Any = getattr(fault.__cause__, "diag", None)
    return isinstance(fault, IntegrityError) and str(getattr(told, "constraint_name", "")).endswith("_pkey")


@contextlib.contextmanager
def asking_for(who: str) -> Iterator[None]:
    before = current()
    _say(who)
    try:
        yield
    finally:
        _say(before)


def lifted(why: str) -> "contextlib._GeneratorContextManager[None]":
    """Without the second guard, where somebody has no seat yet or no longer: say why. The policy has decided before.

    As a decorator or in a `with`. Each use is a place to read again in a review.
    """
    assert why
    return asking_for(SYSTEM)


def begin_as(who: str) -> None:
    """For a thread of its own: from here on it asks for `who`."""
    _say(who)


def current() -> str:
    found: str = getattr(_here, "who", default)
    return found


def _say(who: str) -> None:
    changed = who != current()
    _here.who = who
    if changed and connection.vendor == "postgresql" and connection.connection is not None:
        try:
            _tell(connection)
        except _psycopg_error():
            connection.close()  # a new one is told when it is opened


def _psycopg_error() -> type[Exception]:
    found: Any = connection
    error: type[Exception] = found.Database.Error
    return error


def _tell(opened: Any) -> None:
    opened.connection.execute("SELECT set_config('kring.person_id', %s, false)", [current()])


def _opened(connection: Any, **_rest: Any) -> None:
    """Whatever a pooled connection was told before, it is told anew."""
    if connection.vendor == "postgresql":
        _tell(connection)


connection_created.connect(_opened, dispatch_uid="kring second guard")


def is_open(model: type[models.Model]) -> bool:
    return model._meta.label in OPEN or (model._meta.app_label in OPEN and rule(model) is None)


def ours() -> list[type[models.Model]]:
    """Every model of the rooms of care."""
    return [model for model in apps.get_models() if model.__module__.startswith("kring.care.")]


def rule(model: type[models.Model]) -> str | None:
    """The condition for one table: its circle is one of mine, or it hangs on a row that I find. None: no such path."""
    if model._meta.label in SPECIAL:
        return SPECIAL[model._meta.label]
    keys = [field for field in model._meta.concrete_fields if isinstance(field, models.ForeignKey) and not field.null]
    for key in keys:
        if key.related_model._meta.label == "circles.Circle":
            return f"{key.column} = ANY ({_MINE})"
    for key in keys:
        if not is_open(key.related_model) and key.related_model in ours() and rule(key.related_model):
            return f"{key.column} IN (SELECT id FROM {key.related_model._meta.db_table})"
    return None


def guarded() -> dict[str, str]:
    """Table -> condition."""
    found = {model._meta.db_table: rule(model) for model in ours() if not is_open(model)}
    return {table: condition for table, condition in found.items() if condition}


def _statements() -> Iterator[str]:
    yield _FUNCTION
    for table, condition in guarded().items():
        for name in ("kring", "kring_add", "kring_prune"):
            yield f"DROP POLICY IF EXISTS {name} ON {table}"
        yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
        yield f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"
        whole = f"{_IS_SYSTEM} OR {condition}"
        if table in ("audit_event", "audit_folded"):  # anybody leaves a line
            yield f"CREATE POLICY kring_add ON {table} FOR INSERT WITH CHECK (true)"
        if table == "audit_event":  # few read it, only the installation prunes
            yield f"CREATE POLICY kring ON {table} FOR SELECT USING ({whole})"
            yield f"CREATE POLICY kring_prune ON {table} FOR DELETE USING ({_IS_SYSTEM})"
        else:
            yield f"CREATE POLICY kring ON {table} USING ({whole}) WITH CHECK ({whole})"


def put_up(using: str, **_rest: Any) -> None:
    """After each migration: the rules as the models are now. A mark on the function tells whether they stand."""
    opened = connections[using]
    if opened.vendor != "postgresql" or not set(guarded()) <= set(opened.introspection.table_names()):
        return
    statements = list(_statements())
    mark = hashlib.sha256("\n".join(statements).encode()).hexdigest()
    with opened.cursor() as cursor:
        cursor.execute("SELECT obj_description(to_regproc('kring_circles'), 'pg_proc')")
        if cursor.fetchone() == (mark,):
            return
        for statement in statements:
            cursor.execute(statement)
        cursor.execute(f"COMMENT ON FUNCTION kring_circles(text) IS '{mark}'")


@checks.register(checks.Tags.database)
def role_is_bound(databases: Any = None, **_rest: Any) -> list[checks.CheckMessage]:
    """A superuser, or a role with BYPASSRLS, passes every rule: the second guard would stand there for show."""
    if "default" not in (databases or []) or connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        if not cursor.fetchone()[0]:
            return []
    hint = "Use a role with NOSUPERUSER NOBYPASSRLS in DATABASE_URL, or name one in KRING_DATABASE_ROLE."
    return [checks.Error("The database role passes row-level security.", hint=hint, id="kring.E001")]
