"""Stand-ins for what a public site has around it."""

from django.core.cache.backends.locmem import LocMemCache
from django.core.mail.backends import locmem


class SharedCache(LocMemCache):
    """As if other processes counted here too."""


class Post(locmem.EmailBackend):
    """As if the letters left."""


class Human:
    """Everybody is one."""

    def passed(self, response):
        """Let pass."""
        return True
