"""Every change of settings is kept as a version: the whole text, who, when, and why."""

from collections.abc import Iterator
from contextlib import contextmanager

from tieout.core.settings import Settings
from tieout.store.tenancy.models import SettingsProposal, SettingsVersion
from tieout.workflows.acting import Act
from tieout.workflows.standing_settings import standing_settings

FOUND = "found"
"""In place of a verb: what stood before versions were kept."""


@contextmanager
def settings_kept(act: Act) -> Iterator[None]:
    """Around what changes a setting: one change at a time, and a version of what then stands."""
    latest_version(act)
    act.left.last.append(lambda: keep_version(act, standing_settings()))
    yield
    assert not act.left.last, "a change of settings has its audit event"


def latest_version(act: Act) -> SettingsVersion:
    """The version that stands, once nobody else changes settings; made if there is none yet."""
    act.alone("settings")
    latest = SettingsVersion.objects.order_by("-id").first()
    if latest is None:
        latest = SettingsVersion.objects.create(
            organisation_id=act.caller.organisation_id,
            verb=FOUND,
            document=standing_settings().text,
            made_at=act.at,
        )
        act.keeps(latest)
    return latest


def latest_version_id() -> int | None:
    """Within a tenant: the version that stands; None where no setting was ever changed."""
    return SettingsVersion.objects.order_by("-id").values_list("id", flat=True).first()


def keep_version(
    act: Act,
    stands: Settings,
    *,
    proposal: SettingsProposal | None = None,
    approver_id: int | None = None,
) -> SettingsVersion:
    """The version of what stands now: a new one, unless the text is that of the latest."""
    latest = latest_version(act)
    if latest.document == stands.text:
        return latest
    made = SettingsVersion.objects.create(
        organisation_id=act.caller.organisation_id,
        follows=latest,
        verb=proposal.verb if proposal else act.verb,
        document=stands.text,
        reason=proposal.reason if proposal else "",
        author_id=proposal.author_id if proposal else act.caller.asked_by_id,
        approver_id=approver_id,
        made_at=act.at,
        proposal=proposal,
    )
    act.keeps(made)
    return made
