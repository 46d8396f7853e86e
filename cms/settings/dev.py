"""Development and the demo: debug pages on, mail to the terminal and to a page, no secrets."""

from .base import *  # noqa: F403 - settings modules extend each other this way

DEBUG = True
SECRET_KEY = "for-development-only-not-a-secret"  # noqa: S105 - production reads its own
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", ".localhost"]
INTERNAL_IPS = ["127.0.0.1"]
VOTE_KEY_SECRET = "for-development-only"  # noqa: S105 - production reads its own
SEAL_KEY = "Zm9yLWRldmVsb3BtZW50LW9ubHktbm8tc2VjcmV0LSE="
MIDDLEWARE = [*MIDDLEWARE, "cms.middleware.MissingPageMiddleware"]
MAILERS = {"default": {"BACKEND": "cms.mail.TerminalAndPageBackend"}}
DEBUG_MAIL_DIR = DATA_DIR / "mail"
DEFAULT_FROM_EMAIL = "Boiling Point <noreply@localhost>"
# Each row saved logs the tasks it starts; the mails in the terminal would drown in that.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "loggers": {"django.tasks": {"level": "WARNING"}},
}
