"""The trail of who did or saw what: rows are only ever added (database triggers keep that promise, see `guards`).

Fields follow NEN 7513: what, when, whose record, who, on whose behalf, in which role, which data, under which
rule or consent, emergency or not. Nothing of the content itself is ever written here.
"""

from django.db import models

from kring.care.stored import Stored


class Line(models.Model):
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
        abstract = True


class Event(Line):
    """What happened in this installation."""

    class Meta:
        indexes = [models.Index(fields=["circle_id", "-id"], name="event_circle")]


class Folded(Line):
    """One look over many circles at once, as one row until it is unfolded into a line for each (`unfolding`)."""

    circle_id = None
    circles = models.JSONField()
    """The ids of the circles, as the database writes them. None is the line of the whole, which has `thing_id`."""
    each_rule = models.CharField(max_length=80)
    """The rule in the line of each circle; `rule` is the one that opened the whole."""


class Brought(Line):
    """What happened elsewhere, as it stood in the file with which a circle was brought here. Not sealed here."""

    class Meta:
        indexes = [models.Index(fields=["circle_id", "-id"], name="brought_circle")]


class Seal(Stored):
    """A batch of events made tamper-evident afterwards, so that requests never wait for one another.

    `digest` is SHA-256 over the previous digest, the moment of sealing, `emptied` and the digests of the batch's
    events in order (`seals`). When its events are pruned, the seal stays and the chain goes on through it.
    """

    number = models.PositiveBigIntegerField(unique=True)
    count = models.PositiveIntegerField()
    emptied = models.BooleanField()  # nothing was left unsealed after this batch
    last_id = models.BigIntegerField()  # the highest event id sealed so far
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()
    pruned_at = models.DateTimeField(null=True)


class Sealed(models.Model):
    """The fingerprint of one event and its place in a seal; without it an event is not sealed yet."""

    event_id = models.BigIntegerField(primary_key=True)
    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="rows")
    position = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["seal", "position"], name="sealed_one_per_position")]
