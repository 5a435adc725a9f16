"""Bringing a circle here from a file that Kring made elsewhere: everything or nothing, and every fault by its place.

Whoever brings it becomes its client. The other people become names without an account: nobody gets a seat by a file.
"""

import datetime as dt
import json
import math
import re
import secrets
import uuid
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, models, transaction
from django.utils.translation import gettext as _

from kring.care.audit.models import Brought
from kring.care.circles.models import Circle
from kring.care.circles.seats import seat_or_404
from kring.care.circles.trail import wrote
from kring.care.export.declared import EXPORTED, LOG
from kring.care.export.document import FORMAT, fields
from kring.care.people.links import hashed
from kring.care.people.models import Person
from kring.care.second_guard import lifted

LARGEST = 20 * 1024 * 1024
MOST_FAULTS = 20
NO_TEXT = re.compile("[\x00\ud800-\udfff]")  # no database keeps them
YEARS = range(1900, 2200)  # dates that every page can still write, whatever the time zone


class Faulty(Exception):
    """The file cannot be used. `faults` says what is wrong where."""

    def __init__(self, *faults: str) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults[:MOST_FAULTS]


@lifted("the circle is not there yet, so nobody has a seat in it")
@transaction.atomic
def bring(*, by: Person, content: bytes) -> Circle:
    """Make the circle of this file `by`'s own."""
    document = parsed(content)
    people = _people(by, document)
    things = _things(document, people)
    try:
        with transaction.atomic():
            for label in EXPORTED:
                apps.get_model(label)._default_manager.bulk_create(things[label])
            _write_log(document, people, things["circles.Circle"][0].pk)
    except IntegrityError:
        raise Faulty(_("This circle, or a part of it, is already here.")) from None
    except DataError:
        raise Faulty(_("The file holds something that cannot be kept.")) from None
    circle: Circle = things["circles.Circle"][0]
    wrote(seat_or_404(by, circle.pk), "imported", "everything")
    return circle


def parsed(content: bytes) -> dict[str, Any]:
    """The document in a file, once its size, its encoding and its outline are right."""
    if len(content) > LARGEST:
        raise Faulty(_("The file is larger than 20 MB."))
    try:
        document = json.loads(content.decode("utf-8"), parse_constant=_number, parse_float=_number)
    except UnicodeDecodeError:
        raise Faulty(_("The file is not UTF-8 text.")) from None
    except (ValueError, RecursionError):  # also for numbers of thousands of digits
        raise Faulty(_("The file is not JSON.")) from None
    if not isinstance(document, dict) or document.get("kring") != FORMAT:
        raise Faulty(_("The file is not a circle from Kring (version 1)."))
    kinds = {"people": dict, "rows": dict, "log": list}
    if any(not isinstance(document.get(name), kind) for name, kind in kinds.items()):
        raise Faulty(_("The file is not a circle from Kring (version 1)."))
    _want_rows(document["rows"])
    if any(NO_TEXT.search(text) for text in _texts(document)):
        raise Faulty(_("The file holds something that cannot be kept."))
    return document


def _number(text: str) -> float:
    """No NaN and no infinity, which JSON does not have and no page can draw."""
    if not math.isfinite(found := float(text)):
        raise ValueError(f"{text} is no number of JSON")
    return found


def _texts(document: Any) -> Iterator[str]:
    """Every text in it, however deep."""
    waiting = [document]
    while waiting:
        found = waiting.pop()
        if isinstance(found, str):
            yield found
        elif isinstance(found, dict):
            waiting += [*found, *found.values()]
        elif isinstance(found, list):
            waiting += found


def _want_rows(rows: dict[str, Any]) -> None:
    for label in EXPORTED:
        if not isinstance(rows.get(label), list) or any(not isinstance(row, dict) for row in rows[label]):
            raise Faulty(_("%(place)s: a list of rows is missing.") % {"place": label})
    if len(rows["circles.Circle"]) != 1:
        raise Faulty(_("The file must hold one circle."))


def _people(by: Person, document: dict[str, Any]) -> dict[str, Person]:
    """The client is whoever brings the file; everybody else a name."""
    client = document["rows"]["circles.Circle"][0].get("client")
    made: dict[str, Person] = {}
    for alias, told in document["people"].items():
        name = told.get("name") if isinstance(told, dict) else None
        if not isinstance(name, str) or not 0 < len(name) <= 120:
            raise Faulty(_("%(place)s: a name is missing or too long.") % {"place": f"people {alias}"})
        language = told.get("language") if told.get("language") in ("nl", "en") else "nl"
        made[alias] = Person(name=name, language=language, is_active=False)
    if not isinstance(client, str) or client not in made:
        raise Faulty(_("The file does not say whose circle it is."))
    for person in made.values():
        person.set_unusable_password()
    made[client] = by
    Person.objects.bulk_create(person for alias, person in made.items() if alias != client)
    return made


def _things(document: dict[str, Any], people: dict[str, Person]) -> dict[str, list[Any]]:
    ids = {label: {str(row.get("id")) for row in document["rows"][label]} for label in EXPORTED}
    faults: list[str] = []
    things = {
        label: [_thing(label, f"{label} {number}", row, ids, people, faults) for number, row in enumerate(rows, 1)]
        for label, rows in ((label, document["rows"][label]) for label in EXPORTED)
    }
    if faults:
        raise Faulty(*faults)
    return things


def _thing(
    label: str, place: str, row: dict[str, Any], ids: dict[str, set[Any]], people: dict[str, Person], faults: list[str]
) -> Any:
    thing: Any = apps.get_model(label)()
    if set(row) != set(EXPORTED[label].split()):
        faults.append(_("%(place)s: other fields than expected.") % {"place": place})
        return thing
    for field in fields(label):
        try:
            setattr(thing, field.attname, _value(field, row[field.name], ids, people))
        except (ValidationError, ValueError, TypeError, AttributeError, OverflowError) as fault:
            words = "; ".join(fault.messages) if isinstance(fault, ValidationError) else _("cannot be read")
            faults.append(f"{place}, {field.name}: {words}")
    if label == "circles.Invitation":
        thing.secret_hash = hashed(secrets.token_urlsafe(32))  # opens nothing
    return thing


def _value(field: Any, value: Any, ids: dict[str, set[Any]], people: dict[str, Person]) -> Any:
    """A value as its field wants it. What points somewhere must point into the file."""
    if not isinstance(field, models.ForeignKey):
        return _plain(field, value, may_be_empty=field.blank)
    if value is None and field.null:
        return None
    if field.related_model is Person:
        if value not in people:
            raise ValidationError(_("points to nobody in the file"))
        return people[value].pk
    if value not in ids[field.related_model._meta.label]:
        raise ValidationError(_("points to nothing in the file"))
    return uuid.UUID(value)


def _plain(field: Any, value: Any, *, may_be_empty: bool) -> Any:
    found = field.to_python(value) if may_be_empty and value in (None, "") else field.clean(value, None)
    if isinstance(found, dt.date) and found.year not in YEARS:
        raise ValidationError(_("is a date that cannot be"))
    if isinstance(field, models.JSONField) and not isinstance(found, type(field.get_default())):
        raise ValidationError(_("cannot be read"))
    return found


def _write_log(document: dict[str, Any], people: dict[str, Person], circle_id: uuid.UUID) -> None:
    lines = []
    for number, told in enumerate(document["log"], 1):
        if not isinstance(told, dict) or set(told) != set(LOG):
            raise Faulty(_("%(place)s: other fields than expected.") % {"place": f"log {number}"})
        try:
            lines.append(_line(told, people, circle_id))
        except (ValidationError, ValueError, TypeError, KeyError, AttributeError, OverflowError):
            raise Faulty(_("%(place)s: cannot be read.") % {"place": f"log {number}"}) from None
    Brought.objects.bulk_create(lines, batch_size=500)


def _line(told: dict[str, Any], people: dict[str, Person], circle_id: uuid.UUID) -> Brought:
    line = Brought(circle_id=circle_id)
    for name in LOG:
        value = told[name]
        if name in ("actor_id", "on_behalf_of_id"):
            value = None if value is None else people[value].pk
        elif name == "fields":
            value = [str(one)[:80] for one in value]
        else:
            field: Any = Brought._meta.get_field(name)
            value = _plain(field, value, may_be_empty=True)
        setattr(line, name, value)
    return line
