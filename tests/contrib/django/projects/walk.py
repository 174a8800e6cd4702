"""Somebody registers with the project of the environment, and prints what became of it."""

import asyncio
import json
import sys

import django

django.setup()

from django.conf import settings  # noqa: E402 - once Django is set up
from django.contrib.auth import aauthenticate, authenticate, get_user_model  # noqa: E402
from django.core import mail  # noqa: E402
from django.core.management import call_command  # noqa: E402
from tests.contrib.django.walking import Walk  # noqa: E402
from tests.stories.stage import AwaitedRegistrar  # noqa: E402
from tests.world import LINK, MARIO, SECRETARIAT  # noqa: E402

from registrazione.contrib.django.conf import get_async_registrar, get_registrar  # noqa: E402
from registrazione.contrib.django.users import user_of  # noqa: E402
from registrazione.core.states import AccountState  # noqa: E402

call_command("migrate", verbosity=0)
call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)
call_command("check", deploy=True, fail_level="INFO", verbosity=0)
mail.outbox = []
with asyncio.Runner() as runner:
    loop = runner.get_loop()
    only = getattr(settings, "ASYNC_ONLY", False)
    registrar = AwaitedRegistrar(get_async_registrar(), loop) if only else get_registrar()
    walk = Walk("unimi-external", registrar)
    answer = walk.confirmed()
    before = get_user_model().objects.count()
    registrar.deliver_outbox()
    token = LINK.search(mail.outbox[-1].body)[1]
    account = registrar.activate(token, ticket=answer.ticket).account
    user = user_of(account.id)
    given = {"username": MARIO.username, "password": MARIO.password}
    if only:
        entered = loop.run_until_complete(aauthenticate(None, **given))
    else:
        entered = authenticate(None, **given)
    registrar.suspend(SECRETARIAT, account.id, "perché sì")
    kept_out = loop.run_until_complete(aauthenticate(None, **given))
    registrar.erase(operator=SECRETARIAT, account_id=account.id)
    erased = get_user_model().objects.get(pk=user.pk)
    loop.run_until_complete(loop.shutdown_default_executor())

sys.stdout.write(
    json.dumps(
        {
            "before": before,
            "active": account.state is AccountState.ACTIVE,
            "key": type(user.pk).__name__,
            "login": user.get_username(),
            "birthday": str(getattr(user, "birthday", "")),
            "entered": entered == user,
            "kept_out": kept_out is None,
            "erased": erased.get_username(),
        }
    )
)
