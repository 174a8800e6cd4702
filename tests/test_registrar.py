"""The library from outside: two registrars with the same methods, one of them awaitable."""

from __future__ import annotations

import asyncio
import inspect
import threading
from typing import Required, get_origin, get_type_hints

import attrs
import pytest
from tests.world import (
    ANNA,
    BASE_URL,
    DIGEST,
    KEY,
    MARIO,
    PROFILES,
    SECRETARIAT,
    World,
    classes_below,
    code_of,
)

import registrazione
from registrazione import AsyncRegistrar, Refusal, Registrar
from registrazione.adapters.memory import MemoryStore
from registrazione.core import commands as c
from registrazione.core.records import LetterState
from registrazione.core.states import AccountState
from registrazione.methods import CommandMethods
from registrazione.ports import MailRefused
from registrazione.settings import Settings, SettingsArguments
from registrazione.testing.fakes import FastHasher, RecordingMailer

LIFE_CYCLE = {"open", "close", "profile"}


class AwaitedRegistrar:
    """An asynchronous registrar, each call of which is awaited in a loop of its own."""

    def __init__(self, registrar):
        """Wrap it."""
        self._registrar = registrar
        self.parts = registrar.parts

    @classmethod
    def open(cls, **settings):
        """Open the asynchronous one."""
        return cls(AsyncRegistrar.open(**settings))

    def __getattr__(self, name):
        """Return the method, awaited."""
        method = getattr(self._registrar, name)
        return lambda *arguments, **more: asyncio.run(method(*arguments, **more))


class AwaitedWorld(World):
    """A world whose registrar is the asynchronous one."""

    opener = AwaitedRegistrar


def public(cls):
    """Return the public methods of a class by name."""
    return {
        name: member
        for name, member in inspect.getmembers(cls)
        if not name.startswith("_") and callable(member)
    }


# -- both alike -----------------------------------------------------------------------------


def test_both_have_the_same_methods_with_the_same_arguments():
    """Whoever knows one knows the other."""
    blocking, awaitable = public(Registrar), public(AsyncRegistrar)
    assert blocking.keys() == awaitable.keys()
    for name in blocking.keys() - LIFE_CYCLE:
        one, other = inspect.signature(blocking[name]), inspect.signature(awaitable[name])
        assert one.parameters.keys() == other.parameters.keys(), name
        assert [(p.kind, p.default) for p in one.parameters.values()] == [
            (p.kind, p.default) for p in other.parameters.values()
        ] or name in {"expire_due", "warn_expiring_passwords", "cancel_unused", "deliver_outbox"}


def test_everything_of_the_awaitable_one_is_awaitable():
    """No method of it blocks; those of the commands hand on what the one door returns."""
    commands = public(CommandMethods).keys() - {"handle"}
    for name, method in public(AsyncRegistrar).items():
        if name not in commands | {"open"}:
            assert inspect.iscoroutinefunction(method), name


def test_there_is_a_method_for_every_command():
    """Timers excepted, whose rounds send them; each method is called like its command."""
    commands = {
        cls.name
        for cls in classes_below(c.Command)
        if "name" in vars(cls) and not issubclass(cls, c.TimerCommand)
    }

    assert commands == public(CommandMethods).keys() - {"handle"}


@pytest.mark.parametrize("name", PROFILES)
def test_a_whole_procedure_awaited(name):
    """From the first page to a change of password, every call awaited."""
    world = AwaitedWorld(name)
    answer = world.signed_in()

    assert (answer.next.value, answer.account.state) == ("use_services", AccountState.ACTIVE)
    assert code_of(world.registrar.sign_in, "nobody", "wrong") == "sign_in.failed"
    assert world.registrar.history(session=answer.session).history


class WatchedHasher(FastHasher):
    """Note which thread hashes."""

    def __init__(self):
        """Start with none."""
        super().__init__()
        self.threads = set()

    def hash(self, secret):
        """Hash, and note the thread."""
        self.threads.add(threading.get_ident())
        return super().hash(secret)


def test_hashing_never_blocks_the_loop():
    """Slow work is done in another thread than the one that runs the loop."""
    hasher = WatchedHasher()
    world = World("unimi-external", hasher=hasher)
    draft = world.filled().draft
    awaited = AsyncRegistrar(world.registrar.parts)

    async def main():
        """Run in a loop."""
        await awaited.confirm(draft)
        return threading.get_ident()

    loop = asyncio.run(main())
    assert hasher.threads
    assert loop not in hasher.threads


def test_many_at_once_in_one_loop():
    """Eight confirmations of one draft, gathered, make one account."""
    world = World("unimi-external")
    draft = world.filled().draft
    awaited = AsyncRegistrar(world.registrar.parts)

    async def main():
        """Run in a loop."""
        return await asyncio.gather(*(awaited.confirm(draft) for _ in range(8)))

    answers = asyncio.run(main())
    assert len({answer.account.id for answer in answers}) == 1
    assert len(world.outbox()) == 1


# -- what operators and workers call --------------------------------------------------------


@pytest.mark.parametrize("kind", [World, AwaitedWorld])
def test_lists_of_accounts_come_in_parts(kind):
    """Oldest first, by state, with a cursor for the rest."""
    world = kind("mim-students")
    ids = []
    for person in (MARIO, ANNA):
        ids.append(world.confirmed(person).account.id)
        world.wait(seconds=1)
    first = world.registrar.accounts(AccountState.AWAITING_SECRETARIAT, limit=1)
    rest = world.registrar.accounts(AccountState.AWAITING_SECRETARIAT, cursor=first.cursor)

    assert [a.id for a in (*first.items, *rest.items)] == ids
    assert rest.cursor is None
    assert world.registrar.accounts(AccountState.ACTIVE).items == ()
    assert len(world.registrar.accounts().items) == 2
    assert world.registrar.load(ids[0]).id == ids[0]
    assert world.registrar.load("nobody") is None


@pytest.mark.parametrize("kind", [World, AwaitedWorld])
def test_letters_that_were_given_up_are_sent_again(kind):
    """An operator sees them, and puts some or all of them back into the queue."""
    mailer = RecordingMailer([MailRefused("550"), MailRefused("550")])
    world = kind("unimi-external", mailer=mailer)
    world.confirmed()
    world.confirmed(ANNA)
    told = []
    report = world.registrar.deliver_outbox(progress=told.append)
    dead = world.registrar.letters(LetterState.DEAD)

    assert (report.dead, len(told), len(dead.items)) == (2, 2, 2)
    assert world.registrar.letters(LetterState.DEAD, limit=1).cursor
    assert world.registrar.resend_dead([dead.items[0].id]) == 1
    assert world.registrar.resend_dead() == 1
    assert world.registrar.deliver_outbox(most=1).sent == 1
    assert world.registrar.deliver_outbox().sent == 1
    assert [e.recipient for e in mailer.sent] == [MARIO.email(), ANNA.email()]


@pytest.mark.parametrize("kind", [World, AwaitedWorld])
def test_the_rounds_are_methods(kind):
    """What a timer calls, with or without somebody to tell."""
    world = kind("unimi-external")
    world.confirmed()
    world.wait(hours=25)
    seen = []

    assert world.registrar.expire_due(seen.append).done == 1
    assert world.registrar.expire_due().done == 0
    assert world.registrar.warn_expiring_passwords().done == 0
    assert world.registrar.cancel_unused(dry_run=True).done == 0
    assert seen == [1]


@pytest.mark.requirement("POL-03")
@pytest.mark.parametrize("kind", [World, AwaitedWorld])
def test_a_receipt_is_verified(kind):
    """Whoever takes an application in can see who signed it."""
    world = kind("polis")
    session = world.signed_in().session
    receipt = world.registrar.authorise_submission(
        session, MARIO.code, service="istanze", digest=DIGEST
    ).receipt
    verify = world.registrar.verify_receipt

    assert verify(receipt, service="istanze", digest=DIGEST).account_id
    assert verify(receipt, service="istanze", digest="0" * 64) is None


# -- opening and closing --------------------------------------------------------------------

LEAST = {
    "profile": "standard",
    "storage": "memory://",
    "mailer": "memory://",
    "secret_keys": [KEY],
    "base_url": BASE_URL,
}


class Closing(MemoryStore):
    """A store that notes being closed."""

    closed = 0

    def close(self):
        """Note it."""
        self.closed += 1


class ClosingLater(Closing):
    """A store whose closing is awaited."""

    async def close(self):
        """Note it, in a while."""
        await asyncio.sleep(0)
        self.closed += 1


def test_five_settings_are_enough():
    """All else has a default; the registrar shows none of it."""
    with Registrar.open(**LEAST) as registrar:
        assert registrar.profile.name == "standard"
        assert registrar.begin().draft
        assert KEY not in repr(registrar)
        assert repr(registrar) == "<Registrar of 'standard'>"


def test_closing_gives_back_what_is_held():
    """Whatever part has something to close is closed, at the end of the block as well."""
    store = Closing()
    with Registrar.open(**{**LEAST, "storage": store}) as registrar:
        assert store.closed == 0
    registrar.close()

    assert store.closed == 2


@pytest.mark.parametrize("store", [Closing(), ClosingLater(), MemoryStore()])
def test_closing_is_awaited_where_it_can_be(store):
    """The asynchronous registrar closes parts of both kinds."""

    async def main():
        """Run in a loop."""
        async with AsyncRegistrar.open(**{**LEAST, "storage": store}) as registrar:
            with pytest.raises(Refusal):
                await registrar.sign_in("nobody@example.it", "wrong")

    asyncio.run(main())
    assert getattr(store, "closed", 1) == 1


def test_the_settings_arguments_are_the_settings():
    """Editors know every setting, and no other."""
    hints = get_type_hints(SettingsArguments, include_extras=True)
    fields = attrs.fields(Settings)

    assert hints.keys() == {field.name for field in fields}
    assert {name for name, hint in hints.items() if get_origin(hint) is Required} == {
        field.name for field in fields if field.default is attrs.NOTHING
    }


def test_the_front_door_is_the_package():
    """Everything one needs has its name there."""
    assert registrazione.Registrar is Registrar
    assert {"Registrar", "AsyncRegistrar", "Refusal", "Operator", "Role"} <= set(
        registrazione.__all__
    )
    assert World().registrar.suspend.__doc__
    assert SECRETARIAT.role is registrazione.Role.SECRETARIAT


@pytest.mark.requirement("MIM-15")
def test_the_lists_of_places_are_at_hand():
    """A page asks the registrar for its lists, unless whoever knows places knows codes only."""
    with_lists = World("mim-students", places=None).registrar

    assert len(with_lists.places.regions()) == 20
    assert with_lists.places.resolve("Roma (RM)").code == "H501"
    assert World("mim-students").registrar.places is None
