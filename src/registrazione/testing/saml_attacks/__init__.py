"""Attacks on a SAML service as data, for whoever writes or wraps an adapter.

Each makes a response that proves nothing. A service that lets one in has a hole, and one that
raises anything but an :class:`~registrazione.ports.IdentityError` would show a stranger an error
page. What is benign has to be let in: otherwise nothing was shown.
"""

from __future__ import annotations

from registrazione.testing.saml_attacks.base import Attack, Benign, Stage
from registrazione.testing.saml_attacks.benign import BENIGN
from registrazione.testing.saml_attacks.crypto import CRYPTO_ATTACKS
from registrazione.testing.saml_attacks.elements import ELEMENT_ATTACKS
from registrazione.testing.saml_attacks.exchange import EXCHANGE_ATTACKS
from registrazione.testing.saml_attacks.fields import FIELD_ATTACKS
from registrazione.testing.saml_attacks.parsing import PARSING_ATTACKS
from registrazione.testing.saml_attacks.wrapping import WRAPPING_ATTACKS

__all__ = ["ATTACKS", "BENIGN", "Attack", "Benign", "Stage"]

ATTACKS: tuple[Attack, ...] = (
    *FIELD_ATTACKS,
    *ELEMENT_ATTACKS,
    *WRAPPING_ATTACKS,
    *CRYPTO_ATTACKS,
    *PARSING_ATTACKS,
    *EXCHANGE_ATTACKS,
)
"""Every attack."""
