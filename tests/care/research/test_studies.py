"""Studies: a researcher writes, somebody else opens, a changed one asks anew; the pages say what is wrong."""

import time
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client

from kring.care.people.models import Post, Role
from kring.care.research import actions, files, policy
from kring.care.research.models import Consent, Edition, Export, Study
from kring.care.stored import Denied, Stale
from tests.care.research import study

pytestmark = pytest.mark.django_db


def signed_in(person, at=None):
    browser = Client()
    browser.force_login(person)
    session = browser.session
    session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "at": at or time.time()}]
    session.save()
    return browser


def form(cast, **differs):
    words = study.content(**differs)
    return words | {"from_on": str(words["from_on"]), "until_on": str(words["until_on"])}


def test_whoever_wrote_a_study_does_not_open_it(cast):
    Post.objects.create(person=cast.rik, organisation=cast.organisation, role=Role.ADMINISTRATOR)
    edition = study.drafted(cast)
    actions.offer(by=cast.rik, edition=edition)
    edition.refresh_from_db()
    with pytest.raises(Denied):
        actions.open_edition(by=cast.rik, edition=edition, version=1)
    actions.open_edition(by=cast.ada, edition=edition, version=1)


def test_what_is_not_offered_or_was_changed_meanwhile_is_not_opened(cast):
    edition = study.drafted(cast)
    with pytest.raises(Denied):
        actions.open_edition(by=cast.ada, edition=edition, version=1)
    actions.offer(by=cast.rik, edition=edition)
    read = Edition.objects.get(pk=edition.pk)
    actions.change(by=cast.rik, edition=Edition.objects.get(pk=edition.pk), version=1, title_nl="Iets anders")
    assert Edition.objects.get(pk=edition.pk).offered_at is None
    actions.offer(by=cast.rik, edition=edition)
    with pytest.raises(Denied):
        actions.open_edition(by=cast.ada, edition=read, version=1)
    assert Edition.objects.get(pk=edition.pk).opened_at is None


def test_a_changed_study_asks_anew_and_an_old_yes_sends_nothing(cast):
    edition = study.opened(cast)
    study.registry(cast, edition)
    actions.answer(by=cast.seat("noor"), edition=edition, yes=True)
    waiting = study.table(cast, edition)
    draft = actions.begin_edition(by=cast.rik, study=edition.study)
    assert policy.standing_yes(edition).count() == 43
    newer = study.open_it(cast, draft)
    assert newer.number == 2
    assert policy.asks(newer, cast.seat("noor"))
    assert policy.standing_yes(newer).count() == 0
    assert not actions.take(by=cast.rik, export=waiting)
    assert study.table(cast, newer).failure == "too few"
    with pytest.raises(Denied):
        actions.start_export(by=cast.rik, edition=Edition.objects.get(pk=edition.pk), id=uuid.uuid4())


def test_a_study_that_ended_asks_nobody_and_sends_nothing(cast):
    edition = study.opened(cast)
    actions.end_study(by=cast.ada, study=edition.study)
    edition = Edition.objects.get(pk=edition.pk)
    with pytest.raises(Denied):
        actions.answer(by=cast.seat("noor"), edition=edition, yes=True)
    with pytest.raises(Denied):
        actions.start_export(by=cast.rik, edition=edition, id=uuid.uuid4())


def test_a_low_threshold_needs_a_reason_also_past_the_form(cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        study.drafted(cast, threshold=5)
    with pytest.raises(IntegrityError), transaction.atomic():
        study.drafted(cast, threshold=2, threshold_reason="Zomaar")


def test_two_researchers_who_change_a_draft_are_both_shown(cast):
    edition = study.drafted(cast)
    actions.change(by=cast.rik, edition=edition, version=1, title_nl="Eerst")
    with pytest.raises(Stale):
        actions.change(by=cast.rik, edition=Edition.objects.get(pk=edition.pk), version=1, title_nl="Later")
    answer = signed_in(cast.rik).post(
        f"/research/{edition.study_id}/change/", form(cast, title_nl="Later") | {"version": 1}
    )
    assert b"Eerst" in answer.content
    assert b"Later" in answer.content


def test_a_double_click_makes_one_study(cast):
    browser, new_id = signed_in(cast.rik), uuid.uuid4()
    for _ in range(2):
        where = f"/research/new/{cast.organisation.pk}/?id={new_id}"
        answer = browser.post(where, form(cast) | {"new_id": new_id})
        assert answer.headers["Location"] == f"/research/{new_id}/"
    assert Study.objects.count() == 1


@pytest.mark.parametrize(("differs", "words"), [
    ({"measures": []}, "Which scores"),
    ({"measures": ["no.such"]}, "Which scores"),
    ({"until_on": "2001-01-01"}, "This day lies before the first one."),
    ({"threshold": 5}, "Say why fewer than ten is right here"),
    ({"threshold": 2, "threshold_reason": "Zomaar"}, "Fewest clients in a group"),
    ({"title_nl": ""}, "Title, in Dutch"),
])  # fmt: skip
def test_wrong_input_is_said_and_kept(cast, differs, words):
    type(cast.rik).objects.update(language="en")
    answer = signed_in(cast.rik).post(
        f"/research/new/{cast.organisation.pk}/?id={uuid.uuid4()}", form(cast) | {"new_id": uuid.uuid4()} | differs
    )
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert "METC 2026-123" in answer.content.decode()
    assert not Study.objects.exists()


def test_researchers_of_another_organisation_find_nothing(cast):
    edition = study.opened(cast)
    Post.objects.filter(person=cast.rik).update(ended_at=study.timezone.now())
    assert signed_in(cast.rik).get(f"/research/{edition.study_id}/").status_code == 404
    assert signed_in(cast.zoe).get("/research/").status_code == 404


def test_an_administrator_sees_no_table(cast):
    edition = study.opened(cast)
    study.registry(cast, edition)
    export = study.table(cast, edition)
    browser = signed_in(cast.ada)
    assert browser.get(f"/research/tables/{export.pk}/").status_code == 404
    assert str(export.pk).encode() not in browser.get(f"/research/{edition.study_id}/").content


def test_a_file_leaves_only_after_a_fresh_sign_in(cast):
    edition = study.opened(cast)
    study.registry(cast, edition)
    export = study.table(cast, edition)
    where = f"/research/tables/{export.pk}/outcomes.csv"
    late = signed_in(cast.rik, at=time.time() - 3600).get(where)
    assert late.status_code == 302
    assert Export.objects.get().taken_at is None
    answer = signed_in(cast.rik).get(where)
    assert b"".join(answer.streaming_content) == (files.folder(export.pk) / "outcomes.csv").read_bytes()
    assert answer.headers["Cache-Control"] == "no-store"
    assert Export.objects.get().taken_at is not None
    assert signed_in(cast.rik).get(f"/research/tables/{export.pk}/..%2f..%2fkring.sqlite3").status_code == 404


def test_a_file_does_not_leave_when_somebody_in_it_no_longer_says_yes(cast):
    edition = study.opened(cast)
    study.registry(cast, edition)
    export = study.table(cast, edition)
    one = Consent.objects.filter(edition=edition).first()
    Consent.objects.filter(pk=one.pk).update(revoked_at=study.timezone.now())  # whatever way it was ended
    answer = signed_in(cast.rik).get(f"/research/tables/{export.pk}/outcomes.csv")
    assert answer.status_code == 302
    assert Export.objects.get().taken_at is None


def test_the_page_shows_the_file_as_it_is(cast):
    edition = study.opened(cast)
    study.registry(cast, edition)
    export = study.table(cast, edition)
    page = signed_in(cast.rik).get(f"/research/tables/{export.pk}/").content.decode()
    first = (files.folder(export.pk) / "outcomes.csv").read_text().splitlines()[1].split(",")
    assert all(f"<td>{cell}</td>" in page for cell in first)


def test_no_count_of_who_did_not_answer_stands_anywhere(cast):
    """Of a table that was refused, not even how many said yes."""
    edition = study.opened(cast)
    study.registry(cast, edition, number=1, clients=7)
    export = study.table(cast, edition)
    page = signed_in(cast.rik).get(f"/research/tables/{export.pk}/").content.decode()
    assert " 7 " not in page
    assert ">7<" not in page


def test_an_edition_is_checked_like_its_form():
    with pytest.raises(ValidationError):
        Edition(threshold=1).clean_fields(exclude=[f.name for f in Edition._meta.fields if f.name != "threshold"])


def test_who_did_not_answer_and_who_said_yes_are_found_by_an_index(cast):
    """For each circle every answer to the study was read: with a hundred thousand clients that took hours."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL chooses by its own counts")
    edition = study.opened(cast)
    assert "edition_id=? AND circle_id=?" in policy.circles_to_write_to(edition).explain()
    pages = policy.standing_yes(edition).order_by("circle_id").filter(circle_id__gt=cast.circle.pk)
    assert "edition_id=? AND circle_id>?" in pages.explain()
    assert "TEMP B-TREE" not in pages.explain()
