"""Triggers that keep the trail append-only, on both databases. Put up after every migration.

An event is never changed, and not deleted before it is five years old (NEN 7513); what a seal says is never changed.
A look over many circles goes only when its lines stand.
SQLite drops triggers when Django rebuilds a table, hence the putting up again; `missing` says whether they stand.
"""

# ruff: noqa: S608 (nothing from outside stands in these statements)
from typing import Any

YEARS = 5
REFUSAL = "the audit trail is append-only"
TABLES = ("audit_event", "audit_folded", "audit_sealed", "audit_seal")
NAMES = {
    "audit_folded_unchanged", "audit_folded_kept",
    "audit_event_unchanged", "audit_event_kept", "audit_sealed_unchanged", "audit_sealed_kept",
    "audit_seal_unchanged", "audit_seal_kept",
}  # fmt: skip
FIXED = "number, count, emptied, last_id, previous, digest, sealed_at"  # of a seal; `pruned_at` is set once, later
_LAST_LINE = "SELECT 1 FROM audit_event WHERE at = OLD.at AND circle_id = "
"""Of a look over many circles; found by the index of circles. Whoever unfolds writes all lines of a look or none."""

_SQLITE = [
    f"CREATE TRIGGER audit_folded_unchanged BEFORE UPDATE ON audit_folded BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    "CREATE TRIGGER audit_folded_kept BEFORE DELETE ON audit_folded"
    f" WHEN NOT EXISTS ({_LAST_LINE} json_extract(OLD.circles, '$[#-1]'))"
    f" BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    f"CREATE TRIGGER audit_event_unchanged BEFORE UPDATE ON audit_event BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    "CREATE TRIGGER audit_event_kept BEFORE DELETE ON audit_event"
    f" WHEN OLD.at > datetime('now', '-{YEARS} years') BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    f"CREATE TRIGGER audit_sealed_unchanged BEFORE UPDATE ON audit_sealed BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    "CREATE TRIGGER audit_sealed_kept BEFORE DELETE ON audit_sealed"
    " WHEN EXISTS (SELECT 1 FROM audit_seal WHERE id = OLD.seal_id AND pruned_at IS NULL)"
    f" BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    f"CREATE TRIGGER audit_seal_unchanged BEFORE UPDATE OF {FIXED} ON audit_seal"
    f" BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    f"CREATE TRIGGER audit_seal_kept BEFORE DELETE ON audit_seal BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
]

_REFUSE = "EXECUTE FUNCTION kring_refuse()"
_POSTGRESQL = [
    "CREATE OR REPLACE FUNCTION kring_refuse() RETURNS trigger LANGUAGE plpgsql AS"
    f" $$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'insufficient_privilege'; END $$",
    "CREATE OR REPLACE FUNCTION kring_refuse_unless_unfolded() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    f" IF NOT EXISTS ({_LAST_LINE} (OLD.circles->>-1)::uuid) THEN"
    f" RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'insufficient_privilege'; END IF; RETURN OLD; END $$",
    f"CREATE TRIGGER audit_folded_unchanged BEFORE UPDATE ON audit_folded FOR EACH ROW {_REFUSE}",
    "CREATE TRIGGER audit_folded_kept BEFORE DELETE ON audit_folded FOR EACH ROW"
    " EXECUTE FUNCTION kring_refuse_unless_unfolded()",
    f"CREATE TRIGGER audit_event_unchanged BEFORE UPDATE ON audit_event FOR EACH ROW {_REFUSE}",
    "CREATE TRIGGER audit_event_kept BEFORE DELETE ON audit_event FOR EACH ROW"
    f" WHEN (OLD.at > now() - interval '{YEARS} years') {_REFUSE}",
    f"CREATE TRIGGER audit_sealed_unchanged BEFORE UPDATE ON audit_sealed FOR EACH ROW {_REFUSE}",
    "CREATE OR REPLACE FUNCTION kring_refuse_unless_pruned() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " IF EXISTS (SELECT 1 FROM audit_seal WHERE id = OLD.seal_id AND pruned_at IS NULL) THEN"
    f" RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'insufficient_privilege'; END IF; RETURN OLD; END $$",
    "CREATE TRIGGER audit_sealed_kept BEFORE DELETE ON audit_sealed FOR EACH ROW"
    " EXECUTE FUNCTION kring_refuse_unless_pruned()",
    f"CREATE TRIGGER audit_seal_unchanged BEFORE UPDATE OF {FIXED} ON audit_seal FOR EACH ROW {_REFUSE}",
    f"CREATE TRIGGER audit_seal_kept BEFORE DELETE ON audit_seal FOR EACH ROW {_REFUSE}",
    *(f"REVOKE TRUNCATE ON {table} FROM CURRENT_USER, PUBLIC" for table in TABLES),
    "REVOKE UPDATE ON audit_event FROM CURRENT_USER, PUBLIC",
]


def put_up(connection: Any) -> None:
    """Put all guards up where one is missing."""
    if not missing(connection):
        return
    with connection.cursor() as cursor:
        for statement in [*taking_down(connection.vendor), *(_SQLITE if _sqlite(connection) else _POSTGRESQL)]:
            cursor.execute(statement)


def missing(connection: Any) -> set[str]:
    """The guards that do not stand."""
    listing = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if _sqlite(connection)
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'"
    )
    with connection.cursor() as cursor:
        cursor.execute(listing)
        return NAMES - {row[0] for row in cursor.fetchall()}


def taking_down(vendor: str) -> list[str]:
    """The statements that remove the guards: for putting them up anew, and for tests that tamper or empty tables."""
    if vendor == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {name}" for name in sorted(NAMES)]
    drops = [f"DROP TRIGGER IF EXISTS {name} ON {_table(name)}" for name in sorted(NAMES)]
    return [*drops, f"GRANT ALL ON {', '.join(TABLES)} TO CURRENT_USER"]


def _table(name: str) -> str:
    return name.rpartition("_")[0]


def _sqlite(connection: Any) -> bool:
    return bool(connection.vendor == "sqlite")
