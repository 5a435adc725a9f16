"""A certificate that will expire: one letter, two months before."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kring.care import post
from kring.care.training.models import Certificate

AHEAD = dt.timedelta(days=60)


def remind(today: dt.date | None = None) -> int:
    day = today or timezone.localdate()
    soon = Certificate.objects.filter(
        withdrawn_at=None, reminded_at=None, expires_on__gte=day, expires_on__lte=day + AHEAD
    )
    sent = 0
    for each in soon.select_related("enrolment__person").iterator(chunk_size=500):
        with transaction.atomic():
            if Certificate.objects.filter(pk=each.pk, reminded_at=None).update(reminded_at=timezone.now()):
                context = {"certificate": each}
                subject = _("Your certificate in Kring")
                person = each.enrolment.person
                post.send(to=person, subject=subject, template="training/mail/expires.txt", context=context)
                sent += 1
    return sent
