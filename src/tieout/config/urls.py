"""Which door answers under which path."""

from django.urls import include, path

urlpatterns = [path("", include("tieout.web.urls"))]
