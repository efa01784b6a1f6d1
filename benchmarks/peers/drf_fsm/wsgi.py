"""The application as a server wants it."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.peers.drf_fsm.settings")
application = get_wsgi_application()
