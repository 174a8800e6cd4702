"""Workers that empty an outbox, and people who do the same thing at the same time."""

from __future__ import annotations

import os
import smtplib
from datetime import date, timedelta

import attrs
from tests.crashes.actors import Fuse, watch_database
from tests.crashes.shelves import storage
from tests.world import ANNA, BASE_URL, KEY, LINK, MARIO, NOON, Person, World, text_of

from registrazione import Refusal, Registrar
from registrazione.core.records import LetterState
from registrazione.testing.builders import a_letter, one_change
from registrazione.testing.fakes import ManualClock, SeededRandomness

PROFILE = "unimi-external"
CONTESTS = ("claim", "activate", "change")


# -- workers --------------------------------------------------------------------------------


def register(url):
    """Let two people register; return the ids that their letters must have."""
    world = World(PROFILE, storage=storage(url))
    for person in (MARIO, ANNA):
        world.confirmed(person)
    return [letter.id for letter in world.outbox()]


def write_letters(url, names):
    """Put letters of these ids into an outbox."""
    world = World(PROFILE, storage=storage(url))
    kind = {"kind": "unknown", "account_id": "", "profile": PROFILE, "to": "anna@example.it"}
    world.store.commit(one_change(letters=tuple(a_letter(name, **kind) for name in names)))


def deliver(url, port, minutes, at):
    """Empty an outbox over SMTP, and be killed at the tick ``at``.

    Every call to the database and every line to and from the mail server ticks.

    Returns:
        What became of the letters, how many ticks there were, and after which of them a letter
        was sent and not settled.
    """
    fuse = Fuse()
    watch_database(fuse)
    for name in ("putcmd", "getreply", "send"):
        setattr(smtplib.SMTP, name, fuse.around(getattr(smtplib.SMTP, name)))
    registrar = Registrar.open(
        profile=PROFILE,
        storage=storage(url),
        mailer=f"smtp://127.0.0.1:{port}?hostname=localhost",
        secret_keys=[KEY],
        base_url=BASE_URL,
        human_check="none",
        clock=ManualClock(NOON + timedelta(minutes=minutes)),
    )
    registrar.load("nobody")
    sent, store = [], type(registrar.parts.store)
    settle = store.outbox_settle

    def settling(self, letter):
        sent.append(fuse.ticks)
        return settle(self, letter)

    store.outbox_settle = settling
    fuse.light(at)
    report = registrar.deliver_outbox()
    return attrs.asdict(report), fuse.ticks, sent


# -- contests -------------------------------------------------------------------------------


def contend(url, number, fifos, contests):
    """Do what another process does at the same time, again and again.

    Args:
        url: The database.
        number: 0 or 1: who of the two this is.
        fifos: Where the two wait for each other.
        contests: How often.

    Returns:
        What this process got out of each contest: ``won``, or the code of a refusal. After them,
        the ids of the letters that it has sent.
    """
    pace = Pace(number, fifos)
    world = World(PROFILE, storage=storage(url), randomness=SeededRandomness(number))
    results, scene = [], None
    for round_number in range(contests):
        kind = CONTESTS[round_number % len(CONTESTS)]
        if number == 0:
            scene = _prepare(kind, world, round_number, scene)
            pace.tell(scene)
        else:
            scene = pace.told()
        pace.meet()
        try:
            _DO[kind](world, scene, number)
            results.append("won")
        except Refusal as refusal:
            results.append(refusal.code)
    pace.meet()
    world.registrar.deliver_outbox()
    return results, [str(letter.message["Message-ID"]) for letter in world.mailer.sent]


def letters_in(url):
    """Return all letters of an outbox as id, kind and state."""
    world = World(PROFILE, storage=storage(url))
    found, cursor = [], None
    while True:
        page = world.registrar.letters(*LetterState, cursor=cursor, limit=500)
        found += [(letter.id, letter.kind, letter.state) for letter in page.items]
        cursor = page.cursor
        if cursor is None:
            return found


class Pace:
    """Two processes that wait for each other.

    Args:
        number: 0 or 1: who of the two this is.
        fifos: One for what is told to each.
    """

    def __init__(self, number, fifos):
        """Open both."""
        ends = [os.open(fifo, os.O_RDWR) for fifo in fifos]
        self._mine, self._others = ends[number], ends[1 - number]

    def meet(self):
        """Wait until the other one is here, too."""
        os.write(self._others, b".")
        os.read(self._mine, 1)

    def tell(self, words):
        """Say something to the other one."""
        text = "\n".join(words).encode()
        os.write(self._others, len(text).to_bytes(4) + text)

    def told(self):
        """Wait for what the other one says."""
        size = int.from_bytes(os.read(self._mine, 4))
        return os.read(self._mine, size).decode().split("\n")


def _prepare(kind, world, number, scene):
    """Set up what both will do at once; return what they need for it."""
    if kind == "change":
        # The account of the contest before.
        session = world.registrar.sign_in(scene[-2], scene[-1]).session
        return [session, scene[-1], f"Nuova{number}Password"]
    person = _somebody(number)
    answers = [world.confirmed(person)]
    if kind == "claim":
        # Somebody else registers with the same codice fiscale and address.
        answers.append(world.confirmed(person, username=f"{person.username}.altro"))
    links = [LINK.search(text_of(letter))[1] for letter in world.post()[-len(answers) :]]
    tickets = [answer.ticket for answer in answers]
    pairs = [text for pair in zip(links, tickets, strict=True) for text in pair]
    return [*pairs, person.username, person.password]


def warm_up():
    """Register somebody and deliver a letter, so that everything is loaded that takes its time."""
    world = World(PROFILE)
    world.active(_somebody(0))


def _activate(world, scene, _number):
    world.registrar.activate(scene[0], ticket=scene[1])


def _claim(world, scene, number):
    world.registrar.activate(scene[2 * number], ticket=scene[2 * number + 1])


def _change(world, scene, number):
    session, old, new = scene
    world.registrar.change_password(session, old, f"{new}{number}", f"{new}{number}")


_DO = {"activate": _activate, "claim": _claim, "change": _change}


def _somebody(number):
    """Return the person of a contest, whom no other contest is about."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    ending = "".join(letters[number // 26**place % 26] for place in range(3))
    born = date(1950, 1, 1) + timedelta(days=number)
    return Person(name="Mario", surname=f"Rossi{ending}", sex="M", born=born)
