"""django-allauth: an address and a password, a link to confirm it, signing in."""

from __future__ import annotations

import measuring
from django.http import HttpResponse
from django.urls import include, path
from django_site import Browser, mailed, set_up

set_up(
    apps=["allauth", "allauth.account"],
    middleware=["allauth.account.middleware.AccountMiddleware"],
    AUTHENTICATION_BACKENDS=["allauth.account.auth_backends.AuthenticationBackend"],
    ACCOUNT_LOGIN_METHODS={"email"},
    ACCOUNT_SIGNUP_FIELDS=["email*", "password1*", "password2*"],
    ACCOUNT_EMAIL_VERIFICATION="mandatory",
    ACCOUNT_RATE_LIMITS=False,
    LOGIN_REDIRECT_URL="/home/",
)
urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("home/", lambda request: HttpResponse(request.user.email)),
]
browsers: dict[int, Browser] = {}


def sign_up(number: int) -> None:
    """Open the form and send it."""
    browser = browsers[number] = Browser()
    browser.open("/accounts/signup/")
    browser.send(
        email=measuring.address(number),
        password1=measuring.PASSWORD,
        password2=measuring.PASSWORD,
    )
    assert browser.path == "/accounts/confirm-email/"


def confirm(number: int) -> None:
    """Open the link and press its button."""
    browser = browsers[number]
    browser.open(mailed(r"/accounts/confirm-email/\S+"))
    browser.send()


def sign_in(number: int) -> None:
    """Open the login page and sign in."""
    browser = browsers.pop(number)
    browser.open("/accounts/login/")
    text = browser.send(login=measuring.address(number), password=measuring.PASSWORD)
    assert text == measuring.address(number)


measuring.main({"sign_up": sign_up, "confirm": confirm, "sign_in": sign_in})
