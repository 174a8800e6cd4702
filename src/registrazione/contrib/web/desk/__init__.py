"""The operators' desk: the same pages for a secretariat, a school and a help desk.

It is there only where the site says so, and only for an operator whom the host has signed in. Who
may do what is the procedure's; what may be done now is the rules'.
"""

from __future__ import annotations

from registrazione.contrib.web.desk import (
    account,
    acting,
    bulk,
    letters,
    presence,
    queue,
    queue_file,
    statistics,
)
from registrazione.contrib.web.routes import Route

ROUTES: tuple[Route, ...] = (
    *queue.ROUTES,
    *queue_file.ROUTES,
    *bulk.ROUTES,
    *presence.ROUTES,
    *letters.ROUTES,
    *statistics.ROUTES,
    *acting.ROUTES,
    *account.ROUTES,
)
"""Every address of the desk."""
