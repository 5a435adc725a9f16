"""A circle as one document of plain values: what the client downloads as JSON, and what the readable form is made of.

People stand in it as p1, p2, ... with their names: accounts stay where they are.
"""

import datetime as dt
import functools
import json
import uuid
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models.functions import Cast
from django.utils import timezone

from kring.care.audit.models import Brought
from kring.care.audit.reading import prepared_of_trail
from kring.care.circles.log import of_circle
from kring.care.export.declared import EXPORTED, LOG, ONLY_OWN
from kring.care.people.models import Person
from kring.care.prepared import prepared

FORMAT = 1


def document(circle_id: uuid.UUID) -> dict[str, Any]:
    """Everything of one circle that its client takes along. The same circle gives the same document."""
    people = People()
    rows = {label: _rows(label, circle_id, people) for label in EXPORTED}
    log = _log(circle_id, people)
    return {"kring": FORMAT, "people": people.told(), "rows": rows, "log": log}


class People:
    """Aliases in the order of first mention."""

    def __init__(self) -> None:
        self.aliases: dict[uuid.UUID, str] = {}

    def alias(self, key: uuid.UUID | None) -> str | None:
        if key is None:
            return None
        return self.aliases.setdefault(key, f"p{len(self.aliases) + 1}")

    def told(self) -> dict[str, dict[str, str]]:
        known = Person.objects.in_bulk(list(self.aliases))
        return {
            alias: {"name": known[key].name, "language": known[key].language} if key in known else {"name": "?"}
            for key, alias in self.aliases.items()
        }


@functools.cache
def fields(label: str) -> list[Any]:
    model = apps.get_model(label)
    return [model._meta.get_field(name) for name in EXPORTED[label].split()]


def way_to_circle(label: str) -> str:
    """The lookup from a model to its circle: 'circle', 'meeting__circle', ..."""
    if label == "circles.Circle":
        return "pk"
    found = [field for field in fields(label) if isinstance(field, models.ForeignKey) and not field.null]
    near = [field for field in found if field.related_model._meta.label == "circles.Circle"]
    if near:
        return near[0].name
    parent = next(field for field in found if field.related_model._meta.label in EXPORTED)
    return f"{parent.name}__{way_to_circle(parent.related_model._meta.label)}"


def _rows(label: str, circle_id: uuid.UUID, people: People) -> list[dict[str, Any]]:
    tellers = [(field.name, people.alias if field.related_model is Person else plain) for field in fields(label)]
    return [
        {name: tell(value) for (name, tell), value in zip(tellers, row, strict=True)}
        for row in _stored.rows(label, circle_id=circle_id)
    ]


@prepared(circle_id=uuid.UUID)
def _stored(label: str, *, circle_id: uuid.UUID) -> models.QuerySet[Any, Any]:
    found = apps.get_model(label)._default_manager.filter(**{way_to_circle(label): circle_id})
    if label in ONLY_OWN:
        found = found.filter(**{ONLY_OWN[label]: models.F("circle__client")})
    columns = [field.attname for field in fields(label)]
    told: models.QuerySet[Any, Any] = found.order_by("created_at", "pk").values_list(*columns, named=True)
    return told


def plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, uuid.UUID | dt.date):
        return str(value)
    return value


def _log(circle_id: uuid.UUID, people: People) -> list[dict[str, Any]]:
    """Brought lines first, then those of this installation: the order in which things happened."""
    brought = _as_told(Brought.objects.all(), circle_id)
    return [*_lines(list(brought), people), *_lines(_happened.rows(circle_id=circle_id), people)]


@prepared_of_trail(circle_id=uuid.UUID)
def _happened(trail: models.QuerySet[Any], *, circle_id: uuid.UUID) -> models.QuerySet[Any, Any]:
    return _as_told(trail, circle_id)


def _as_told(every: models.QuerySet[Any], circle_id: uuid.UUID) -> models.QuerySet[Any, Any]:
    """The fields of LOG; `fields` as its text, for it is one of a few in thousands of lines."""
    found = of_circle(every, circle_id).order_by("at", "pk")
    text = found.annotate(text_of_fields=Cast("fields", models.TextField()))
    told: models.QuerySet[Any, Any] = text.values_list(
        *("text_of_fields" if name == "fields" else name for name in LOG), named=True
    )
    return told


def _lines(rows: list[Any], people: People) -> list[dict[str, Any]]:
    if not rows:
        return []
    columns = dict(zip(LOG, zip(*rows, strict=True), strict=True))
    who = [(people.alias(row.actor_id), people.alias(row.on_behalf_of_id)) for row in rows]
    columns["actor_id"], columns["on_behalf_of_id"] = zip(*who, strict=True)
    for name, tell in (("at", plain), ("thing_id", functools.cache(plain)), ("fields", functools.cache(json.loads))):
        columns[name] = tuple(map(tell, columns[name]))
    return [dict(zip(LOG, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def file_name(ending: str) -> str:
    return f"kring-{timezone.localdate().isoformat()}.{ending}"
