"""Who uses a hub while it is being disturbed: authors, who hand in, an approver, and readers.

All of them use the admin's own forms.
"""

import http.client
import json
import re
import threading
import time
import urllib.parse
from http.cookies import SimpleCookie

from lxml.html import fromstring
from wagtail.test.utils.form_data import rich_text

from tests.stack import ADMIN, HOST, PASSWORD

LOGIN = "/admin/login/"
APPROVER = "chaos-approver"
REVIEW = re.compile(r"/admin/reviews/\d+/")
TIMEOUT = 30
TROUBLE = (OSError, http.client.HTTPException)


class Refused(Exception):  # noqa: N818  a state of the world, not a mistake
    """The answer is none that acknowledges anything."""


class Browser:
    """Cookies and requests of one person; a new connection for each request."""

    def __init__(self, port, user=ADMIN):
        self.port, self.user = port, user
        self.cookies = {}

    def ask(self, method, path, fields=None):
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if fields is not None:
            body = urllib.parse.urlencode(fields)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Referer"] = f"http://{HOST}:{self.port}{path}"
        line = http.client.HTTPConnection(HOST, self.port, timeout=TIMEOUT)
        try:
            line.request(method, path, body, headers)
            answer = line.getresponse()
            text = answer.read().decode()
        finally:
            line.close()
        for value in answer.headers.get_all("Set-Cookie", []):
            for name, cookie in SimpleCookie(value).items():
                self.cookies[name] = cookie.value
        return answer, text

    def get(self, path):
        return self.ask("GET", path)

    def form(self, path, marker):
        """Fields of the form that has a field named ``marker``."""
        answer, text = self.get(path)
        if answer.status != 200:
            raise Refused(f"{path}: {answer.status} {answer.headers.get('Location', '')}")
        for form in fromstring(text).forms:
            if marker in form.inputs:
                return dict(form.form_values())
        raise Refused(f"{path}: no form with {marker}")

    def post(self, path, fields):
        """Send a form; returns where the answer leads."""
        fields = {**fields, "csrfmiddlewaretoken": self.cookies.get("csrftoken", "")}
        answer, text = self.ask("POST", path, fields)
        location = answer.headers.get("Location", "")
        if answer.status != 302 or location.startswith(LOGIN):
            raise Refused(f"{path}: {answer.status} {location} {problems(text)}")
        return location

    def sign_in(self):
        fields = self.form(LOGIN, "password")
        self.post(LOGIN, {**fields, "username": self.user, "password": PASSWORD})

    def is_signed_in(self):
        return bool(self.cookies.get("sessionid"))


def problems(text):
    """What a refused form says."""
    if "<" not in text:
        return text[:200]
    found = fromstring(text).xpath("//*[contains(@class, 'error-message')]//text()")
    return " ".join(" ".join(found).split())[:300]


class Ledger:
    """What was tried and what was acknowledged, written down as it happens."""

    def __init__(self, path):
        self.path = path
        self.lock = threading.Lock()
        self.pages = {}
        self.acknowledged = 0
        self.happened = {"try": threading.Event(), "acknowledged": threading.Event()}
        self.troubles = {}

    def note(self, event, **row):
        with self.lock, self.path.open("a") as file:
            file.write(json.dumps({"event": event, "at": time.time(), **row}) + "\n")
        if event in self.happened:
            self.happened[event].set()

    def wait_for(self, event, seconds):
        """Wait for the next event of this name."""
        self.happened[event].clear()
        self.happened[event].wait(seconds)

    def tried(self, slug, kind, version):
        self.note("try", slug=slug, kind=kind, version=version)
        with self.lock:
            page = self.pages.setdefault(slug, {"kind": kind, "acknowledged": 0})
            page["tried"] = version

    def answered(self, slug, version):
        self.note("acknowledged", slug=slug, version=version)
        with self.lock:
            self.pages[slug]["acknowledged"] = version
            self.acknowledged += 1

    def trouble(self, error):
        self.note("trouble", error=str(error) or repr(error))
        name = str(error).split("?")[0][:80] if isinstance(error, Refused) else repr(error)[:80]
        with self.lock:
            self.troubles[name] = self.troubles.get(name, 0) + 1


class Person(threading.Thread):
    """Does something again and again until told to stop; trouble is noted and passes."""

    pause_after_trouble = 0.5

    def __init__(self, stack, ledger, random):
        super().__init__(daemon=True)
        self.stack, self.ledger, self.random = stack, ledger, random
        self.browser = Browser(stack.port)
        self.stopping = threading.Event()
        self.failure = None

    def run(self):
        while not self.stopping.is_set():
            try:
                self.turn()
            except (*TROUBLE, Refused) as error:
                self.ledger.trouble(error)
                self.recover()
                self.stopping.wait(self.pause_after_trouble)
            except Exception as error:
                self.failure = error
                raise

    def recover(self):
        pass

    def stop(self):
        self.stopping.set()
        self.join(2 * TIMEOUT)
        assert not self.is_alive()
        if self.failure:
            raise self.failure


def word(slug, version):
    """The one word that a version of a page has to itself."""
    return f"{slug}v{version}"


class Editor(Person):
    """Writes new pages and new versions of own ones; somebody else approves, and they are live."""

    def __init__(self, stack, ledger, random, name, places):
        super().__init__(stack, ledger, random)
        self.name_, self.places = name, places
        self.number = 0
        self.drafts, self.forms = [], {}
        # Nobody approves own work.
        self.approver = Browser(stack.port, APPROVER)

    def recover(self):
        # Sessions outlive kills; a form or a session that was cut short is asked for anew.
        self.forms.clear()

    def turn(self):
        for browser in (self.browser, self.approver):
            if not browser.is_signed_in():
                browser.sign_in()
        if self.drafts and self.random.random() < 0.5:
            self.edit(*self.random.choice(self.drafts[-6:]))
        else:
            self.edit(*self.draft())

    def new_page(self):
        kind = self.random.choice(["notice", "lesson"])
        self.number += 1
        return kind, f"{self.name_}n{self.number}"

    def empty_form(self, kind):
        model = {"notice": "partners/noticepage", "lesson": "lessons/casestudypage"}[kind]
        path = f"/admin/pages/add/{model}/{self.places[kind]}/"
        if kind not in self.forms:
            self.forms[kind] = self.browser.form(path, "slug")
        return path, self.forms[kind]

    def filled(self, kind, fields, slug, version):
        text = rich_text(f"<p>This is {word(slug, version)}.</p>")
        partner = str(self.places["partner"])
        own = {
            "notice": {
                "text": text, "ends": "2040-01-01 12:00", "severity": "info", "partner": partner,
            },
            # A script of the admin adds the counts of blocks.
            "lesson": {
                "problem": text,
                "owner_partner": partner,
                "change_note": f"Version {version}",
                **{f"{name}-count": "0" for name in ("body", "claims", "reusable_as")},
            },
        }[kind]  # fmt: skip
        title = f"Quay {word(slug, version)} closed"
        return {**fields, "title": title, "slug": slug, "summary": f"About {slug}", **own}

    def draft(self):
        """A draft first: its answer names the page."""
        kind, slug = self.new_page()
        path, fields = self.empty_form(kind)
        location = self.browser.post(path, self.filled(kind, fields, slug, 0))
        self.drafts.append((kind, slug, urllib.parse.urlsplit(location).path))
        return self.drafts[-1]

    def edit(self, kind, slug, path):
        """Write a version, hand it in, have it approved. The answer to the vote acknowledges it."""
        version = self.ledger.pages.get(slug, {"tried": 0})["tried"] + 1
        fields = self.browser.form(path, "slug")
        form = self.filled(kind, fields, slug, version)
        self.ledger.tried(slug, kind, version)
        # What was cut short before is in review already; a saved draft stays in it.
        is_waiting = self.review_of(path) is not None
        self.browser.post(path, form if is_waiting else {**form, "action-submit": "action-submit"})
        self.approve(slug, path)
        self.ledger.answered(slug, version)

    def review_of(self, path):
        """Address of the review screen of a page, if it waits for the approver."""
        answer, text = self.approver.get(path)
        found = REVIEW.search(text) if answer.status == 200 else None
        return found[0] if found else None

    def approve(self, slug, path):
        review = self.review_of(path)
        if review is None:
            raise Refused(f"{slug}: it does not wait for its approver")
        self.approver.post(review, {**self.approver.form(review, "seen_hash"), "act": "approve"})


class Reader(Person):
    """Reads without signing in, so that pages are in the cache while they change."""

    pause_after_trouble = 0.2

    def __init__(self, stack, ledger, random, addresses):
        super().__init__(stack, ledger, random)
        self.addresses = addresses
        self.statuses = {}

    def turn(self):
        with self.ledger.lock:
            slugs = list(self.ledger.pages)[-40:]
        paths = ["/en/", "/en/notices/", "/en/browse/", "/en/harbour/", "/sitemap.xml"]
        paths += [self.addresses(self.ledger.pages[slug]["kind"], slug) for slug in slugs]
        answer, _text = self.browser.get(self.random.choice(paths))
        self.statuses[answer.status] = self.statuses.get(answer.status, 0) + 1
        self.stopping.wait(0.15)
