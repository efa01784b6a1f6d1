"""The one route."""

from django.urls import path

from benchmarks.peers.drf_fsm.views import EventsView

urlpatterns = [path("cases/<uuid:uid>/events", EventsView.as_view())]
