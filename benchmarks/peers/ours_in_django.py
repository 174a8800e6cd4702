"""The library's pages in a Django project, on its ORM, with the project's users."""

from __future__ import annotations

import measuring
from django.http import HttpResponse
from django.urls import include, path
from django_site import Browser, set_up
from ours import FORM, link_in, mailer, settings

set_up(
    apps=["registrazione.contrib.django", "registrazione.contrib.django.apps.PagesConfig"],
    AUTHENTICATION_BACKENDS=["registrazione.contrib.django.auth.RegistrazioneBackend"],
    REGISTRAZIONE=settings(),
)
urlpatterns = [
    path("registrazione/", include("registrazione.contrib.django.urls")),
    path("home/", lambda request: HttpResponse(getattr(request.user, "email", "nobody"))),
]
browsers: dict[int, Browser] = {}


def sign_up(number: int) -> None:
    """Open the form and send it."""
    browser = browsers[number] = Browser()
    browser.open("/registrazione/register")
    browser.send(**FORM, email=measuring.address(number))


def confirm(number: int) -> None:
    """Open the link and choose the password."""
    browser = browsers[number]
    browser.open(link_in(mailer))
    browser.send(password=measuring.PASSWORD, password_again=measuring.PASSWORD)


def sign_in(number: int) -> None:
    """Open the login page and sign in."""
    browser = browsers.pop(number)
    browser.open("/registrazione/sign-in?next=/home/")
    text = browser.send(
        "/registrazione/sign-in",
        username=measuring.address(number),
        password=measuring.PASSWORD,
    )
    assert text == measuring.address(number), browser.path


measuring.main({"sign_up": sign_up, "confirm": confirm, "sign_in": sign_in})
