"""What tests of backup and restore do inside an instance; started by ``tests.instances``."""

import hashlib
import io
from pathlib import Path
from random import Random

from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from PIL import Image

PAGES = 60
chance = Random()  # noqa: S311  no secret


def fill(files):
    """Languages, home pages, sixty published pages, images with renditions, documents, jobs."""
    from content.jobs.services import enqueue
    from content.models import HubDocument, HubImage, Job
    from hub.models import HomePage, InfoPage
    from hub.services import set_up
    from tests.conftest import make_base_rows
    from tests.publishing import as_setup

    make_base_rows()
    set_up(username="admin", email="admin@example.org")
    home = HomePage.objects.get(locale__language_code="en")
    for number in range(PAGES):
        page = InfoPage(title=f"Page {number} çåß 中文", slug=f"page-{number}", purpose="about")
        with transaction.atomic(), as_setup():
            home.add_child(instance=page)
            page.save_revision().publish()
    for number in range(int(files)):
        HubDocument.objects.create(title=f"Document {number}", file=_text_file(number))
    for number in range(4):
        image = HubImage.objects.create(title=f"Image {number}", file=_picture(number))
        image.get_rendition("width-20")
    reader().get("/en/")
    Job.objects.all().delete()
    running = enqueue("content.clean_up")
    Job.objects.filter(pk=running).update(state="running", attempts=8)
    return running


def reader(**options):
    return Client(headers={"host": "localhost"}, **options)


def _text_file(number):
    text = f"Text {number} ".encode() * chance.randint(100, 5000)
    return ContentFile(text, name=f"text-{number}.txt")


def _picture(number):
    file = io.BytesIO()
    Image.new("RGB", (200, 100), (number * 50, 99, 200)).save(file, "PNG")
    return ContentFile(file.getvalue(), name=f"picture-{number}.png")


def write(stop):
    """Upload, replace, delete and publish until the file ``stop`` appears; count what was done."""
    from content.jobs.runner import run_next
    from content.models import HubDocument
    from hub.models import HomePage, InfoPage
    from tests.publishing import as_setup

    # In the other language: the frame of the pages that are compared stays as it is.
    home = HomePage.objects.get(locale__language_code="es")
    done = {"uploaded": 0, "deleted": 0, "replaced": 0, "published": 0}
    mine = []
    while not Path(stop).exists():
        name = chance.randint(0, 9)  # few names, so that they are taken again
        document = HubDocument(title="Busy", file=_text_file(f"busy-{name}"))
        document.save()
        mine.append(document)
        done["uploaded"] += 1
        if len(mine) > 8:
            mine.pop(chance.randrange(8)).delete()
            done["deleted"] += 1
        replaced = chance.choice(mine)
        old = replaced.file.name
        with transaction.atomic():  # as the form of Wagtail does
            replaced.file = _text_file(f"busy-{name}")
            replaced.save()
            replaced.file.storage.delete(old)
        done["replaced"] += 1
        page = InfoPage(title="Busy", slug=f"busy-{done['published']}", purpose="about")
        with transaction.atomic(), as_setup():
            home.add_child(instance=page)
            page.save_revision().publish()
        home.refresh_from_db()
        done["published"] += 1
        while run_next():
            pass
    return done


def look():
    """What a reader gets, every upload, and what a restore has left to itself."""
    from content.models import Job, Milestone

    job = Job.objects.filter(kind="content.clean_up").values_list("state", "attempts", "token")
    milestone = Milestone.objects.filter(name="restore").first()
    return {
        "answers": _answers(),
        "media": _media(),
        "wrong": _wrong_uploads(),
        "job": list(job.order_by("pk").first() or ()),
        "restore": milestone and milestone.data,
    }


def _answers():
    from content.models import HubDocument
    from hub.models import InfoPage

    pages = InfoPage.objects.live().filter(title__startswith="Page").order_by("pk")
    documents = HubDocument.objects.filter(title__startswith="Document")
    client = reader()
    answers = {}
    for url in [*(page.url for page in pages), *(document.url for document in documents)]:
        response = client.get(url)
        answers[url] = [response.status_code, hashlib.sha256(response.getvalue()).hexdigest()]
    return answers


def _media():
    from django.conf import settings

    root = Path(settings.MEDIA_ROOT)
    found = {}
    for path in root.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            found[path.relative_to(root).as_posix()] = hashlib.sha256(content).hexdigest()
    return found


def _wrong_uploads():
    """Documents and images whose file is missing or is not the one that the row means."""
    from content.models import HubDocument, HubImage

    wrong = []
    for row in [*HubDocument.objects.all(), *HubImage.objects.all()]:
        try:
            content = row.file.read()
        except FileNotFoundError:
            wrong.append(f"{row.file.name} is missing")
            continue
        if row.file_hash and _sha1(content) != row.file_hash:
            wrong.append(f"{row.file.name} is another file")
    return wrong


def _sha1(content):
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()


def restore_each(folder):
    """Try to restore each backup in a folder; return what was said."""
    return {backup.name: _refusal("restore", backup) for backup in sorted(Path(folder).iterdir())}


def visit(backup):
    """What an instance says whose restore was killed: to readers, staff, probes and operators."""
    client = reader(raise_request_exception=False)
    answers = {}
    for path in ("/en/", "/es/", "/admin/", "/-/live", "/-/ready"):
        answer = client.get(path)
        text = answer.content.decode()
        answers[path] = [answer.status_code, text, answer.headers.get("Retry-After")]
    answers["backup"] = _refusal("backup", Path(backup).parent)
    answers["restore"] = _refusal("restore", backup)
    return answers


def _refusal(*command):
    try:
        call_command(*command, stdout=io.StringIO())
    except CommandError as refusal:
        return f"{refusal.returncode} {refusal}"
    return "done"
