"""Production: everything particular to an installation comes from the environment."""

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from config.settings.base import *  # noqa: F403
from config.settings.base import CELERY_BROKER_URL, REDIS, VAR_DIR, cache, database, env

REQUIRED = ("SECRET_KEY", "DATABASE_URL", "CELERY_BROKER_URL", "ALLOWED_HOSTS", "SITE_URL")
missing = [name for name in REQUIRED if not env.str(name, "").strip(", ")]
if missing:
    raise ImproperlyConfigured(
        f"Tutti cannot start: set {', '.join(missing)} in the environment (docs/production.md)."
    )

SECRET_KEY = env.str("SECRET_KEY")
if len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("Tutti cannot start: SECRET_KEY needs at least 50 characters.")


def listed(name: str) -> list[str]:
    """What a variable lists between commas."""
    return [each.strip() for each in env.str(name, "").split(",") if each.strip()]


SECRET_KEY_FALLBACKS = listed("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = listed("ALLOWED_HOSTS")
if strange := [host for host in ALLOWED_HOSTS if "/" in host or ":" in host.rpartition("]")[2]]:
    raise ImproperlyConfigured(
        f"Tutti cannot start: ALLOWED_HOSTS takes names without scheme, port and path, not "
        f"{', '.join(strange)}."
    )
SITE_URL = env.str("SITE_URL").strip().rstrip("/")
SITE = urlsplit(SITE_URL)
if SITE.scheme not in ("https", "http") or not SITE.netloc or SITE_URL.count("/") != 2:
    raise ImproperlyConfigured(
        f"Tutti cannot start: SITE_URL is an address without a path, such as "
        f"https://tutti.example.com, not {SITE_URL}."
    )
CSRF_TRUSTED_ORIGINS = [SITE_URL, *listed("CSRF_TRUSTED_ORIGINS")]
DATABASES = {"default": database(env.str("DATABASE_URL"))}

CACHE_URL = env.str("CACHE_URL", "")
if CACHE_URL and not CACHE_URL.startswith((*REDIS, "db://")):
    raise ImproperlyConfigured(
        "Tutti cannot start: CACHE_URL begins with redis:// or rediss://, or is db://."
    )
CACHES = {"default": cache(CACHE_URL, broker=CELERY_BROKER_URL)}

MAIL_SCHEMES = ("smtp", "submission", "console", "file")  # others are read in surprising ways
EMAIL_URL = env.str("EMAIL_URL", "smtp://localhost:25")
if EMAIL_URL.partition("://")[0] not in MAIL_SCHEMES:
    raise ImproperlyConfigured(
        "Tutti cannot start: EMAIL_URL begins with smtp:// or submission://; with TLS from the "
        "first byte it is smtp://host:465?ssl=true (docs/production.md)."
    )
EMAIL_CONFIG = env.dj_email_url("EMAIL_URL", EMAIL_URL)
EMAIL_BACKEND = EMAIL_CONFIG["EMAIL_BACKEND"]
EMAIL_FILE_PATH = EMAIL_CONFIG["EMAIL_FILE_PATH"]
EMAIL_HOST = EMAIL_CONFIG["EMAIL_HOST"]
EMAIL_PORT = EMAIL_CONFIG["EMAIL_PORT"]
EMAIL_HOST_USER = EMAIL_CONFIG["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD = EMAIL_CONFIG["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS = EMAIL_CONFIG["EMAIL_USE_TLS"]
EMAIL_USE_SSL = EMAIL_CONFIG["EMAIL_USE_SSL"]
EMAIL_TIMEOUT = EMAIL_CONFIG["EMAIL_TIMEOUT"]
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Tutti <tutti@localhost>")

STATIC_ROOT = VAR_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 1)  # the web server or load balancer that ends TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", True)
SECURE_SSL_HOST = SITE.netloc  # not the host that was asked for, which nobody has looked at yet
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", 31_536_000)
SESSION_COOKIE_SECURE = SECURE_SSL_REDIRECT
CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT
# Whether other names below this one have TLS, and whether browsers may take that for granted, is
# for whoever owns the domain to say.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
