"""Finds what an address names, for who may see it; for everybody else it does not exist."""

import uuid

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from kring.care.people.models import Person
from kring.care.training import policy
from kring.care.training.models import Cohort, Enrolment, Part, Programme


def person_of(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)
    return request.user


def own(request: HttpRequest, enrolment_id: uuid.UUID) -> Enrolment:
    mine = policy.own_enrolments(person_of(request)).select_related("cohort__programme_version", "team", "person")
    return get_object_or_404(mine, pk=enrolment_id)


def own_part(request: HttpRequest, enrolment_id: uuid.UUID, part_id: uuid.UUID) -> tuple[Enrolment, Part]:
    return own(request, enrolment_id), get_object_or_404(Part, pk=part_id)


def led_cohort(request: HttpRequest, cohort_id: uuid.UUID) -> Cohort:
    seen = policy.cohorts_visible_to(person_of(request)).select_related("programme_version", "organisation")
    return get_object_or_404(seen, pk=cohort_id)


def own_programme(request: HttpRequest, programme_id: uuid.UUID) -> Programme:
    seen = policy.programmes_visible_to(person_of(request)).select_related("organisation")
    return get_object_or_404(seen, pk=programme_id)


def shelf_part(request: HttpRequest, part_id: uuid.UUID) -> Part:
    return get_object_or_404(policy.parts_visible_to(person_of(request)).select_related("organisation"), pk=part_id)
