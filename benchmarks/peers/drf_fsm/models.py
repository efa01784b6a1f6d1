"""A case of seventeen fields that moves by django-fsm, and the log of its events."""

from django.conf import settings
from django.db import models
from django_fsm import FSMField, transition


class Case(models.Model):
    uid = models.UUIDField(unique=True)
    number = models.CharField(max_length=40, unique=True)
    dossier_id = models.BigIntegerField()
    workflow = models.CharField(max_length=100)
    state = FSMField(default="here", protected=True)
    version = models.IntegerField(default=1)
    is_open = models.BooleanField(default=True)
    unit_id = models.BigIntegerField(null=True)
    title = models.CharField(max_length=400)
    opened_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    due_at = models.DateTimeField(null=True)
    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT)
    origin = models.CharField(max_length=10, default="act")
    paused = models.BooleanField(default=False)
    rehearsal = models.BooleanField(default=False)

    @transition(field=state, source="here", target="there", permission=lambda case, user: case.assignee_id == user.pk)
    def go(self) -> None:
        """Go there."""

    @transition(field=state, source="there", target="here", permission=lambda case, user: case.assignee_id == user.pk)
    def come(self) -> None:
        """Come back."""


class Event(models.Model):
    case = models.ForeignKey(Case, on_delete=models.PROTECT)
    version = models.IntegerField()
    trigger = models.CharField(max_length=100)
    before = models.CharField(max_length=60)
    after = models.CharField(max_length=60)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    at = models.DateTimeField(auto_now_add=True)
    data = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "version"], name="one_event_a_version")]
