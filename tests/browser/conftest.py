"""Pages are tested in a real browser: the system's Chromium, on the application served here."""

import os
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.site import FAULTS, WIDTHS, Site, chromium
from tests.store.databases import Store
from tieout.config import database

database.set_up()

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One a module: while it is open no other loop can run here, and tests of workers need one."""
    program = chromium()
    if not program:
        assert "TIEOUT_SKIP_NO_PAGE" not in os.environ, "no Chromium, and nothing may be skipped"
        pytest.skip("no Chromium here (`make browser` says how to get it)")
    with sync_playwright() as playwright:
        # The library runs a loop of its own; Django's guard against loops does not mean it.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        opened = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield opened
        opened.close()
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="module", autouse=True)
def clock() -> Iterator[None]:
    """It begins at the firms' own NOW and goes on, so that pictures show the same day each time."""
    from tests.store.firms import NOW  # noqa: PLC0415  only once Django is set up

    began = time.monotonic()

    def now() -> datetime:
        return NOW + timedelta(seconds=time.monotonic() - began)

    earlier, settings.CLOCK = settings.CLOCK, now
    yield
    settings.CLOCK = earlier


@pytest.fixture(scope="session")
def site(served: Store) -> Iterator[Site]:
    from django.core.servers.basehttp import (  # noqa: PLC0415  only once Django is set up
        ThreadedWSGIServer,
        WSGIRequestHandler,
    )
    from django.core.wsgi import get_wsgi_application  # noqa: PLC0415  as above

    class Quiet(WSGIRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    server = ThreadedWSGIServer(("localhost", 0), Quiet)
    server.daemon_threads = True
    server.set_app(get_wsgi_application())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Site(f"http://localhost:{server.server_port}", served)
    server.shutdown()
    server.server_close()


PATIENCE_MS = 60_000
"""A busy machine is no fault of a page."""
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(
        viewport=WIDTHS["desk"], reduced_motion="reduce", locale="en-GB", timezone_id="UTC"
    )
    opened.set_default_timeout(PATIENCE_MS)
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture(autouse=True)
def accessible() -> Iterator[None]:
    FAULTS.clear()
    yield
    assert FAULTS == [], "\n".join(FAULTS)
