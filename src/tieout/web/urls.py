"""The addresses of all pages."""

from django.urls import include, path

from tieout.web.pages import (
    accounts,
    audit,
    files,
    home,
    members,
    queue,
    reconciliations,
    runs,
    settings,
    start,
    status,
)

organisation = [
    path("", home.home, name="home"),
    path("files/", files.files, name="files"),
    path("files/<int:file_id>/", files.file, name="file"),
    path("files/<int:file_id>/read", files.read, name="file_read"),
    path("accounts/", accounts.accounts, name="accounts"),
    path("accounts/<int:account_id>/", accounts.account, name="account"),
    path("accounts/<int:account_id>/lines", accounts.account_lines, name="lines"),
    path("reconciliations/", reconciliations.index, name="reconciliations"),
    path("reconciliations/<int:reconciliation_id>/", reconciliations.one, name="reconciliation"),
    path("reconciliations/<int:reconciliation_id>/match", reconciliations.match, name="match"),
    path("reconciliations/<int:reconciliation_id>/sign", reconciliations.sign, name="sign"),
    path("reconciliations/<int:reconciliation_id>/queue", queue.queue, name="queue"),
    path(
        "reconciliations/<int:reconciliation_id>/confirm", queue.confirm_many, name="confirm_many"
    ),
    path("groups/<int:group_id>/", queue.detail, name="group"),
    path("groups/<int:group_id>/confirm", queue.confirm, name="confirm"),
    path("groups/<int:group_id>/reject", queue.reject, name="reject"),
    path("groups/<int:group_id>/undo/<int:decision_id>", queue.take_back, name="take_back"),
    path("open-items/", reconciliations.open_items, name="open_items"),
    path("runs/", runs.index, name="runs"),
    path("runs/jobs/<int:run_id>/retry", runs.retry, name="retry"),
    path("runs/jobs/<int:run_id>/cancel", runs.cancel, name="cancel"),
    path("runs/<int:run_id>/open", reconciliations.open_records, name="unmatched"),
    path("audit/", audit.audit, name="audit"),
    path("audit/verify", audit.verify, name="verify"),
    path("status/", status.board, name="status"),
    path("status/analytics", status.analytics, name="analytics"),
    path("settings/", settings.index, name="settings"),
    path("settings/schedules", settings.schedule, name="schedule"),
    path("settings/rules", settings.rule, name="rule"),
    path("settings/channels", settings.channel, name="channel"),
    path("settings/channels/<int:channel_id>/end", settings.channel_ended, name="channel_ended"),
    path(
        "settings/proposals/<int:proposal_id>/approve",
        settings.approve,
        name="approve_settings",
    ),
    path(
        "settings/notifications/<int:notification_id>/again",
        settings.notification,
        name="notification",
    ),
    path("members/", members.members, name="members"),
    path("members/invitations/<int:invitation_id>/withdraw", members.withdraw, name="withdraw"),
    path("members/tokens", members.token, name="token"),
    path("members/tokens/<int:token_id>/revoke", members.revoke, name="revoke"),
]

urlpatterns = [
    path("", start.organisations, name="organisations"),
    path("help/", start.help_page, name="help"),
    path("invitation/<str:secret>", start.invitation, name="invitation"),
    path("o/<uuid:organisation_id>/", include(organisation)),
    path("account/2fa/", include("allauth.mfa.urls")),
    path("account/sessions/", include("allauth.usersessions.urls")),
    path("account/", include("allauth.account.urls")),
]
