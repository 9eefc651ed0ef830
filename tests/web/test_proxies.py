"""Whose request it is when proxies stand in between: nobody can claim to be from elsewhere."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory, override_settings

from tieout.config.proxies import ProxiesMiddleware


@pytest.mark.parametrize(
    ("proxies", "passed_on", "seen"),
    [
        (0, "198.51.100.7", "192.0.2.1"),
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "6.6.6.6, 198.51.100.7", "198.51.100.7"),
        (2, "6.6.6.6, 198.51.100.7, 10.0.0.3", "198.51.100.7"),
        (2, "10.0.0.3", "192.0.2.1"),
    ],
)
def test_only_what_proxies_of_ours_have_seen_is_believed(
    proxies: int, passed_on: str, seen: str
) -> None:
    asked = RequestFactory().get("/", REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR=passed_on)
    with override_settings(PROXIES=proxies):
        ProxiesMiddleware(lambda _: HttpResponse())(asked)
    assert asked.META["REMOTE_ADDR"] == seen
