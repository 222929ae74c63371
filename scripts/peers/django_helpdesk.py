"""django-helpdesk over SQLite, fed as its own reader of IMAP mailboxes feeds it.

Arguments: a folder for its database and files, and the queue's address. See takes.py.
"""

import logging
import sys
from pathlib import Path

import takes

home, address = Path(sys.argv[1]), sys.argv[2]
SETTINGS = {
    "SECRET_KEY": "not a secret: nobody can reach this",
    "USE_TZ": True,
    "TIME_ZONE": "UTC",
    "DEFAULT_AUTO_FIELD": "django.db.models.AutoField",
    "SITE_ID": 1,
    "ROOT_URLCONF": "__main__",
    "MEDIA_ROOT": str(home / "media"),
    "LOGGING_CONFIG": None,
    # Mails that go out are rendered and kept in memory.
    "EMAIL_BACKEND": "django.core.mail.backends.locmem.EmailBackend",
    # As its documentation says for a site without teams.
    "HELPDESK_TEAMS_MODEL": "auth.User",
    "HELPDESK_TEAMS_MIGRATION_DEPENDENCIES": [],
    "HELPDESK_KBITEM_TEAM_GETTER": lambda _: None,
    "DATABASES": {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(home / "helpdesk.db"),
            # The quickest that keeps a database whole through a crash; the last commits may be lost.
            "OPTIONS": {"init_command": "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"},
        }
    },
    "INSTALLED_APPS": [
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.sites",
        "django.contrib.messages",
        "django.contrib.humanize",
        "django.contrib.admin",
        "rest_framework",
        "helpdesk",
    ],
    "TEMPLATES": [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.contrib.auth.context_processors.auth",
                    "django.template.context_processors.request",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
    "MIDDLEWARE": [],
}

from django.conf import settings  # noqa: E402

settings.configure(**SETTINGS)

import django  # noqa: E402

django.setup()

from django.core import mail  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.urls import include, path  # noqa: E402
from django.utils import encoding  # noqa: E402

urlpatterns = [path("", include("helpdesk.urls", namespace="helpdesk"))]
logging.disable(logging.CRITICAL)
call_command("migrate", verbosity=0)
call_command("loaddata", "emailtemplate.json", verbosity=0)
mail.outbox = []

from helpdesk.email import extract_email_metadata  # noqa: E402
from helpdesk.exceptions import DeleteIgnoredTicketException, IgnoreTicketException  # noqa: E402
from helpdesk.models import FollowUp, Queue, Ticket  # noqa: E402

queue = Queue.objects.create(
    title="Desk",
    slug="desk",
    email_address=address,
    allow_email_submission=True,
    email_box_type="imap",
    enable_notifications_on_email_events=True,
)
logger = logging.getLogger("django.helpdesk.queue.desk")


def take(content):
    """As helpdesk.email.imap_sync does with what it has fetched."""
    text = encoding.force_str(content, errors="replace")
    try:
        extract_email_metadata(message=text, queue=queue, logger=logger)
    except (IgnoreTicketException, DeleteIgnoredTicketException):
        pass


def sent():
    out, mail.outbox[:] = [one.message().as_string() for one in mail.outbox], []
    return out


def records():
    found = []
    for ticket in Ticket.objects.order_by("id"):
        entries = []
        for number, entry in enumerate(FollowUp.objects.filter(ticket=ticket).order_by("id")):
            files = []
            for attached in entry.followupattachment_set.all():
                with attached.file.open("rb") as file:
                    files.append({"name": attached.filename, "sha256": takes.digest(file.read())})
            # The first text stands in the ticket, too.
            texts = [entry.comment or ""] + ([ticket.description or ""] if number == 0 else [])
            entries.append({"texts": texts, "files": files})
        found.append({"name": ticket.ticket_for_url, "subject": ticket.title, "entries": entries})
    return found


about = {"name": f"django-helpdesk {__import__('importlib.metadata').metadata.version('django-helpdesk')}"}
takes.serve(about, take, sent, records)
