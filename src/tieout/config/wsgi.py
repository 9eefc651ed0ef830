"""What a web server runs: the application, with its database opened first."""

from contextlib import ExitStack

from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application

from tieout.config.database import opened
from tieout.config.environment import Environment

_OPEN = ExitStack()
_OPEN.enter_context(opened(Environment.of(), is_migrated=True))

application: WSGIHandler = get_wsgi_application()
