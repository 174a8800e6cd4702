"""A portal on FastAPI: registration as JSON, and a page of its own that takes an account.

Start it with ``uvicorn fastapi_portal:app``; the environment holds what is secret.
"""

from __future__ import annotations

import os
from typing import Annotated

from fastapi import Depends, FastAPI

from registrazione import AsyncRegistrar, Refusal
from registrazione.contrib.starlette import JsonApi, current_account, lifespan, refused
from registrazione.core.account import Account

CurrentAccount = Annotated[Account, Depends(current_account)]
"""Whoever is signed in; without a session the request is refused."""


def open_registrar() -> AsyncRegistrar:
    """Open the registrar that the environment describes."""
    return AsyncRegistrar.open(
        profile=os.environ.get("PORTAL_PROFILE", "standard"),
        storage=os.environ.get("PORTAL_STORAGE", "sqlite:///accounts.db"),
        mailer=os.environ.get("PORTAL_MAILER", "console://"),
        secret_keys=os.environ["PORTAL_SECRET_KEYS"].split(),
        base_url=os.environ.get("PORTAL_BASE_URL", "http://localhost:8000/registrazione"),
    )


app = FastAPI(title="Portal", lifespan=lifespan(open_registrar))
app.mount("/registrazione", JsonApi())
app.add_exception_handler(Refusal, refused)


@app.get("/greeting")
async def greeting(account: CurrentAccount) -> dict[str, str]:
    """Greet whoever is signed in."""
    return {"greeting": f"Buongiorno, {account.values['name']}!"}
