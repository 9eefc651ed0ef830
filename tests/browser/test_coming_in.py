"""Coming in: sign-in, a second factor, an invitation, and out again."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.site import PASSWORD, Site, check_accessible, follow, picture
from tests.store.firms import NOW
from tieout.core.access import Role
from tieout.workflows.create_organisation import create_organisation


def organisation(site: Site, name: str) -> str:
    """An organisation; its owner's address."""
    person, email = site.person("Olga")
    create_organisation(name=name, owner_email=email, person_id=person, origin="test", now=NOW)
    return email


@pytest.mark.req("R048")
def test_signing_in_with_a_second_factor(site: Site, context: BrowserContext) -> None:
    from allauth.mfa.totp.internal.auth import (  # noqa: PLC0415  only once Django is set up
        format_hotp_value,
        hotp_value,
        yield_hotp_counters_from_time,
    )

    def code_of(secret: str) -> str:
        return str(format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time()))))

    email = organisation(site, "Second factor")
    page = context.new_page()
    site.sign_in(page, email)
    page.goto(f"{site.address}/account/2fa/")
    check_accessible(page)
    follow(page.get_by_role("link", name="Activate"))
    if "reauthenticate" in page.url:
        page.get_by_label("Password").fill(PASSWORD)
        follow(page.get_by_role("button", name="Confirm"))
    secret = page.locator("#authenticator_secret").input_value()
    page.get_by_label("Authenticator code").fill(code_of(secret))
    follow(page.get_by_role("button", name="Activate"))
    expect(page.get_by_text("Recovery", exact=False).first).to_be_visible()
    page.goto(f"{site.address}/account/2fa/recovery-codes/")
    check_accessible(page)
    recovery = page.locator("#recovery_codes").input_value().split()[0]
    sign_out(page)
    half_way(site, page, email)
    page.goto(f"{site.address}/")
    expect(page).to_have_url(re.compile("login|2fa"))  # the password alone opens nothing
    for code in recovery, recovery:  # the second time it has been used
        half_way(site, page, email)
        page.locator("#id_code").fill(code)
        follow(page.get_by_role("button", name="Sign in", exact=False).first)
        if "2fa" in page.url:
            break
        expect(page.get_by_role("banner")).to_contain_text("Olga")
        sign_out(page)
    expect(page.get_by_role("main")).to_contain_text("Incorrect code")


def half_way(site: Site, page: Page, email: str) -> None:
    """Signing in with the password on a fresh browser; the second factor is asked for."""
    page.context.clear_cookies()
    page.goto(f"{site.address}/account/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    follow(page.get_by_role("button", name="Sign in"))
    expect(page).to_have_url(re.compile("2fa"))


def sign_out(page: Page) -> None:
    """By the menu of one's own name."""
    page.get_by_text("Olga").first.click()
    follow(page.get_by_role("button", name="Sign out"))


def test_signing_in_with_a_security_key(site: Site, context: BrowserContext) -> None:
    email = organisation(site, "Security key")
    page = context.new_page()
    key = context.new_cdp_session(page)
    key.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = key.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    site.sign_in(page, email)
    page.goto(f"{site.address}/account/2fa/webauthn/add/")
    if "reauthenticate" in page.url:
        page.get_by_label("Password").fill(PASSWORD)
        follow(page.get_by_role("button", name="Confirm"))
    check_accessible(page)
    page.get_by_label("Name").fill("Olga's key")
    follow(page.get_by_role("button", name="Add"))
    page.goto(f"{site.address}/account/2fa/webauthn/")
    expect(page.get_by_role("main")).to_contain_text("Olga's key")
    check_accessible(page)
    sign_out(page)
    half_way(site, page, email)
    check_accessible(page)
    follow(page.get_by_role("button", name="Use a security key"))
    expect(page.get_by_role("banner")).to_contain_text("Olga")
    sign_out(page)
    key.send("WebAuthn.clearCredentials", {"authenticatorId": made["authenticatorId"]})
    half_way(site, page, email)
    page.get_by_role("button", name="Use a security key").click()
    page.wait_for_timeout(1000)
    expect(page).to_have_url(re.compile("2fa"))  # another key opens nothing


def test_a_wrong_password_says_so_and_is_slowed_down(site: Site, page: Page) -> None:
    email = organisation(site, "Throttled")
    page.goto(f"{site.address}/account/login/")
    check_accessible(page)
    for _ in range(6):
        page.get_by_label("Email").fill(email)
        page.get_by_label("Password").fill("not the password")
        follow(page.get_by_role("button", name="Sign in"))
    expect(page.get_by_role("alert").first).to_contain_text("Too many")


def test_an_invitation_brings_somebody_in(site: Site, context: BrowserContext) -> None:
    email = organisation(site, "Inviting")
    page = context.new_page()
    site.sign_in(page, email)
    follow(page.get_by_role("link", name="Members"))
    check_accessible(page)
    page.get_by_label("E-mail address").fill("invited@example.org")
    page.get_by_label("Role", exact=True).select_option(Role.REVIEWER)
    picture(page, "members")
    follow(page.get_by_role("button", name="Make an invitation"))
    link = page.locator("#invitation-link").inner_text()
    page.get_by_text("Olga").first.click()
    follow(page.get_by_role("button", name="Sign out"))
    page.goto(link)
    check_accessible(page)
    page.get_by_label("Your name").fill("Rudi")
    page.get_by_label("Password").fill("password1234")
    follow(page.get_by_role("button", name="Join"))
    expect(page.get_by_role("alert")).to_contain_text("guess")
    page.get_by_label("Password").fill(PASSWORD)
    follow(page.get_by_role("button", name="Join"))
    site.sign_in(page, "invited@example.org")
    expect(page.get_by_role("banner")).to_contain_text("reviewer")
    page.goto(link)
    expect(page.get_by_role("main")).to_contain_text("access.secret-refused")
