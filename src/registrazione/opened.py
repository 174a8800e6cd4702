"""What both registrars are made of: the parts, and what asks no port anything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self, Unpack

from registrazione.core.account import Account
from registrazione.core.commands import Operator
from registrazione.core.places import Places
from registrazione.core.profile import Profile
from registrazione.core.questions import Flow
from registrazione.core.records import Criteria
from registrazione.core.states import AccountState
from registrazione.service import adhesion
from registrazione.settings import Settings, SettingsArguments

if TYPE_CHECKING:
    from registrazione.assembly import Parts


class Opened:
    """What both registrars are made of."""

    _awaited: ClassVar[bool] = False

    def __init__(self, parts: Parts) -> None:
        """Take the parts; :meth:`open` makes them from settings."""
        self.parts = parts

    def __repr__(self) -> str:
        """Name the procedure; everything else may hold a secret."""
        return f"<{type(self).__name__} of {self.profile.name!r}>"

    @classmethod
    def open(cls, **settings: Unpack[SettingsArguments]) -> Self:
        """Assemble a registrar.

        Args:
            settings: The arguments of :class:`~registrazione.settings.Settings`: ``profile``,
                ``storage``, ``mailer``, ``secret_keys`` and ``base_url`` at least.

        Raises:
            SettingsError: A setting cannot be used.
            PluginError: A back-end is not there; the error says what to install.
        """
        from registrazione.assembly import assemble

        return cls(assemble(Settings(**settings), awaited=cls._awaited))

    @property
    def profile(self) -> Profile:
        """Return the procedure."""
        return self.parts.profile

    @property
    def places(self) -> Places | None:
        """Return the lists of nations, regions, provinces and comuni, for a form (MIM-15).

        ``None`` where the settings name somebody who knows codes only. The installed data are
        read at the first question.
        """
        places = self.parts.checks.places()
        return places if isinstance(places, Places) else None

    def _asked_form(
        self, *, session: str, ticket: str, operator: Operator | None, account_id: str
    ) -> Flow[Account]:
        """Return the flow that tells whose form may be printed."""
        return adhesion.to_print(
            self.profile,
            self.parts.clock.now(),
            session=session,
            ticket=ticket,
            operator=operator,
            account_id=account_id,
        )

    def _printed(self, account: Account, language: str) -> bytes:
        """Return the account's form as a PDF."""
        from registrazione.adapters.forms_pdf import (
            AdhesionForm,
            render,
        )

        now = self.parts.clock.now()
        form = AdhesionForm.of(
            self.profile, account, printed_at=now, language=language, places=self.places
        )
        return render(form)

    def _criteria(self, states: Sequence[AccountState]) -> Criteria:
        """Return the criteria of an operator's list."""
        return Criteria(realm=self.profile.realm, states=tuple(states))

    def _release(self) -> Iterator[Any]:
        """Give back connections and threads, where a part holds any; yield what each says."""
        for part in (self.parts.store, self.parts.hasher, self.parts.mailer):
            close = getattr(part, "close", None)
            if close is not None:
                yield close()
