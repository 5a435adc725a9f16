"""The worker of `care_scale`: fills PostgreSQL with circles of eight members, and asks homes at random."""

import json
import os
import random
import statistics
import sys
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kring.care.settings")

import django

django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client

from kring.care.circles.models import Circle
from kring.care.people.models import Person

REQUESTS = 300
PEOPLE = """INSERT INTO people_person (id, created_at, password, name, email, language, is_active)
SELECT gen_random_uuid(), now(), '!', 'Client ' || n, 'c' || n || '@bench.example', 'nl', true
FROM generate_series(%s::int, %s::int) n"""
CIRCLES = """INSERT INTO circles_circle
(id, created_at, client_id, name, phase, phase_since, on_paper, place, chair, channel, version)
SELECT gen_random_uuid(), now(), p.id, 'Kring', 5, now(), false, '', '', '', 1 FROM people_person p
WHERE p.email LIKE 'c%%@bench.example' AND NOT EXISTS (SELECT 1 FROM circles_circle c WHERE c.client_id = p.id)"""
NEW = """SELECT c.id FROM circles_circle c
WHERE NOT EXISTS (SELECT 1 FROM circles_member m WHERE m.circle_id = c.id)"""
MEMBERS = f"""INSERT INTO circles_member
(id, created_at, circle_id, name, email, role, relation, on_paper, can_do, cannot_do, joined_at, version)
SELECT gen_random_uuid(), now(), c.id, 'Lid ' || k, '', 'informal', '', true, '', '', now(), 1
FROM ({NEW}) c, generate_series(1, 8) k"""
ACTIONS = """INSERT INTO plan_action
(id, created_at, circle_id, zone, version, text, proposed_by_id, owner_is_client, approved_at)
SELECT gen_random_uuid(), now(), c.id, 'circle', 1, 'Afspraak ' || k, c.client_id, true, now()
FROM circles_circle c, generate_series(1, 6) k
WHERE NOT EXISTS (SELECT 1 FROM plan_action a WHERE a.circle_id = c.id)"""
MEETINGS = """INSERT INTO meetings_meeting
(id, created_at, circle_id, zone, version, starts_at, minutes, place, planned_by_id, sequence, held_at)
SELECT gen_random_uuid(), now(), c.id, 'circle', 1, now() + (k - 4) * interval '90 days', 60, '', c.client_id, 0,
CASE WHEN k < 4 THEN now() END
FROM circles_circle c, generate_series(1, 5) k
WHERE NOT EXISTS (SELECT 1 FROM meetings_meeting m WHERE m.circle_id = c.id)"""
TIES = """INSERT INTO circles_tie (id, created_at, circle_id, zone, version, name, kind, ring, feeling, note)
SELECT gen_random_uuid(), now(), c.id, 'circle', 1, 'Naam', 'person', 'near', 'good', ''
FROM circles_circle c, generate_series(1, 8) k
WHERE NOT EXISTS (SELECT 1 FROM circles_tie t WHERE t.circle_id = c.id)"""


def main(sizes: list[int]) -> None:
    call_command("migrate", verbosity=0, stdout=sys.stderr)
    settings.ALLOWED_HOSTS = ["*"]
    for size in sizes:
        _grow(size)
        times = sorted(_ask())
        p50, p95 = statistics.median(times), times[int(len(times) * 0.95)]
        print(json.dumps({"circles": size, "p50": p50 * 1000, "p95": p95 * 1000}), flush=True)


def _grow(size: int) -> None:
    """Fill up to `size` circles; row-level security steps aside for whoever fills the tables."""
    there = Person.objects.filter(email__endswith="@bench.example").count()
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('kring.person_id', 'system', false)")
        cursor.execute(PEOPLE, [there + 1, size])
        for statement in (CIRCLES, MEMBERS, ACTIONS, MEETINGS, TIES):
            cursor.execute(statement.replace("%%", "%"))
        cursor.execute("ANALYZE")


def _ask() -> list[float]:
    """Seconds for the home of circles picked at random, each asked by its client, after a few to warm up."""
    random.seed(1)
    pairs = list(Circle.objects.filter(client__email__endswith="@bench.example").values_list("pk", "client_id"))
    times = []
    for number, (circle, client) in enumerate(random.choices(pairs, k=REQUESTS + 30)):
        browser = Client()
        browser.force_login(Person.objects.get(pk=client))
        began = time.perf_counter()
        assert browser.get(f"/c/{circle}/").status_code == 200
        if number >= 30:
            times.append(time.perf_counter() - began)
    return times


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]])
