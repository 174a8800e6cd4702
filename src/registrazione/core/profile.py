"""A registration procedure as data. Nothing in here does anything; everything asks it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

import attrs

from registrazione.core.emails import EmailRules
from registrazione.core.form import FieldKind, FormField
from registrazione.core.password_policy import PasswordPolicy
from registrazione.core.personal_code import PersonalCodePolicy
from registrazione.core.texts import Text


class Step(StrEnum):
    """One page before the form is confirmed."""

    NOTICE = "notice"
    """The "Avviso" with its button (MIM-09)."""
    IDENTIFY = "identify"
    """Codice fiscale first, and the human check (MIM-11, MIM-12, IOL-02)."""
    FILL = "fill"
    """The form."""
    SUMMARY = "summary"
    """What was typed, to be confirmed or corrected (MIM-23, IOL-04)."""


class Gate(StrEnum):
    """What stands between the confirmed form and the active account."""

    LINK = "link"
    """A link mailed to the address."""
    SECRETARIAT = "secretariat"
    """The secretariat enables the account (MIM-24)."""
    PRESENCE = "presence"
    """The person shows a document at a school or office (IST-10, POL-04)."""


class UsernameRule(StrEnum):
    """Where the username comes from."""

    GENERATED = "generated"
    """Made by the system and mailed (IOL-16)."""
    CHOSEN = "chosen"
    """Typed into the form (UNI-05)."""
    EMAIL = "email"
    """There is none: people sign in with their address."""


class FirstPassword(StrEnum):
    """Where the first password comes from."""

    TEMPORARY = "temporary"
    """Assigned, mailed once everything is done, changed at the first access (MIM-25, IOL-06)."""
    CHOSEN = "chosen"
    """Typed into the form (UNI-05); asked again where the link is opened elsewhere."""
    AT_LINK = "at_link"
    """Set on the page that the mailed link opens; nothing secret is ever mailed."""


class Reset(StrEnum):
    """What a person who lost the password gets."""

    LINK = "link"
    TEMPORARY = "temporary"
    """A new temporary password (MIM-28, IOL-10)."""


class Role(StrEnum):
    """What an operator is."""

    SECRETARIAT = "secretariat"
    IDENTIFYING_OFFICE = "identifying_office"
    HELP_DESK = "help_desk"


@attrs.frozen(kw_only=True)
class ConsentText:
    """A text that has to be accepted or acknowledged (MIM-18, MIM-19).

    Args:
        name: Such as ``terms``.
        version: Changes with the words; both are kept with the answer.
        text: The sentence beside the box.
        purpose: What the data are used for (MIM-20).
        acknowledge: Presa visione rather than acceptance.
    """

    name: str
    version: str
    text: Text
    purpose: Text | None = None
    acknowledge: bool = False


@attrs.frozen(kw_only=True)
class Window:
    """A time in which something is open (MIM-03, IOL-12, IST-13, POL-21).

    Args:
        opens: From then on; ``None``: always was.
        closes: Until then, that moment excluded; ``None``: stays open.
    """

    opens: datetime | None = None
    closes: datetime | None = None

    def fault_at(self, now: datetime) -> str | None:
        """Return ``early`` or ``late``, or ``None`` while the window is open."""
        if self.opens is not None and now < self.opens:
            return "early"
        if self.closes is not None and now >= self.closes:
            return "late"
        return None


ALWAYS = Window()


@attrs.frozen(kw_only=True)
class Service:
    """Something that an account may use (MIM-39, POL-15, POL-22).

    Args:
        name: Such as ``pcto``.
        title: What people read.
        window: When it is open.
        categories: Only for people of these categories; empty: for all.
        external: Whether people from outside may use it (UNI-09).
        personal_code: Whether using it takes an enabled personal code (POL-02).
    """

    name: str
    title: Text
    window: Window = ALWAYS
    categories: tuple[str, ...] = ()
    external: bool = True
    personal_code: bool = False


VOUCHED = (
    "cf",
    "name",
    "surname",
    "birth_date",
    "birth_nation",
    "birth_region",
    "birth_province",
    "birth_place",
    "sex",
)
"""Who somebody is, as every identity provider tells it: phone and addresses are not in it."""


@attrs.frozen(kw_only=True)
class Federation:
    """What SPID, CIE and eIDAS are good for here.

    Args:
        providers: Names of the providers offered; empty: none.
        satisfies: Gates that a verified identity passes at once (UNI-02, POL-18).
        align: Whether an account that exists already is aligned by the person first (UNI-03).
        only_afterwards: Whether the password is switched off from then on (UNI-03).
        min_level: Lowest level of assurance accepted; a higher one is as good.
        locked: Fields that the holder may not change once a provider has told them; what of
            them the form does not have is passed over.
    """

    providers: tuple[str, ...] = ()
    satisfies: tuple[Gate, ...] = (Gate.LINK, Gate.SECRETARIAT, Gate.PRESENCE)
    align: bool = False
    only_afterwards: bool = False
    min_level: int = 2
    locked: tuple[str, ...] = VOUCHED


@attrs.frozen(kw_only=True)
class Lifetimes:
    """For how long things are good.

    Args:
        link: The mailed link, or its receipt.
        reset: A link that sets a new password.
        temporary: Temporary credentials that nobody uses.
        secretariat: A registration that the secretariat does not look at.
        presence: A registration that waits for the person to come.
        session: A signed-in session.
        fresh: A sign-in as the proof that closing or erasing the account takes, and another
            address where there is no password to ask for (ASVS 5.0, 7.5.1 and 7.5.3). As long as
            ``session``: any session will do.
        retention: Data of what has ended, before they are erased.
    """

    link: timedelta = timedelta(hours=24)
    reset: timedelta = timedelta(hours=1)
    temporary: timedelta = timedelta(days=30)
    secretariat: timedelta = timedelta(days=90)
    presence: timedelta = timedelta(days=90)
    session: timedelta = timedelta(hours=12)
    fresh: timedelta = timedelta(minutes=15)
    retention: timedelta = timedelta(days=30)


@attrs.frozen(kw_only=True)
class Limits:
    """How often something may go wrong, or be asked for.

    Args:
        attempts: Wrong passwords before the account is locked.
        lock: For how long; doubles each time.
        code_attempts: Wrong personal codes before the code is blocked.
        public: Public requests about one person or address within ``window``.
        origin: Public requests of one origin within ``window``.
        window: Length of that time.
    """

    attempts: int = 10
    lock: timedelta = timedelta(minutes=15)
    code_attempts: int = 5
    public: int = 10
    origin: int = 300
    window: timedelta = timedelta(hours=1)


@attrs.frozen(kw_only=True)
class Cancellation:
    """The yearly cancellation of what nobody uses (UNI-19).

    Args:
        years: Full calendar years without use after which an account goes. With 1, a run in
            2018 cancels what was registered up to 31.12.2016 and not used during 2017.
    """

    years: int = 1


@attrs.frozen(kw_only=True)
class HelpRoute:
    """Where help is to be had for one kind of problem (POL-16, MIM-41, UNI-12).

    Args:
        text: What people read, with hours where they matter.
        phone: Number to call.
        url: Page to open.
    """

    text: Text
    phone: str = ""
    url: str = ""


DUTIES: Mapping[str, tuple[Role, ...]] = MappingProxyType(
    {
        "approve": (Role.SECRETARIAT,),
        "reject": (Role.SECRETARIAT, Role.IDENTIFYING_OFFICE),
        "identify_in_person": (Role.IDENTIFYING_OFFICE, Role.SECRETARIAT),
        "suspend": (Role.SECRETARIAT, Role.HELP_DESK),
        "reinstate": (Role.SECRETARIAT, Role.HELP_DESK),
        "correct_data": (Role.SECRETARIAT, Role.HELP_DESK),
        "cancel": (Role.SECRETARIAT, Role.HELP_DESK),
        "erase": (Role.SECRETARIAT,),
        "export_account": (Role.SECRETARIAT, Role.HELP_DESK),
        "history": (Role.SECRETARIAT, Role.IDENTIFYING_OFFICE, Role.HELP_DESK),
    }
)
"""Which roles may do what, where a profile does not say otherwise."""


@attrs.frozen(kw_only=True)
class Profile:
    """One registration procedure, whole.

    Args:
        name: Such as ``unimi-external``.
        title: What people read.
        description: What the procedure is, for the documentation.
        realm: Portals of one realm share their accounts (IOL-11, POL-15); by default the name.
        steps: The pages before confirmation, in order.
        notice: Words of the notice page.
        human_check: Whether the first page tells people from programs.
        codice_fiscale: ``required``, ``optional`` or ``absent``.
        form: The fields, in order.
        email: What addresses are good for.
        consents: Texts to be accepted or acknowledged.
        consistency: How the data are compared with the code: strict, normal or lenient.
        unique: Kinds of key that one active account holds alone, besides the username.
        gates: What stands before activation, in order.
        four_eyes: Whether the visit takes two operators: the second sees the same document as the
            first, and only then it counts (ASVS 5.0, 2.3.5).
        username: Where it comes from.
        first_password: Where it comes from.
        password: What passwords have to be like.
        personal_code: What personal codes have to be like; ``None``: there are none.
        reset: What a person who lost the password gets.
        federation: What identity providers are good for.
        window: When registration is open.
        external: Whether its accounts belong to people from outside (UNI-09).
        services: What an account may use.
        lifetimes: For how long things are good.
        limits: How often things may be tried.
        cancellation: What becomes of unused accounts; ``None``: nothing.
        duties: Which roles may do what.
        help: Where help is to be had, by topic of the refusals' catalogue.
        letters: Template of each letter, where it is not the one of that name.
        sender_name: Who the letters are from.
    """

    name: str
    title: Text
    description: Text
    realm: str = attrs.field(default=attrs.Factory(lambda self: self.name, takes_self=True))
    steps: tuple[Step, ...] = (Step.FILL,)
    notice: Text | None = None
    human_check: bool = False
    codice_fiscale: str = "required"
    form: tuple[FormField, ...]
    email: EmailRules = attrs.field(factory=EmailRules)
    consents: tuple[ConsentText, ...] = ()
    consistency: str = "normal"
    unique: tuple[str, ...] = ("codice_fiscale",)
    gates: tuple[Gate, ...]
    four_eyes: bool = False
    username: UsernameRule = UsernameRule.CHOSEN
    first_password: FirstPassword = FirstPassword.CHOSEN
    password: PasswordPolicy
    personal_code: PersonalCodePolicy | None = None
    reset: Reset = Reset.LINK
    federation: Federation = Federation()
    window: Window = ALWAYS
    external: bool = False
    services: tuple[Service, ...] = ()
    lifetimes: Lifetimes = Lifetimes()
    limits: Limits = Limits()
    cancellation: Cancellation | None = None
    duties: Mapping[str, tuple[Role, ...]] = DUTIES
    help: Mapping[str, HelpRoute] = attrs.field(factory=dict[str, HelpRoute], eq=False)
    letters: Mapping[str, str] = attrs.field(factory=dict[str, str], eq=False)
    sender_name: str = ""

    def field(self, name: str) -> FormField | None:
        """Return the form's field of that name, if there is one."""
        return next((field for field in self.form if field.name == name), None)

    @property
    def documents(self) -> tuple[str, ...]:
        """Return what the names of the fields of each identity document begin with."""
        types = (field.name for field in self.form if field.kind is FieldKind.DOCUMENT_TYPE)
        return tuple(name.removesuffix("_type") for name in types)

    def service(self, name: str) -> Service | None:
        """Return the service of that name, if there is one."""
        return next((service for service in self.services if service.name == name), None)

    def next_gate(self, passed: tuple[str, ...]) -> Gate | None:
        """Return the first gate not yet passed; ``None``: the account may become active."""
        return next((gate for gate in self.gates if gate not in passed), None)
