"""What a sandbox has proved: its reconciliations have all been run with its settings as they stand.

A part of a verb's transaction; it looks into the sandbox's tenant.
"""

from tieout.core.errors import Conflict
from tieout.store.postgres.tenant import tenant
from tieout.store.reconciliation.models import MatchRun, Reconciliation
from tieout.store.tenancy.models import Sandbox, SettingsVersion


def document_of(sandbox: Sandbox) -> str:
    """The settings of the sandbox as they stand there."""
    with tenant(sandbox.copy):
        return _latest().document


def require_proved(sandbox: Sandbox, document: str) -> None:
    """Raise `Conflict`, with what is missing, unless the sandbox has proved this document."""
    with tenant(sandbox.copy):
        latest = _latest()
        if latest.document != document:
            found = f"settings_version:{latest.pk} there, which says something else"
            raise Conflict("settings.stale", found, "the settings that were proposed", sandbox.name)
        missing = _missing(latest)
    if missing:
        expected = "a run of every reconciliation with the settings as they stand there"
        raise Conflict("sandbox.not-proved", "; ".join(missing), expected, sandbox.name)


def _latest() -> SettingsVersion:
    latest = SettingsVersion.objects.order_by("-id").first()
    assert latest is not None  # it was made with the sandbox
    return latest


def _missing(latest: SettingsVersion) -> list[str]:
    """What there is no run of, in words."""
    found = []
    for each in Reconciliation.objects.filter(ended_at__isnull=True).order_by("name", "id"):
        runs = MatchRun.objects.filter(reconciliation=each, settings=latest).order_by("-id")
        if not runs.exists():
            found.append(f"no run of {each.name} since its settings changed last")
        elif not any(run.left_count + run.right_count for run in runs):
            found.append(f"only runs of {each.name} over no records")
    if not found and not Reconciliation.objects.filter(ended_at__isnull=True).exists():
        found.append("no reconciliation that could be run")
    return found
