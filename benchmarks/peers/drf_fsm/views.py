"""One act on one case: validated, permitted, moved, logged, in one transaction."""

from django.db import transaction
from django.shortcuts import get_object_or_404
from django_fsm import TransitionNotAllowed, has_transition_perm
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from benchmarks.peers.drf_fsm.models import Case, Event


class DataSerializer(serializers.Serializer):
    why = serializers.CharField(max_length=20_000)


class ActSerializer(serializers.Serializer):
    trigger = serializers.ChoiceField(choices=["go", "come"])
    data = DataSerializer()


class CaseSerializer(serializers.ModelSerializer):
    class Meta:
        model = Case
        fields = ["id", "uid", "number", "dossier_id", "workflow", "state", "version", "is_open", "unit_id", "title", "opened_at", "updated_at",
                  "due_at", "assignee", "origin", "paused", "rehearsal"]


class EventsView(APIView):
    def post(self, request: Request, uid: str) -> Response:
        asked = ActSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        trigger, data = asked.validated_data["trigger"], asked.validated_data["data"]
        seen = int(request.headers["If-Match"].strip('"'))
        with transaction.atomic():
            case = get_object_or_404(Case.objects.select_for_update(), uid=uid)
            if case.version != seen:
                return Response({"detail": "the case has moved on"}, status=status.HTTP_412_PRECONDITION_FAILED)
            move = getattr(case, trigger)
            if not has_transition_perm(move, request.user):
                return Response({"detail": "not yours"}, status=status.HTTP_403_FORBIDDEN)
            before = case.state
            try:
                move()
            except TransitionNotAllowed:
                return Response({"detail": "not possible now"}, status=status.HTTP_409_CONFLICT)
            case.version += 1
            case.save(update_fields=["state", "version", "updated_at"])
            Event.objects.create(case=case, version=case.version, trigger=trigger, before=before, after=case.state, actor=request.user, data=data)
        return Response(CaseSerializer(case).data, status=status.HTTP_201_CREATED, headers={"ETag": f'"{case.version}"'})
