"""What every page's template is given."""

from django.http import HttpRequest

import tieout
from tieout.web.menu import menu_of


def page(request: HttpRequest) -> dict[str, object]:
    """The program's version, and who works where, once a page has found that out."""
    membership = getattr(request, "membership", None)
    return {
        "version": tieout.__version__,
        "membership": membership,
        "memberships": getattr(request, "memberships", ()),
        "menu": menu_of(request, membership) if membership else (),
    }
