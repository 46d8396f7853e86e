"""Production: everything that differs between two servers comes from the environment.

The README lists the variables. A missing or malformed one stops the start with one sentence.
"""

from pathlib import Path

from .base import *  # noqa: F403 - settings modules extend each other this way
from .environment import Environment, cache, mailers, origin, secret, seed

env = Environment()

SECRET_KEY = secret("SECRET_KEY", env.required("SECRET_KEY"))
VOTE_KEY_SECRET = secret("VOTE_KEY_SECRET", env.required("VOTE_KEY_SECRET"))
SEAL_KEY = seed("SEAL_KEY", env.required("SEAL_KEY"))
SEAL_OLD_KEYS = env.optional("SEAL_OLD_KEYS", "").split(",")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS")
BASE_URL = origin("BASE_URL", env.required("BASE_URL"))
DATABASE_URL = env.required("DATABASE_URL")  # base.py reads it; without it the demo's would serve.
MAILERS = mailers("MAIL_URL", env.required("MAIL_URL"))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.required("MAIL_FROM")
env.complete()

DEBUG = False
WAGTAILADMIN_BASE_URL = BASE_URL
CSRF_TRUSTED_ORIGINS = [BASE_URL]

# Files.
DATA_DIR = Path(env.optional("DATA_DIR", str(DATA_DIR)))
MEDIA_ROOT = Path(env.optional("MEDIA_ROOT", str(DATA_DIR / "media")))
PRIVATE_MEDIA_ROOT = Path(env.optional("PRIVATE_MEDIA_ROOT", str(DATA_DIR / "private")))
STATIC_ROOT = Path(env.optional("STATIC_ROOT", str(DATA_DIR / "static")))
SEAL_FILE = Path(env.optional("SEAL_FILE", str(DATA_DIR / "last-head.txt")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Limits are counted in a cache that all workers share and that adds atomically, so that five tries
# are not five a worker; `manage.py createcachetable` makes its table. Pages are kept in files:
# shared by the workers of one machine, and no query on the way of a reader. What happens often and
# does no harm twice is counted by each worker in its memory, where it also keeps for a minute what
# all pages share (`home.kept`).
CACHES = {
    "default": cache("CACHE_URL", env.optional("CACHE_URL", "db://cache")),
    "pages": cache("PAGES_CACHE_URL", env.optional("PAGES_CACHE_URL", f"file://{DATA_DIR}/pages")),
    "memory": CACHES["memory"],
}

# PgBouncer in transaction mode carries no cursor and no prepared statement to the next transaction.
if env.optional("PGBOUNCER", "") == "1" and DATABASES["default"]["ENGINE"] == "cms.postgresql":
    DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True
    DATABASES["default"]["OPTIONS"]["prepare_threshold"] = None

PUBLIC_PAGE_SECONDS = env.number("PUBLIC_PAGE_SECONDS", PUBLIC_PAGE_SECONDS)
VOTE_TRACE_DAYS = env.number("VOTE_TRACE_DAYS", VOTE_TRACE_DAYS)

# Mails and other work after an answer: `manage.py db_worker` does them.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# HTTPS only. The proxy in front must set both headers itself and drop what visitors send in them,
# as deploy/nginx.conf does; or anybody could claim another address.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
ALLAUTH_TRUSTED_PROXY_COUNT = env.number("PROXY_COUNT", 1)
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]  # Asked from inside, without TLS.
SECURE_HSTS_SECONDS = env.number("HSTS_SECONDS", 365 * 24 * 60 * 60)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
# The __Host- prefix keeps a neighbour under the same domain from planting a cookie here.
SESSION_COOKIE_NAME = "__Host-session"
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrf"
CSRF_COOKIE_SECURE = True
LANGUAGE_COOKIE_SECURE = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"private": {"()": "cms.logs.PrivateFormatter", "format": LOG_FORMAT}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "private"}},
    "root": {"handlers": ["console"], "level": env.optional("LOG_LEVEL", "INFO")},
    "loggers": {
        # Its warnings are every 404 and 403: other people's paths, and noise from scanners.
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}
