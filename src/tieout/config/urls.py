"""Which door answers under which path."""

from django.urls import include, path

from tieout.config.health import health
from tieout.config.metrics import metrics

urlpatterns = [
    path("health", health),
    path("metrics", metrics),
    path("api/v1/", include("tieout.api.urls")),
    path("", include("tieout.web.urls")),
]

handler400 = "tieout.web.failures.malformed"
handler404 = "tieout.web.failures.unknown_address"
handler500 = "tieout.web.failures.fault"
