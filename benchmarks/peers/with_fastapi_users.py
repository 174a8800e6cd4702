"""fastapi-users: register, verify, sign in with a token that needs no row; JSON and no pages."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from typing import Annotated, Any

import httpx
import measuring
from fastapi import Depends, FastAPI, Request
from fastapi_users import BaseUserManager, FastAPIUsers, UUIDIDMixin, schemas
from fastapi_users.authentication import AuthenticationBackend, BearerTransport, JWTStrategy
from fastapi_users.password import PasswordHelper
from fastapi_users_db_sqlalchemy import SQLAlchemyBaseUserTableUUID, SQLAlchemyUserDatabase
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import event
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase

SECRET = "of the benchmark, and of nobody else in this world"
CHEAPEST = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))


class Base(DeclarativeBase):
    """The tables."""


class User(SQLAlchemyBaseUserTableUUID, Base):
    """A user."""


engine = create_async_engine(f"sqlite+aiosqlite:///{measuring.FOLDER / 'site.db'}")
sessions = async_sessionmaker(engine, expire_on_commit=False)
tokens: list[str] = []


@event.listens_for(engine.sync_engine, "connect")
def prepare(connection: Any, _record: object) -> None:
    """Have SQLite write its journal ahead."""
    for pragma in measuring.WAL.split(";"):
        connection.execute(pragma)


class Users(UUIDIDMixin, BaseUserManager[User, uuid.UUID]):
    """What becomes of users."""

    reset_password_token_secret = verification_token_secret = SECRET

    async def on_after_register(self, user: User, request: Request | None = None) -> None:
        """Ask for the confirmation at once."""
        await self.request_verify(user, request)

    async def on_after_request_verify(
        self, _user: User, token: str, _request: Request | None = None
    ) -> None:
        """Take the token in place of a letter."""
        tokens.append(token)


async def database() -> AsyncIterator[SQLAlchemyUserDatabase]:
    """Open a session for a request."""
    async with sessions() as session:
        yield SQLAlchemyUserDatabase(session, User)


async def manager(db: Annotated[Any, Depends(database)]) -> AsyncIterator[Users]:
    """Return the manager of a request."""
    yield Users(db, PasswordHelper(CHEAPEST))


class Read(schemas.BaseUser[uuid.UUID]):
    """A user as they are told."""


class Create(schemas.BaseUserCreate):
    """A user as they are made."""


backend = AuthenticationBackend(
    name="jwt",
    transport=BearerTransport(tokenUrl="login"),
    get_strategy=lambda: JWTStrategy(secret=SECRET, lifetime_seconds=3600),
)
users = FastAPIUsers[User, uuid.UUID](manager, [backend])
app = FastAPI()
app.include_router(users.get_register_router(Read, Create))
app.include_router(users.get_verify_router(Read))
app.include_router(users.get_auth_router(backend, requires_verification=True))

loop = asyncio.new_event_loop()
client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver")


async def prepared() -> None:
    """Make the tables."""
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)


def post(path: str, **body: Any) -> Any:
    """Send a request; return what is answered."""
    response = loop.run_until_complete(client.post(path, **body))
    assert response.is_success, response.text
    return response.json()


def sign_up(number: int) -> None:
    """Register."""
    post("/register", json={"email": measuring.address(number), "password": measuring.PASSWORD})


def confirm(_number: int) -> None:
    """Hand the token in."""
    post("/verify", json={"token": tokens.pop()})


def sign_in(number: int) -> None:
    """Sign in."""
    form = {"username": measuring.address(number), "password": measuring.PASSWORD}
    assert post("/login", data=form)["access_token"]


loop.run_until_complete(prepared())
measuring.main({"sign_up": sign_up, "confirm": confirm, "sign_in": sign_in})
loop.run_until_complete(engine.dispose())
