"""Django's settings, for production: no middleware that an API does without, connections that stay open, prepared statements, one JSON renderer."""

import os
from urllib.parse import parse_qs, urlsplit

_url = urlsplit(os.environ["PEER_DATABASE_URL"])

DEBUG = False
SECRET_KEY = "for benchmarks only"
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "rest_framework", "rest_framework.authtoken", "django_fsm",
                  "benchmarks.peers.drf_fsm"]
MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
ROOT_URLCONF = "benchmarks.peers.drf_fsm.urls"
WSGI_APPLICATION = "benchmarks.peers.drf_fsm.wsgi.application"
DATABASES = {"default": {
    "ENGINE": "django.db.backends.postgresql", "NAME": _url.path.lstrip("/"), "USER": _url.username,
    "HOST": parse_qs(_url.query)["host"][0], "CONN_MAX_AGE": None, "OPTIONS": {"server_side_binding": True, "prepare_threshold": 5}}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
}
