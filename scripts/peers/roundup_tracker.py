"""Roundup over SQLite, fed through its mail gateway within one process.

Arguments: a folder for the tracker, its address, and a file with the people that it knows, one address a line. See
takes.py.
"""

import logging
import os
import subprocess
import sys
from argparse import Namespace
from importlib.metadata import version
from pathlib import Path

import takes

home, address, people = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
outbox = home.parent / (home.name + ".sent")
# Roundup's own switch: mails that go out are written into this file.
os.environ["SENDMAILDEBUG"] = str(outbox)
outbox.write_bytes(b"")

# Where a choice is left, the quicker or the more lenient one is taken.
CHOICES = {
    "tracker_web": "http://127.0.0.1/desk/",
    "tracker_email": address.split("@")[0],
    "mail_domain": address.split("@")[1],
    "mail_host": "127.0.0.1",
    "admin_email": "roundup-admin",
    # The author gets a mail with the number, as from a service desk.
    "nosy_messages_to_author": "yes",
    "mailgw_convert_htmltotext": "dehtml",
    "mailgw_subject_prefix_parsing": "loose",
    "mailgw_subject_suffix_parsing": "loose",
    # What is replied under another subject keeps its title.
    "mailgw_subject_updates_title": "no",
    # Users are made of unknown senders, and a password with each of them.
    "password_pbkdf2_default_rounds": "1000",
}


def admin(*words):
    subprocess.run(
        [sys.executable, "-c", "import sys, roundup.scripts.roundup_admin as a; sys.exit(a.run())", "-i", str(home), *words],
        check=True,
        stdout=subprocess.DEVNULL,
    )


home.mkdir(parents=True, exist_ok=True)
admin("install", "classic", "sqlite", ",".join(f"{name}={value}" for name, value in CHOICES.items()))
schema = home / "schema.py"
# Unknown senders may write and get an account: a change that the shipped schema describes.
closed = "#db.security.addPermissionToRole('Anonymous', 'Email Access')"
text = schema.read_text(encoding="utf-8")
if closed not in text:
    sys.exit("the schema of this Roundup does not have the line that opens it for mail of unknown senders")
schema.write_text(text.replace(closed, closed[1:]), encoding="utf-8")
admin("initialise", "admin")

import roundup.instance  # noqa: E402
from roundup import password  # noqa: E402

tracker = roundup.instance.open(str(home), optimize=1)
logging.disable(logging.CRITICAL)
db = tracker.open("admin")
for number, person in enumerate(people.read_text(encoding="utf-8").split()):
    secret = password.Password("x", config=tracker.config)
    db.user.create(username=f"person{number}", address=person, roles="User", password=secret)
db.commit()
db.close()

gateway = tracker.MailGW(tracker, Namespace(default_class="", set_value=[]))
seen = 0


def take(content):
    """As a mail server pipes it in: lines that end with LF. What it takes from mailboxes ends with CR LF, and there it sees
    an empty line behind each."""
    content = content.replace(b"\r\n", b"\n")
    gateway.handle_Message(roundup.mailgw.message_from_bytes(content, roundup.mailgw.RoundupMessage))


def sent():
    global seen
    size = outbox.stat().st_size
    if size == seen:
        return []
    with outbox.open("rb") as file:
        file.seek(seen)
        written = file.read().decode("utf-8", "replace")
    seen = size
    # Each begins with three lines that are not the mail's: a line for mailboxes, FROM and TO.
    mails = written.split("\nFROM: ")[1:]
    return [one.split("\nTO: ", 1)[1].split("\n", 1)[1].rsplit("\n\nFrom ", 1)[0] for one in mails]


def records():
    db = tracker.open("admin")
    found = []
    for issue in db.issue.getnodeids():
        entries = []
        for message in db.issue.get(issue, "messages"):
            files = []
            for file in db.msg.get(message, "files"):
                node = db.file.getnode(file)
                content = node.content if isinstance(node.content, bytes) else Path(db.filename("file", file)).read_bytes()
                files.append({"name": node.name, "sha256": takes.digest(content)})
            entries.append({"texts": [db.msg.get(message, "content")], "files": files})
        found.append({"name": f"issue{issue}", "subject": db.issue.get(issue, "title"), "entries": entries})
    db.close()
    return found


takes.serve({"name": f"Roundup {version('roundup')}"}, take, sent, records)
