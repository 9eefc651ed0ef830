"""Which door answers under which path."""

from django.urls import include, path

urlpatterns = [
    path("api/v1/", include("tieout.api.urls")),
    path("", include("tieout.web.urls")),
]
