"""The suite's settings for a site that a storm is let loose on, in processes of its own."""

import os

from cms.settings.test import *  # noqa: F403 - settings modules extend each other this way

# Two hundred clicks of one person are the point here; that people are held back is tested apart.
CACHES = CACHES | {"memory": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}  # noqa: F405
# One of the ways to break the ledger is to leave SQLite's own default.
if mode := os.environ.get("STORM_TRANSACTION_MODE"):
    DATABASES["default"]["OPTIONS"]["transaction_mode"] = mode  # noqa: F405
