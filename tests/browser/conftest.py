"""Pages are tested in a real browser: the system's Chromium, on the application served here."""

import os
import shutil
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.site import FAULTS, Site
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
NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = os.environ.get("TIEOUT_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), "")
    if not program:
        pytest.skip("no Chromium here (`apt install chromium`, or TIEOUT_CHROMIUM=/path/to/it)")
    with sync_playwright() as playwright:
        # The library runs a loop of its own; Django's guard against loops does not mean it.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        opened = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield opened
        opened.close()
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


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
        viewport={"width": 1280, "height": 800},
        reduced_motion="reduce",  # a colour looked at while it changes is no colour of ours
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
