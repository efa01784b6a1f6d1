"""What a WSGI server loads."""

from config import Settings
from inspect_app.app import create_app

app = create_app(Settings.read())
