"""A project whose views are all asynchronous."""

from plain_site import *  # noqa: F403 - settings are read so

ROOT_URLCONF = "async_site"
ASYNC_ONLY = True
