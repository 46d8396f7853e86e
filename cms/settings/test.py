"""The suite's settings: quick hashing, mail in memory, nothing outside the process."""

import tempfile
from pathlib import Path

from .base import *  # noqa: F403 - settings modules extend each other this way

DEBUG = False
SECRET_KEY = "for-tests-only"  # noqa: S105 - production reads its own
VOTE_KEY_SECRET = "for-tests-only"  # noqa: S105 - production reads its own
SEAL_KEY = "Zm9yLXRlc3RzLW9ubHktYW5kLW5vLXNlY3JldC0tLSE="
SEAL_FILE = Path(tempfile.mkdtemp(prefix="boiling-point-seals-")) / "last-head.txt"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
DEFAULT_FROM_EMAIL = "Boiling Point <noreply@example.org>"
MEDIA_ROOT = tempfile.mkdtemp(prefix="boiling-point-media-")
PRIVATE_MEDIA_ROOT = tempfile.mkdtemp(prefix="boiling-point-private-")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
# Each row saved logs the tasks it starts; pytest would keep all of that in memory.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "loggers": {"django.tasks": {"level": "WARNING"}, "django_tasks": {"level": "WARNING"}},
}
