"""The application as a server imports it, made from the environment's settings."""

from merchants_app.app import create_app
from merchants_app.settings import Settings

app = create_app(Settings.load())
