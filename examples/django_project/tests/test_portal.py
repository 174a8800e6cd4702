"""Tests of the portal: from the form to the members' page, as its users would come."""

from __future__ import annotations

import re
from io import StringIO

from django.core import mail
from django.core.management import call_command
from django.test import Client, TransactionTestCase
from members.models import Member

PASSWORD = "tre gatti sul tetto di latta"
MARIA = {
    "name": "Maria",
    "surname": "Bianchi",
    "email": "maria@example.it",
    "consent_privacy": "yes",
    "do": "next",
}


class PortalTest(TransactionTestCase):
    """People who register, and members who were there before."""

    def setUp(self) -> None:
        """Open a browser, whose forms have to bring their token."""
        self.browser = Client(enforce_csrf_checks=True)
        self.text = ""

    def open(self, path: str) -> str:
        """Open a page, and return where it leads."""
        return self._seen(path, self.browser.get(path, follow=True))

    def send(self, path: str, **values: str) -> str:
        """Send the form that is shown, and return where it leads."""
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.text)
        values["csrfmiddlewaretoken"] = found[1] if found else ""
        return self._seen(path, self.browser.post(path, values, follow=True))

    def _seen(self, path: str, response) -> str:  # noqa: ANN001 - one of Django's
        self.text = response.content.decode()
        return response.redirect_chain[-1][0] if response.redirect_chain else path

    def register(self) -> None:
        """Fill in the form, open the link that was mailed, and sign in."""
        form = self.open("/registrazione/register")
        self.send(form, **MARIA)
        link = re.search(r"http://localhost:8000(/\S+/activate/\S+)", mail.outbox[-1].body)
        activation = self.open(link[1])
        self.send(activation, password=PASSWORD, password_again=PASSWORD)

    def sign_in(self) -> str:
        """Sign in, and return where that leads."""
        self.open("/registrazione/sign-in")
        return self.send("/registrazione/sign-in", username=MARIA["email"], password=PASSWORD)

    def test_somebody_registers_and_is_a_member(self) -> None:
        """Nobody is a member before the link is opened; then one is, of the project's own kind."""
        self.open("/registrazione/register")
        assert not Member.objects.exists()
        self.register()

        assert self.sign_in() == "/registrazione/area"

        assert str(Member.objects.get()) == "Maria Bianchi"
        self.open("/soci/")
        assert "Buongiorno, Maria Bianchi!" in self.text

    def test_the_members_page_is_reached_after_signing_in(self) -> None:
        """Whoever is not signed in is led to the library's login page, and back."""
        self.register()
        assert self.open("/soci/") == "/registrazione/sign-in?next=/soci/"

        there = self.send("/registrazione/sign-in", username=MARIA["email"], password=PASSWORD)

        assert there == "/soci/"
        assert "Buongiorno" in self.text

    def test_whoever_was_a_member_stays_the_same(self) -> None:
        """The account becomes theirs; somebody of the staff is nobody's."""
        before = Member.objects.create(email="Maria@example.it", full_name="Bianchi Maria")
        self.register()
        self.sign_in()

        after = Member.objects.get()
        assert (after.pk, after.full_name) == (before.pk, "Maria Bianchi")

    def test_the_pages_have_the_projects_footer(self) -> None:
        """A template of the project's is found before the library's."""
        self.open("/registrazione/sign-in")

        assert "Il portale dei soci" in self.text

    def test_the_admin_has_accounts_and_members(self) -> None:
        """A superuser sees who has registered, masked."""
        self.register()
        root = Member.objects.create_superuser("root@example.it", "x", full_name="Root")
        self.browser.force_login(root, "django.contrib.auth.backends.ModelBackend")

        self.open("/admin/registrazione/account/")
        assert "maria@example.it" not in self.text
        self.open("/admin/members/member/")
        assert "maria@example.it" in self.text

    def test_the_project_is_in_order(self) -> None:
        """Checks are silent, and no migration is missing."""
        said = StringIO()
        call_command("check", fail_level="WARNING", stdout=said)
        call_command("makemigrations", check=True, dry_run=True, stdout=said)

        assert "no issues" in said.getvalue()
        assert "No changes" in said.getvalue()
