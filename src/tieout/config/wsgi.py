"""What a web server runs: the application, with its database opened first."""

import atexit
from contextlib import ExitStack

from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from tieout.config.database import opened
from tieout.config.environment import Environment

_OPEN = ExitStack()
_OPEN.enter_context(opened(Environment.of(), is_migrated=True))
atexit.register(_OPEN.close)

application: WSGIHandler = get_wsgi_application()
# All pages are read now: the first request shall not wait for it, nor the tenth beside it.
_ = get_resolver().url_patterns
