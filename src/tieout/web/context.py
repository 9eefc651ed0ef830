"""What every page's template is given."""

from django.http import HttpRequest

import tieout


def page(request: HttpRequest) -> dict[str, object]:
    """The program's version, and who works where, once a page has found that out."""
    return {
        "version": tieout.__version__,
        "membership": getattr(request, "membership", None),
        "memberships": getattr(request, "memberships", ()),
    }
