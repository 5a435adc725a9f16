"""The trail: nobody can change it, and what is done to it behind the triggers' back is found and named."""

import datetime as dt
import uuid
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kring.care.audit import guards, seals
from kring.care.audit.models import Event, Seal, Sealed

pytestmark = pytest.mark.django_db


def events(number, **extra):
    at = extra.pop("at", timezone.now())
    made = [Event(at=at, actor_role="client", verb="viewed", thing="plan", rule=f"client {n}", **extra)
            for n in range(number)]  # fmt: skip
    Event.objects.bulk_create(made)
    return [event.pk for event in made]


def run(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def behind_the_guards(*statements):
    """What somebody with the database in hand could do."""
    for statement in guards.taking_down(connection.vendor):
        run(statement)
    force = "" if connection.vendor == "sqlite" else "ALTER TABLE audit_event {} ROW LEVEL SECURITY"
    run(force.format("NO FORCE"))
    for statement, *values in statements:
        run(statement, *values)
    run(force.format("FORCE"))
    guards.put_up(connection)


def found():
    return [(problem.kind, problem.number) for problem in seals.problems()]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET verb = 'nothing'",
        "DELETE FROM audit_event",
        "UPDATE audit_sealed SET position = position + 100",
        "DELETE FROM audit_sealed",
        "UPDATE audit_seal SET digest = ''",
        "DELETE FROM audit_seal",
    ],
)
def test_the_database_refuses_to_change_the_trail(statement):
    events(2)
    seals.seal_all()
    with pytest.raises(DatabaseError, match=r"append-only|permission denied"), transaction.atomic():
        run(statement)
    assert found() == []


def test_every_view_and_every_write_leaves_a_line(cast, client):
    before = Event.objects.count()
    client.force_login(cast.sanne)
    client.get(f"/c/{cast.circle.pk}/map/")
    line = Event.objects.latest("pk")
    assert Event.objects.count() == before + 1
    assert (line.verb, line.thing, line.actor_id, line.actor_role) == ("viewed", "map", cast.sanne.pk, "informal")
    assert (line.circle_id, line.break_glass) == (cast.circle.pk, False)
    assert timezone.now() - line.at < dt.timedelta(seconds=10)


def test_events_are_sealed_in_batches_and_fit(monkeypatch):
    monkeypatch.setattr(seals, "BATCH", 4)
    events(10)
    assert seals.seal_all() == 10
    assert [seal.count for seal in Seal.objects.order_by("number")] == [4, 4, 2]
    assert seals.seal_all() == 0
    assert found() == []


def test_an_event_that_commits_late_is_sealed_later_and_fits():
    _first, late, _third = events(3)
    kept = list(Event.objects.filter(pk=late).values())
    behind_the_guards(("DELETE FROM audit_event WHERE id = %s", late))
    seals.seal_all()
    Event.objects.bulk_create(Event(**row) for row in kept)
    assert seals.seal_all() == 1
    assert found() == []


def test_catching_up_in_several_batches_makes_no_alarm(monkeypatch):
    events(1)
    seals.seal_all()
    monkeypatch.setattr(seals, "BATCH", 2)
    events(5)
    monkeypatch.setattr(seals.timezone, "now", lambda: dt.datetime.now(dt.UTC) + dt.timedelta(hours=3))
    seals.seal_all()
    assert found() == []


def test_a_backdated_event_is_found_although_it_was_sealed():
    events(3)
    seals.seal_all()
    (late,) = events(1, at=timezone.now() - dt.timedelta(days=3))
    seals.seal_all()
    assert found() == [("inserted", late)]


def test_a_backdated_event_that_was_never_sealed_is_found():
    events(3)
    seals.seal_all()
    (late,) = events(1, at=timezone.now() - dt.timedelta(days=3))
    assert found() == [("inserted", late)]


def test_a_missing_seal_and_a_seal_written_anew_are_found(monkeypatch):
    monkeypatch.setattr(seals, "BATCH", 2)
    events(6)
    seals.seal_all()
    second = Seal.objects.get(number=2)
    behind_the_guards(("DELETE FROM audit_sealed WHERE seal_id = %s", db(second.pk)),
                      ("DELETE FROM audit_seal WHERE number = 2",))  # fmt: skip
    assert ("seal missing", 2) in found()


def test_the_newest_seal_that_was_kept_elsewhere_shows_a_cut_off_end():
    events(2)
    seals.seal_all()
    seal = Seal.objects.get()
    assert "as it was sealed; newest seal 1:" in verify("--newest", f"1:{seal.digest}")
    with pytest.raises(SystemExit):
        verify("--newest", f"2:{'f' * 64}")


def test_a_missing_guard_is_said(monkeypatch):
    behind_the_guards()
    run("DROP TRIGGER audit_event_kept" + ("" if connection.vendor == "sqlite" else " ON audit_event"))
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("audit", "verify", stdout=out)
    assert "audit_event_kept does not stand" in out.getvalue()


def test_what_is_old_enough_goes_in_whole_seals_and_the_chain_stays(monkeypatch):
    monkeypatch.setattr(seals, "BATCH", 2)
    old = timezone.now() - dt.timedelta(days=6 * 366)
    monkeypatch.setattr(seals.timezone, "now", lambda: old)
    events(4, at=old)
    seals.seal_all()
    monkeypatch.undo()
    events(3)
    seals.seal_all()
    assert seals.prune(5) == 4
    assert (Event.objects.count(), Sealed.objects.count(), Seal.objects.count()) == (3, 3, 3)
    assert found() == []
    assert seals.prune(5) == 0


def test_a_term_under_five_years_is_refused():
    with pytest.raises(ValueError, match="five years"):
        seals.prune(4)


TAMPER = st.tuples(
    st.integers(1, 30), st.integers(1, 10), st.sampled_from(["change", "drop", "insert", "reorder"]), st.data()
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TAMPER)
def test_whatever_is_done_to_one_row_is_found_and_named(monkeypatch, how):
    size, batch, deed, data = how
    with transaction.atomic():
        monkeypatch.setattr(seals, "BATCH", batch)
        pks = events(size)
        seals.seal_all()
        assert found() == []
        victim = pks[data.draw(st.integers(0, size - 1))]
        assert expected(deed, victim, batch, pks) in found()
        transaction.set_rollback(True)


def expected(deed, victim, batch, pks):
    """Do it, and say which problem must be found."""
    if deed == "change":
        behind_the_guards(("UPDATE audit_event SET actor_name = 'Iemand' WHERE id = %s", victim))
        return "changed", victim
    if deed == "drop":
        behind_the_guards(("DELETE FROM audit_event WHERE id = %s", victim))
        return "dropped", victim
    if deed == "insert":
        (late,) = events(1, at=timezone.now() - dt.timedelta(hours=1))
        return "inserted", late
    return _swap_two(victim, pks)


def _swap_two(victim, pks):
    """Exchange two events of one seal in the list of fingerprints, or the contents of two when there is no other."""
    row = Sealed.objects.get(pk=victim)
    other = Sealed.objects.filter(seal=row.seal).exclude(pk=victim).first()
    if other is None:
        behind_the_guards(("DELETE FROM audit_event WHERE id = %s", victim))
        return "dropped", victim
    behind_the_guards(
        ("UPDATE audit_sealed SET position = 100000 WHERE event_id = %s", row.pk),
        ("UPDATE audit_sealed SET position = %s WHERE event_id = %s", row.position, other.pk),
        ("UPDATE audit_sealed SET position = %s WHERE event_id = %s", other.position, row.pk),
    )
    return "reordered", row.seal.number


def verify(*words):
    out = StringIO()
    call_command("audit", "verify", *words, stdout=out)
    return out.getvalue()


def db(value: uuid.UUID):
    return value.hex if connection.vendor == "sqlite" else value
