"""django-registration, two steps, and Django's own login; it has no templates, so they are bare."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import measuring
from django.http import HttpResponse
from django.urls import include, path
from django_site import Browser, mailed, set_up

FORM = "<!doctype html><form method=post>{% csrf_token %}{{ form.as_p }}<button>Go</button></form>"
DONE = "<!doctype html><p>Done.</p>"
LINK = "/accounts/activate/?activation_key={{ activation_key|urlencode }}"
set_up(
    apps=["django_registration"],
    ACCOUNT_ACTIVATION_DAYS=1,
    LOGIN_REDIRECT_URL="/home/",
    texts={
        "django_registration/registration_form.html": FORM,
        "django_registration/registration_complete.html": DONE,
        "django_registration/activation_form.html": FORM,
        "django_registration/activation_failed.html": FORM,
        "django_registration/activation_complete.html": DONE,
        "django_registration/activation_email_subject.txt": "Your account",
        "django_registration/activation_email_body.txt": LINK,
        "registration/login.html": FORM,
    },
)
urlpatterns = [
    path("accounts/", include("django_registration.backends.activation.urls")),
    path("accounts/", include("django.contrib.auth.urls")),
    path("home/", lambda request: HttpResponse(request.user.email)),
]
browsers: dict[int, Browser] = {}


def sign_up(number: int) -> None:
    """Open the form and send it."""
    browser = browsers[number] = Browser()
    browser.open("/accounts/register/")
    browser.send(
        username=f"person{number}",
        email=measuring.address(number),
        password1=measuring.PASSWORD,
        password2=measuring.PASSWORD,
    )
    assert browser.path == "/accounts/register/complete/"


def confirm(number: int) -> None:
    """Open the link and press its button."""
    browser = browsers[number]
    link = mailed(r"/accounts/activate/\S+")
    browser.open(link)
    (key,) = parse_qs(urlsplit(link).query)["activation_key"]
    browser.send("/accounts/activate/", activation_key=key)
    assert browser.path == "/accounts/activate/complete/"


def sign_in(number: int) -> None:
    """Open the login page and sign in."""
    browser = browsers.pop(number)
    browser.open("/accounts/login/")
    text = browser.send(username=f"person{number}", password=measuring.PASSWORD)
    assert text == measuring.address(number)


measuring.main({"sign_up": sign_up, "confirm": confirm, "sign_in": sign_in})
