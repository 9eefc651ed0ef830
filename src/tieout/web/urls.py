"""The addresses of all pages."""

from django.urls import include, path

from tieout.web.pages import home, members, start

organisation = [
    path("", home.home, name="home"),
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
