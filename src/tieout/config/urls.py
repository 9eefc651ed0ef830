"""Which door answers under which path."""

from django.urls import include, path

from tieout.config.health import health
from tieout.config.metrics import metrics

urlpatterns = [
    path("health", health),
    path("metrics", metrics),
    path("", include("tieout.web.urls")),
]
