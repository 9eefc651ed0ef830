"""The web room as a Django app: its templates, static files and template tags."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Found by its folder."""

    name = "tieout.web"
    label = "web"
