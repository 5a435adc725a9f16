"""The trail of who did or saw what: rows are only ever added (database triggers keep that promise).

Fields follow NEN 7513: what, when, whose record, who, on whose behalf, in which role, which data, under which
rule or consent, emergency or not. Nothing of the content itself is ever written here.
"""

from django.db import models

from kring.care.stored import Stored


class Event(models.Model):
    """One view or one write. References are plain ids: the trail outlives what it speaks of."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    circle_id = models.UUIDField(null=True)
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=120, blank=True)
    actor_role = models.CharField(max_length=40)
    on_behalf_of_id = models.UUIDField(null=True)
    verb = models.CharField(max_length=40)
    thing = models.CharField(max_length=40)
    thing_id = models.UUIDField(null=True)
    fields = models.JSONField(default=list)
    rule = models.CharField(max_length=80)
    break_glass = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["circle_id", "-id"], name="event_circle")]


class Seal(Stored):
    """A batch of events made tamper-evident afterwards, so that requests never wait for one another.

    `digest` is SHA-256 over the previous digest and the canonical text of the events in `event_ids`, in order.
    """

    number = models.PositiveBigIntegerField(unique=True)
    event_ids = models.JSONField()
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()
    pruned_at = models.DateTimeField(null=True)


class Sealed(models.Model):
    """Which seal holds an event; its absence means: not sealed yet."""

    event_id = models.BigIntegerField(primary_key=True)
    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="+")
