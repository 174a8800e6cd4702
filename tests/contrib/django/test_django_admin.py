"""The operators' pages in Django's admin: what they show, and what they let whom do."""

from __future__ import annotations

import re
from html import unescape

import attrs
import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.core.signals import got_request_exception
from django.test import Client, override_settings
from django.views.debug import SafeExceptionReporterFilter
from tests.contrib.django.portal import Portal
from tests.world import ANNA, MARIO, SECRETARIAT

from registrazione.contrib.django import admin
from registrazione.core.profile import Role
from registrazione.core.records import LetterState
from registrazione.core.states import AccountState
from registrazione.ports import MailRefused, StoreError, StoreUnavailable
from registrazione.profiles import load
from registrazione.service.masking import masked_code, masked_email, masked_text
from registrazione.testing.fakes import RecordingMailer

User = get_user_model()
LIST = "/admin/registrazione/account/"
ACT = "/admin/registrazione/account/act/"
LETTERS = "/admin/registrazione/letter/"


def somebody(*groups, name="op", **fields):
    """Make a user of the admin, in groups."""
    user = User.objects.create(username=name, is_staff=True, **fields)
    for group in groups:
        user.groups.add(Group.objects.get_or_create(name=group)[0])
    user.user_permissions.set(
        Permission.objects.filter(codename__in=["view_account", "view_letter"])
    )
    return user


def signed_in(user):
    """Return a browser with somebody signed in."""
    client = Client()
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def secretariat(default):
    """Return the browser of the secretariat."""
    Group.objects.all().delete()
    return signed_in(somebody("secretariat"))


@pytest.fixture
def portal(default):
    """Return a portal whose registrations the secretariat has to enable."""
    with override_settings(LANGUAGE_CODE="it"), Portal("mim-students") as portal:
        yield portal


def text_of(response):
    """Return a page, in one line."""
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


def messages_of(response):
    """Return what a page has to say."""
    return _lines(response, "messagelist")


def errors_of(response):
    """Return what is wrong with what was typed."""
    return _lines(response, "errorlist")


def _lines(response, name):
    found = re.findall(rf'<ul class="{name}[^>]*>(.*?)</ul>', text_of(response))
    return [
        unescape(line).strip()
        for part in found
        for line in re.findall(r"<li[^>]*>(.*?)</li>", part)
    ]


def act(client, way, *chosen, **given):
    """Do something to some accounts."""
    data = {"way": way, "chosen": chosen, "confirmed": "yes", **given}
    return client.post(ACT, data, follow=True)


# -- looking -------------------------------------------------------------------------------------


def test_the_list_shows_who_waits_and_tells_nobody(portal, secretariat) -> None:
    """Accounts are recognised, and nothing on the page is enough to be them."""
    account = portal.confirmed().account
    page = text_of(secretariat.get(LIST))

    assert account.id in page
    assert "In attesa della segreteria" in page
    assert masked_code(MARIO.cf) in page
    for hidden in (MARIO.cf, MARIO.email(), "Rossi", "Mario"):
        assert hidden not in page


def test_the_list_is_narrowed_to_a_state(portal, secretariat) -> None:
    """The queue of the secretariat is one of the links."""
    waiting, active = portal.confirmed().account, portal.active(ANNA)
    page = text_of(secretariat.get(LIST, {"state": "awaiting_secretariat"}))

    assert waiting.id in page
    assert active.id not in page
    assert "Non c'è nulla" in text_of(secretariat.get(LIST, {"state": "suspended"})).replace(
        "&#x27;", "'"
    )


def test_a_long_list_comes_in_parts(portal, secretariat, monkeypatch) -> None:
    """The next part is behind a link."""
    monkeypatch.setattr("registrazione.contrib.django.admin.PART", 1)
    accounts = {portal.confirmed().account.id, portal.confirmed(ANNA).account.id}
    page = text_of(secretariat.get(LIST))
    (link,) = re.findall(r'href="(\?[^"]+after=[^"]+)"', page)
    rest = text_of(secretariat.get(LIST + unescape(link)))
    first, second = ({one for one in accounts if one in part} for part in (page, rest))

    assert len(first) == len(second) == 1
    assert first | second == accounts


def test_people_are_found_by_what_is_exactly_theirs(portal, secretariat) -> None:
    """By username or address, and the address of the page does not say by which."""
    mario, anna = portal.active(), portal.active(ANNA)
    for term in (mario.username.upper(), f" {mario.email} "):
        response = secretariat.post(LIST, {"term": term})
        page = text_of(response)

        assert mario.id in page
        assert anna.id not in page
        assert not response.request["QUERY_STRING"]

    for nobody in ("nessuno", "no@", "???", mario.email[1:]):
        assert mario.id not in text_of(secretariat.post(LIST, {"term": nobody}))


def test_an_account_is_shown_with_its_history(portal, secretariat) -> None:
    """Masked, with what can be done next, and what happened so far."""
    account = portal.confirmed().account
    page = text_of(secretariat.get(f"{LIST}{account.id}/change/"))

    assert "M***" in page
    assert "approval_requested" in page
    assert re.findall(r'name="way" value="(\w+)"', page) == ["approve", "reject"]
    for hidden in (MARIO.cf, MARIO.email(), "Rossi"):
        assert hidden not in page


def test_who_is_not_there_is_not_shown(portal, secretariat) -> None:
    """Neither an account of another realm, nor a procedure that there is not."""
    with Portal("polis") as other:
        elsewhere = other.active()

    assert secretariat.get(f"{LIST}nobody/change/").status_code == 404
    assert secretariat.get(f"{LIST}{elsewhere.id}/change/").status_code == 404
    assert secretariat.get(LIST, {"procedure": "none"}).status_code == 404
    assert secretariat.get(LIST, {"after": "nowhere"}).status_code == 404
    assert secretariat.get(LETTERS, {"after": "nowhere"}).status_code == 404


def test_a_database_that_is_away_is_no_empty_list(default, secretariat) -> None:
    """The page fails, and does not say that nobody waits."""
    with Portal("mim-students", storage="django://empty"), pytest.raises(StoreError):
        secretariat.get(LIST)


def test_a_store_that_does_not_answer_is_told(portal, secretariat, monkeypatch) -> None:
    """As what it is, and not as a page that there is not."""

    def fail(*_):
        raise StoreUnavailable

    monkeypatch.setattr("registrazione.contrib.django.store.DjangoStore.search", fail)
    with pytest.raises(StoreUnavailable):
        secretariat.get(LIST)


def test_the_pages_speak_english_as_well(portal, secretariat) -> None:
    """As the project does."""
    portal.confirmed()
    with override_settings(LANGUAGE_CODE="en"):
        page = text_of(secretariat.get(LIST))

    assert "Awaiting the secretariat" in page


def test_each_procedure_has_its_list(portal, secretariat) -> None:
    """With several, one is chosen by its name."""
    portal.confirmed()
    settings = {**portal.settings, "procedures": {"poste": {"profile": "polis"}}}
    with override_settings(REGISTRAZIONE=settings):
        both = text_of(secretariat.get(LIST, {"procedure": "poste"}))

    assert 'href="?procedure=poste" aria-current="page"' in both
    assert "principale" in both
    assert "In attesa della segreteria</td>" not in both


def test_the_pages_obey_a_strict_policy(portal, secretariat) -> None:
    """No inline script, style or handler of ours."""
    account = portal.confirmed().account
    for page in (LIST, f"{LIST}{account.id}/change/", LETTERS):
        content = text_of(secretariat.get(page)).partition('id="content-main"')[2]

        assert content
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=|javascript:", content)


def test_the_admins_own_page_leads_there(portal, secretariat) -> None:
    """Both lists are among the project's models, to be looked at only."""
    page = text_of(secretariat.get("/admin/"))

    assert f'href="{LIST}"' in page
    assert f'href="{LETTERS}"' in page
    assert "/add/" not in page


# -- acting --------------------------------------------------------------------------------------


def test_several_registrations_are_approved_at_once(portal, secretariat) -> None:
    """First the page asks, then it is done, and the trail says by whom."""
    accounts = [portal.confirmed().account, portal.confirmed(ANNA).account]
    ids = [account.id for account in accounts]
    asked = text_of(secretariat.post(ACT, {"way": "approve", "chosen": ids}))
    before = portal.reload(accounts[0]).state
    done = act(secretariat, "approve", *ids)
    actors = {one.actor for one in portal.store.history(ids[0]) if one.event == "approve"}

    assert all(one in asked for one in ids)
    assert before is AccountState.AWAITING_SECRETARIAT
    assert messages_of(done) == ["2 su 2: fatto."]
    assert {portal.reload(account).state for account in accounts} == {AccountState.ACTIVE}
    assert actors == {f"secretariat:{User.objects.get(username='op').pk}"}


def test_a_registration_is_rejected_with_a_reason(portal, secretariat) -> None:
    """Without one it is asked for again; the person reads it."""
    account = portal.confirmed().account
    without = act(secretariat, "reject", account.id)
    before = portal.reload(account).state
    act(secretariat, "reject", account.id, reason="non è iscritto")

    assert len(errors_of(without)) == 1
    assert before is AccountState.AWAITING_SECRETARIAT
    assert portal.reload(account).state is AccountState.CANCELLED
    assert "non è iscritto" in portal.letters(account.email)[-1]


def test_an_account_is_suspended_and_reinstated(portal, secretariat) -> None:
    """And what one may not do is not offered."""
    account = portal.active()
    act(secretariat, "suspend", account.id, reason="perché sì")
    suspended = portal.reload(account).state
    page = text_of(secretariat.get(f"{LIST}{account.id}/change/"))
    act(secretariat, "reinstate", account.id, reason="ora no")

    assert suspended is AccountState.SUSPENDED
    assert re.findall(r'name="way" value="(\w+)"', page) == ["reinstate"]
    assert portal.reload(account).state is AccountState.ACTIVE


def test_what_is_refused_is_told(portal, secretariat) -> None:
    """For one account in the form, for several beside what was done."""
    waiting, active = portal.confirmed().account, portal.active(ANNA)
    alone = act(secretariat, "approve", active.id)
    together = messages_of(act(secretariat, "approve", waiting.id, active.id))

    assert len(errors_of(alone)) == 1
    assert together[0] == "1 su 2: fatto."
    assert together[1].endswith(f"({active.id})")


def test_a_person_is_identified(default) -> None:
    """With the document, and what was typed stays where it was refused."""
    office = signed_in(somebody("identifying_office"))
    with override_settings(LANGUAGE_CODE="it"), Portal("istanze-online") as portal:
        account = portal.proved().account
        page = text_of(office.get(f"{LIST}{account.id}/change/"))
        shown = {
            "document_type": "cartaIdentita",
            "document_number": "CA12345AA",
            "document_expires": "2035-01-01",
            "form_signed": "on",
        }
        wrong = act(office, "identify_in_person", account.id, codice_fiscale=ANNA.cf, **shown)
        right = act(office, "identify_in_person", account.id, codice_fiscale=MARIO.cf, **shown)
        state = portal.reload(account).state

    assert 'value="identify_in_person"' in page
    assert len(errors_of(wrong)) == 1
    assert "CA12345AA" in wrong.content.decode()
    assert "Carta d&#x27;identità" in wrong.content.decode()
    assert messages_of(right) == ["1 su 1: fatto."]
    assert state is AccountState.ACTIVE


def test_after_the_first_of_two_looks_the_second_is_asked_for(default) -> None:
    """Where the procedure wants four eyes, it takes two users of the admin."""
    first = signed_in(somebody("identifying_office"))
    second = signed_in(somebody("identifying_office", name="op-2"))
    careful = attrs.evolve(load("istanze-online"), four_eyes=True)
    with override_settings(LANGUAGE_CODE="it"), Portal(careful) as portal:
        account = portal.proved().account
        shown = {
            "codice_fiscale": MARIO.cf,
            "document_type": "cartaIdentita",
            "document_number": "CA12345AA",
            "form_signed": "on",
        }
        once = messages_of(act(first, "identify_in_person", account.id, **shown))
        again = errors_of(act(first, "identify_in_person", account.id, **shown))
        waiting = portal.reload(account).state
        twice = messages_of(act(second, "identify_in_person", account.id, **shown))
        state = portal.reload(account).state

    assert once[0] == "1 su 1: fatto."
    assert "un secondo operatore" in once[1]
    assert "spetta a un altro operatore" in again[0]
    assert waiting is AccountState.AWAITING_PRESENCE
    assert (twice, state) == (["1 su 1: fatto."], AccountState.ACTIVE)


def test_people_are_identified_one_by_one(portal, secretariat) -> None:
    """Nor is anything done to nobody."""
    for chosen in ([], ["a", "b"]):
        response = act(secretariat, "identify_in_person", *chosen)

        assert messages_of(response) == ["Non è stato scelto nulla."]


@pytest.mark.parametrize("way", ["no_such", ""])
def test_what_there_is_not_cannot_be_done(portal, secretariat, way) -> None:
    """Nor is anything done by following a link."""
    assert secretariat.post(ACT, {"way": way, "chosen": "a"}).status_code == 403
    assert secretariat.get(ACT, {"way": "approve", "chosen": "a"}).status_code == 403


# -- who may what --------------------------------------------------------------------------------


def test_who_has_no_role_looks_and_does_nothing(portal) -> None:
    """The permission to look is Django's, the role is a group."""
    account = portal.confirmed().account
    client = signed_in(somebody())
    page = text_of(client.get(LIST))
    one = text_of(client.get(f"{LIST}{account.id}/change/"))

    assert "gruppi di operatori" in page
    assert "name=&quot;way" not in one
    assert "approval_requested" not in one
    assert act(client, "approve", account.id).status_code == 403
    assert client.post(LETTERS, {"everything": "yes"}).status_code == 403


def test_who_may_not_look_is_turned_away(portal) -> None:
    """Neither strangers nor staff without the permission."""
    staff = somebody("secretariat")
    staff.user_permissions.clear()

    assert signed_in(staff).get(LIST).status_code == 403
    assert signed_in(staff).get(LETTERS).status_code == 403
    assert Client().get(LIST).status_code == 302


def test_a_role_without_the_duty_reads_no_history(portal) -> None:
    """What a role may do is the procedure's affair."""
    account = portal.confirmed().account
    duties = {**portal.profile.duties, "history": (Role.SECRETARIAT,)}
    settings = {**portal.settings, "profile": attrs.evolve(portal.profile, duties=duties)}
    with override_settings(REGISTRAZIONE=settings):
        page = text_of(signed_in(somebody("help_desk")).get(f"{LIST}{account.id}/change/"))

    assert "approval_requested" not in page


# -- letters -------------------------------------------------------------------------------------


def test_letters_that_were_given_up_are_sent_again(default, secretariat, monkeypatch) -> None:
    """Some of them, or all; however many are read at once."""
    monkeypatch.setattr(admin, "_AT_ONCE", 1)
    refusals = RecordingMailer([MailRefused("550")] * 2)
    with override_settings(LANGUAGE_CODE="it"), Portal(mailer=refusals) as portal:
        portal.confirmed()
        portal.confirmed(ANNA)
        portal.registrar.deliver_outbox()
        page = text_of(secretariat.get(LETTERS))
        ids = re.findall(r'name="chosen" value="([^"]+)"', page)
        one = secretariat.post(LETTERS, {"chosen": ids[1:]}, follow=True)
        rest = secretariat.post(LETTERS, {"everything": "yes"}, follow=True)

    assert len(ids) == 2
    assert "550" in page
    assert masked_email(MARIO.email()) in page
    assert MARIO.email() not in page
    assert messages_of(one) == ["1 di nuovo in coda."]
    assert messages_of(rest) == ["1 di nuovo in coda."]
    assert "Non c" in text_of(rest)


@pytest.fixture
def given_up(default):
    """Return a portal with a second procedure, and a letter of the first that was given up."""
    refusals = RecordingMailer([MailRefused("550")])
    settings = {"procedures": {"poste": {"profile": "polis"}}}
    with override_settings(LANGUAGE_CODE="it"), Portal(mailer=refusals, **settings) as portal:
        portal.confirmed()
        portal.registrar.deliver_outbox()
        yield portal


def test_letters_of_another_procedure_are_neither_shown_nor_sent(given_up, secretariat) -> None:
    """Whoever works for one procedure learns nothing of the others, and changes nothing there."""
    letter = given_up.registrar.letters(LetterState.DEAD).items[0].id
    page = text_of(secretariat.get(LETTERS, {"procedure": "poste"}))
    told = [
        messages_of(secretariat.post(LETTERS, {"procedure": "poste", **sent}, follow=True))
        for sent in ({"everything": "yes"}, {"chosen": [letter]})
    ]

    assert "550" not in page
    assert letter not in page
    assert told == [["0 di nuovo in coda."]] * 2
    assert given_up.registrar.letters(LetterState.DEAD).items[0].id == letter


def test_letters_are_sent_again_by_who_corrects_addresses(given_up) -> None:
    """The role decides, as at the desk: to look is not to send."""
    office = signed_in(somebody("identifying_office"))
    page = text_of(office.get(LETTERS))

    assert Role.IDENTIFYING_OFFICE not in given_up.profile.duties["correct_data"]
    assert "550" in page
    assert "Invia di nuovo" not in page
    assert office.post(LETTERS, {"everything": "yes"}).status_code == 403
    assert given_up.registrar.letters(LetterState.DEAD).items


def test_a_registration_under_way_is_shown_by_its_own_procedure_alone(default) -> None:
    """Gates are each procedure's own; an account in use is everybody's of the realm (POL-15)."""
    own = attrs.evolve(load("mim-students"), name="mim-teachers")
    settings = {"procedures": {"docenti": {"profile": own}}}
    with override_settings(LANGUAGE_CODE="it"), Portal("mim-students", **settings) as portal:
        account = portal.confirmed().account
        client = signed_in(somebody("secretariat"))
        here, there = f"{LIST}{account.id}/change/", {"procedure": "docenti"}
        waiting = (client.get(here).status_code, client.get(here, there).status_code)
        listed = account.id in text_of(client.get(LIST, there))
        found = account.id in text_of(client.post(LIST, {**there, "term": MARIO.email()}))
        portal.registrar.approve(SECRETARIAT, account.id)
        active = client.get(here, there).status_code

    assert waiting == (200, 404)
    assert (listed, found) == (False, False)
    assert active == 200


def test_masks_show_little() -> None:
    """Enough to recognise somebody, and nothing of what is short."""
    assert [masked_text(text) for text in ("Mario", "Li", "", None)] == ["M***", "***", "", ""]
    assert masked_email(None) == masked_code(None) == ""


@pytest.mark.parametrize(
    ("path", "sent"), [(LIST, {"term": MARIO.email()}), (ACT, {"way": "approve", "chosen": "x"})]
)
def test_a_report_of_an_error_tells_nothing_that_was_typed(
    portal, secretariat, monkeypatch, path, sent
) -> None:
    """What Django mails to the project's admins holds no address and no codice fiscale."""
    reported = []

    def note(request, **_):
        reported.append(SafeExceptionReporterFilter().get_post_parameters(request))

    monkeypatch.setattr(admin, "words", lambda _: 1 // 0)
    got_request_exception.connect(note)
    try:
        with pytest.raises(ZeroDivisionError):
            secretariat.post(path, sent)
    finally:
        got_request_exception.disconnect(note)

    assert [set(told.values()) for told in reported] == [{"*" * 20}]
