"""What the drivers of the peers share: take the mails of a folder one by one, and measure only that.

A driver is a process of its own. It reads one line for each folder from its input, {"folder": ..., "report": ...},
takes the folder's mails in the order of their names, and writes a report. Starting, setting up and reporting are not
measured. Standard library only.
"""

import hashlib
import json
import resource
import sys
import time
from pathlib import Path


def processor_time():
    """Seconds of processor time, user and system, of this process and the children that it has waited for."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def digest(content):
    """The digest by which a file is recognised."""
    return hashlib.sha256(content).hexdigest()


def serve(about, take, sent, records):
    """Takes folders until the input ends.

    about: what is measured, for people. take(bytes): takes one mail, raises where the peer does. sent(): the mails that
    went out since it was asked last, as text. records(): what there is, for the judge.
    """
    print(json.dumps(about), flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        mails = [(path.name, path.read_bytes()) for path in sorted(Path(order["folder"]).iterdir())]
        outcomes = []
        began, used = time.perf_counter(), processor_time()
        for name, content in mails:
            error = None
            try:
                take(content)
            except Exception as raised:  # whatever it is, it is what the peer makes of the mail
                error = f"{type(raised).__name__}: {raised}"
            outcomes.append({"file": name, "error": error, "sent": sent()})
        wall, used = time.perf_counter() - began, processor_time() - used
        report = {"wall": wall, "processor": used, "mails": outcomes}
        if order.get("records"):
            report["records"] = records()
        Path(order["report"]).write_text(json.dumps(report), encoding="utf-8")
        print("{}", flush=True)
