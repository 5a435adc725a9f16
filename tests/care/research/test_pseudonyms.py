"""Pseudonyms and weeks: pure functions, held to their promises for any input."""

import datetime as dt
import re
import uuid

from hypothesis import given
from hypothesis import strategies as st

from kring.care.research.pseudonyms import Pseudonyms, new_key, seal, unseal, weeks_since
from kring.care.research.reading import months_after

KEYS = st.binary(min_size=32, max_size=32)
DAYS = st.dates(dt.date(1970, 1, 1), dt.date(2100, 1, 1))


@given(KEYS, KEYS, st.lists(st.uuids(), min_size=2, max_size=30, unique=True))
def test_a_pseudonym_is_the_same_in_one_table_and_another_in_the_next(one, other, ids):
    names, next_names = Pseudonyms(one), Pseudonyms(other)
    found = [names.of("person", each) for each in ids]
    assert found == [names.of("person", each) for each in ids]
    assert len(set(found)) == len(ids)
    assert one == other or not set(found) & {next_names.of("person", each) for each in ids}


@given(KEYS, st.uuids())
def test_a_pseudonym_shows_nothing_of_what_it_names_nor_of_its_place_in_the_file(key, thing):
    names = Pseudonyms(key)
    shown = {names.of(kind, thing) for kind in ("person", "team", "institution")}
    assert len(shown) == 3
    assert all(re.fullmatch(r"[pti][a-z2-7]{16}", each) for each in shown)
    assert names.order(thing).version == 4
    assert names.order(thing) != thing


@given(DAYS, DAYS, st.integers(-4000, 4000))
def test_weeks_since_the_start_stay_the_same_when_both_days_move(start, day, shift):
    moved = dt.timedelta(days=shift)
    weeks = weeks_since(start, day)
    assert weeks % 7 == 0
    assert weeks <= (day - start).days < weeks + 7
    assert weeks_since(start + moved, day + moved) == weeks


@given(DAYS, st.integers(0, 600))
def test_months_later_is_the_same_day_or_the_last_of_a_shorter_month(day, months):
    later = months_after(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == day.day or (later + dt.timedelta(days=1)).day == 1


def test_a_key_comes_back_from_its_seal_and_from_nothing_else(settings):
    key = new_key()
    sealed = seal(key)
    assert key not in sealed.encode()
    assert unseal(sealed) == key
    assert unseal("") is None
    settings.SECRET_KEY = "another one"
    assert unseal(sealed) is None


def test_two_keys_are_never_the_same():
    assert len({new_key() for _ in range(100)}) == 100
    assert uuid.UUID(int=0) != Pseudonyms(new_key()).order(uuid.UUID(int=0))
