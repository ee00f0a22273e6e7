"""Settings shared by all environments. Safe by default: development and tests relax them."""

from datetime import timedelta
from zoneinfo import available_timezones

from csp.constants import NONE, SELF

from content.languages import ensure_catalogues, language_info, register
from hub import logs

from . import databases, env

BASE_DIR = env.PROJECT_DIR
DATA_DIR = env.read("HUB_DATA_DIR")

DEBUG = False
HUB_NAME = env.read("HUB_NAME")
HUB_BASE_URL = env.read("HUB_BASE_URL")
ALLOWED_HOSTS = [HUB_BASE_URL.split("//")[1].split(":")[0], *env.read("HUB_ALLOWED_HOSTS")]
CSRF_TRUSTED_ORIGINS = [HUB_BASE_URL]

INSTALLED_APPS = [
    "hub",
    "search",
    "exchange",
    "toolkits",
    "lessons",
    "training",
    "guides",
    "editorial",
    "translations",
    "partners",
    "content",
    "wagtail_localize",
    "wagtail_localize.locales",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "csp",
    "axes",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "hub.health.ProbesMiddleware",
    "hub.middleware.RequestIdMiddleware",
    "hub.backup.middleware.UnfinishedRestoreMiddleware",
    "hub.pagecache.PageCacheMiddleware",
    "hub.nul.NulMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "hub.middleware.DocumentHeadersMiddleware",
    "hub.middleware.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "hub.middleware.UrlLocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "partners.middleware.MembershipDayMiddleware",
    "partners.isolation.guard.ForeignContentMiddleware",
    "translations.closing.TranslationsMiddleware",
    "hub.middleware.PrivateResponsesMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
    "axes.middleware.AxesMiddleware",
    "hub.middleware.AtomicWritesMiddleware",
]

ROOT_URLCONF = "hub.urls"
WSGI_APPLICATION = "hub.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

DATABASES: dict[str, dict] = {"default": databases.default(env.read("DATABASE_URL"), DATA_DIR)}
CACHES = {
    "default": databases.redis_cache(env.read("HUB_REDIS_URL"))
    if env.read("HUB_REDIS_URL")
    else databases.embedded_cache(DATA_DIR)
}
if DATABASES["default"]["ENGINE"].endswith("postgresql"):
    INSTALLED_APPS.append("django.contrib.postgres")  # Wagtail's search in PostgreSQL asks for it
SESSION_ENGINE = "hub.sessions"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TASKS = {"default": {"BACKEND": "content.jobs.backend.JobTaskBackend", "QUEUES": []}}

# Whether the database itself refuses to change evidence. Tests must be able to empty their tables.
HUB_EVIDENCE_TRIGGERS = True
# Days of the week on which nobody has to answer; Monday is 0. Public holidays are not known.
HUB_WEEKEND = {5, 6}
# Hour of a person's day at which the summary of the day or the week is mailed.
HUB_DIGEST_HOUR = 8
# Days on which nobody is expected to work, Monday is 0 (``date.weekday()``). Deadlines skip them.
HUB_WEEKEND = (5, 6)
# Working days until what was published in an emergency has to be approved.
HUB_RATIFY_WORKING_DAYS = 5
# Whether pages of anonymous readers are kept; a development server with DEBUG makes them anew.
HUB_PAGE_CACHE = True
WAGTAILFRONTENDCACHE: dict[str, dict] = {}
if env.read("HUB_FRONT_CACHE_URL"):
    WAGTAILFRONTENDCACHE["default"] = {
        "BACKEND": "content.pagecache.front.FrontCache",
        "LOCATION": env.read("HUB_FRONT_CACHE_URL"),
    }

HUB_BROKER_URL = env.read("HUB_BROKER_URL")
HUB_HEALTH_TOKEN = env.read("HUB_HEALTH_TOKEN")

# Mails are rows that a job sends; nothing waits for the mail server.
EMAIL_BACKEND = "content.mail.backend.JobEmailBackend"
HUB_MAIL_SERVER = env.read("HUB_EMAIL_URL")
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.read("HUB_MAIL_FROM")
WAGTAILADMIN_USER_PASSWORD_RESET_FORM = "content.mail.forms.PasswordResetForm"
# Whether mails are kept and shown in the admin. They hold links that set passwords: never in production.
HUB_KEEP_MAILS = False
HUB_PROXIES = env.read("HUB_PROXIES")

AUTH_USER_MODEL = "content.User"
# Whether seed_demo may run; elsewhere its published password opens nothing.
HUB_DEMO = False
AUTHENTICATION_BACKENDS = ["hub.signin.LimitedBackend", "hub.demo.signin.DemoAwareBackend"]
# Five wrong passwords of a name from an address; hub.signin adds what an address may get wrong at all.
AXES_HANDLER = "hub.signin.SignInLimits"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_CLIENT_IP_CALLABLE = "hub.signin.address"
AXES_LOCKOUT_CALLABLE = "hub.signin.too_many"
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 15},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 60 * 60 * 24
LOGIN_URL = "wagtailadmin_login"
LOGIN_REDIRECT_URL = "wagtailadmin_home"

# Languages: the configuration decides; locales, trees and index pages follow from it.
HUB_LANGUAGES = env.read("HUB_LANGUAGES")
register(HUB_LANGUAGES)
LANGUAGE_CODE = HUB_LANGUAGES[0]
LANGUAGES = [(code, language_info(code)["name_local"]) for code in HUB_LANGUAGES]
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAILADMIN_PERMITTED_LANGUAGES = [
    ("en", "English"),
    ("es", "Español"),
    ("fr", "Français"),
    ("ar", "العربيّة"),
]
LOCALE_PATHS = [
    BASE_DIR / "locale",
    ensure_catalogues(HUB_LANGUAGES, DATA_DIR / "locale", BASE_DIR / "locale"),
]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.read("HUB_TIME_ZONE")
# Two files beside the zones, which browsers do not know.
WAGTAIL_USER_TIME_ZONES = sorted(available_timezones() - {"localtime", "Factory"})

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "content.storage.MediaStorage"},
    # Collected by root and read by the user of the hub, unlike uploads.
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage",
        "OPTIONS": {"file_permissions_mode": 0o644},
    },
}
FILE_UPLOAD_PERMISSIONS = 0o640
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

WAGTAIL_SITE_NAME = HUB_NAME
WAGTAILADMIN_BASE_URL = HUB_BASE_URL
WAGTAIL_I18N_ENABLED = True
WAGTAILLOCALIZE_SYNC_LIVE_STATUS_ON_TRANSLATE = False
WAGTAILLOCALIZE_DISABLE_ON_DELETE = True
WAGTAIL_WORKFLOW_REQUIRE_REAPPROVAL_ON_EDIT = True
WAGTAIL_FINISH_WORKFLOW_ACTION = "editorial.finish.publish_approved"
WAGTAILADMIN_NOTIFICATION_INCLUDE_SUPERUSERS = False
WAGTAIL_AUTOSAVE_INTERVAL = 5000
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ALLOW_UNICODE_SLUGS = True
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}

MAX_UPLOAD_SIZE = env.read("HUB_MAX_UPLOAD_MB") * 1024 * 1024
WAGTAILIMAGES_IMAGE_MODEL = "content.HubImage"
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "webp", "avif"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = MAX_UPLOAD_SIZE
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 40_000_000
WAGTAILDOCS_DOCUMENT_MODEL = "content.HubDocument"
WAGTAILDOCS_EXTENSIONS = [
    "csv", "docx", "odp", "ods", "odt", "pdf", "pptx", "rtf", "srt", "txt", "vtt", "xlsx", "zip",
]  # fmt: skip
WAGTAILDOCS_MAX_UPLOAD_SIZE = MAX_UPLOAD_SIZE
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILDOCS_INLINE_CONTENT_TYPES: list[str] = []
# No request leaves the host: embeds would load players of third parties.
WAGTAILEMBEDS_FINDERS: list[dict] = []

# Public pages carry one stylesheet whose hash the middleware adds; the admin needs inline styles.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"

LOGGING_CONFIG = "hub.logs.configure"
LOGGING = logs.settings(as_json=False)
