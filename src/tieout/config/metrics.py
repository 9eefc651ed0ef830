"""`/metrics` for Prometheus: requests, jobs by state, how long the oldest waits, living workers.

Nothing in it belongs to an organisation. It is for this machine, or for who has the token.
"""

import hmac

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

from tieout.store.postgres.files import sql_text

REGISTRY = CollectorRegistry()
_REQUESTS = Counter(
    "tieout_requests", "Requests answered", ["method", "route", "status"], registry=REGISTRY
)
_SECONDS = Histogram("tieout_request_seconds", "Time to answer", ["route"], registry=REGISTRY)
_JOBS = Gauge("tieout_jobs", "Jobs by task and state", ["task", "state"], registry=REGISTRY)
_OLDEST = Gauge("tieout_job_oldest_seconds", "How long the oldest job is due", registry=REGISTRY)
_WORKERS = Gauge("tieout_workers", "Workers with a sign of life", registry=REGISTRY)
_SIZE = Gauge("tieout_database_bytes", "Size of the database", registry=REGISTRY)
LOCAL = {"127.0.0.1", "::1"}


def count_request(method: str, route: str, status: int, seconds: float) -> None:
    """One more request; a route is a pattern, never an address with somebody's id in it."""
    _REQUESTS.labels(method, route, str(status)).inc()
    _SECONDS.labels(route).observe(seconds)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures as of now; 404 for who may not see them."""
    if not _may_see(request):
        return HttpResponse(status=404)
    with connection.cursor() as cursor:
        cursor.execute(sql_text("operations/queue_figures"))
        _JOBS.clear()
        for task, state, count, oldest, workers, size in cursor.fetchall():
            if task:
                _JOBS.labels(task, state).set(count)
            else:
                _OLDEST.set(oldest)
                _WORKERS.set(workers)
                _SIZE.set(size)
    return HttpResponse(
        generate_latest(REGISTRY),
        content_type=CONTENT_TYPE_LATEST,
        headers={"Cache-Control": "no-store"},
    )


def _may_see(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given, f"Bearer {settings.METRICS_TOKEN}")
    return not settings.PROXIES and request.META.get("REMOTE_ADDR") in LOCAL
