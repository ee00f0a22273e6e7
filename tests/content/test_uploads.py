"""A file that is not what it says, or may harm, is refused or made harmless on every way in."""

import io
import json
import struct
import zipfile
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image as PillowImage
from wagtail.models import Collection

from content.models import HubDocument, HubImage
from content.uploads import UploadRefusedError, check_document
from tests import actors

pytestmark = pytest.mark.django_db

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
PDF = b"%PDF-1.4\n1 0 obj << /Type /Catalog >> endobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"


def zipped(**members):
    return zipped_names({name.replace("__", "/"): body for name, body in members.items()})


def zipped_names(members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return buffer.getvalue()


HOSTILE = {
    "eicar": ("test.txt", EICAR),
    "html named pdf": ("page.pdf", b"<!doctype html><script>alert(1)</script>"),
    "html named csv": ("table.csv", b"\xef\xbb\xbf  <HTML><script>alert(1)</script>"),
    "svg named txt": ("note.txt", b"<svg onload=alert(1)>"),
    "program named txt": ("note.txt", b"MZ\x90\x00\x03\x00\x00\x00"),
    "zip bomb": ("bomb.zip", zipped_names({"zeros.txt": b"\0" * 20_000_000})),
    "zip slip": ("slip.zip", zipped_names({"../../etc/cron.d/x": b"x"})),
    "zip slip with backslashes": ("slip.zip", zipped_names({"..\\..\\x": b"x"})),
    "zip with absolute path": ("slip.zip", zipped_names({"/etc/passwd": b"x"})),
    "zip with thousands of files": ("many.zip", zipped_names(dict.fromkeys(map(str, range(2100)), b""))),
    "program in zip": ("tool.zip", zipped_names({"a/setup.EXE": b"MZ"})),
    "macros in docx": (
        "letter.docx",
        zipped_names({"word/document.xml": b"<w/>", "word/vbaProject.bin": b"\xd0\xcf"}),
    ),
    "macros in odt": (
        "letter.odt",
        zipped_names({"content.xml": b"<o/>", "Basic/script-lc.xml": b"<x/>"}),
    ),
    "zip named docx": ("letter.docx", zipped_names({"readme.txt": b"hello"})),
    "text named xlsx": ("table.xlsx", b"a,b\n1,2\n"),
    "empty": ("empty.txt", b""),
    "pdf with javascript": ("form.pdf", PDF.replace(b"/Catalog", b"/Catalog /OpenAction << /S /JavaScript /JS (app.alert(1)) >>")),
    "pdf with hidden javascript": ("form.pdf", PDF.replace(b"/Catalog", b"/Catalog /OpenAction << /S /J#61vaScript /JS (x) >>")),
    "pdf that starts programs": ("form.pdf", PDF.replace(b"/Catalog", b"/Catalog /AA << /S /Launch >>")),
    "program by its name": ("setup.exe", b"MZ\x90"),
    "page by its name": ("page.html", b"<p>hello</p>"),
    "svg by its name": ("logo.svg", b"<svg/>"),
    "two names": ("report.pdf.html", b"%PDF-1.4"),
}  # fmt: skip
GOOD = {
    "csv": ("table.csv", "name,amount\nالإيجار,12\n".encode()),
    "txt": ("note.txt", b"plain words < and > signs"),
    "pdf": ("form.pdf", PDF),
    "vtt": ("captions.vtt", b"WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n"),
    "srt": ("captions.srt", b"1\n00:00:00,000 --> 00:00:01,000\nHello\n"),
    "rtf": ("letter.rtf", rb"{\rtf1 Hello}"),
    "zip": ("forms.zip", zipped_names({"forms/a.txt": b"hello", "forms/b.pdf": PDF})),
    "docx": (
        "letter.docx",
        zipped_names({"[Content_Types].xml": b"<t/>", "word/document.xml": b"<w/>"}),
    ),
    "odt": ("letter.odt", zipped_names({"mimetype": b"x", "content.xml": b"<o/>"})),
    "a name in another script": ("نموذج.pdf", PDF),
}


def root():
    return Collection.get_first_root_node().pk


def by_form(client, name, body):
    file = SimpleUploadedFile(name, body)
    data = {"title": "File", "file": file, "collection": root(), "tags": "", "language": ""}
    client.post(reverse("wagtaildocs:add"), data)


def by_many(client, name, body):
    response = client.post(
        reverse("wagtaildocs:add_multiple"),
        {"title": "File", "files[]": SimpleUploadedFile(name, body), "collection": root()},
    )
    assert response.status_code == 200
    return json.loads(response.content)


def by_chooser(client, name, body):
    prefix = "document-chooser-upload"
    file = SimpleUploadedFile(name, body)
    data = {f"{prefix}-title": "File", f"{prefix}-file": file, f"{prefix}-collection": root()}
    client.post(reverse("wagtaildocs_chooser:create"), data)


@pytest.fixture
def client():
    return actors.hub_admin()


WAYS = pytest.mark.parametrize("way", [by_form, by_many, by_chooser])


class TestDocuments:
    @WAYS
    @pytest.mark.parametrize("name", HOSTILE)
    def test_a_hostile_file_is_refused(self, client, way, name):
        way(client, *HOSTILE[name])
        assert not HubDocument.objects.exists()

    @WAYS
    def test_a_file_too_large_is_refused(self, client, way, monkeypatch):
        from wagtail.documents.fields import WagtailDocumentField

        fits = WagtailDocumentField.check_document_file_size
        monkeypatch.setattr(
            WagtailDocumentField,
            "check_document_file_size",
            lambda field, file: (setattr(field, "max_upload_size", 100), fits(field, file)),
        )
        way(client, "note.txt", b"x" * 101)
        assert not HubDocument.objects.exists()
        way(client, "note.txt", b"x" * 100)
        assert HubDocument.objects.exists()

    def test_the_limit_of_the_settings_is_wagtails(self, settings):
        from wagtail.documents.fields import WagtailDocumentField

        limit = settings.MAX_UPLOAD_SIZE
        assert WagtailDocumentField().max_upload_size == limit
        assert limit == settings.WAGTAILIMAGES_MAX_UPLOAD_SIZE

    @WAYS
    @pytest.mark.parametrize("name", GOOD)
    def test_a_good_file_goes_in(self, client, way, name):
        way(client, *GOOD[name])
        assert HubDocument.objects.count() == 1

    @WAYS
    def test_a_name_that_reads_backwards_loses_its_trick(self, client, way):
        way(client, "invoice\u202efdp.txt", b"plain words")
        for document in HubDocument.objects.all():
            assert "\u202e" not in document.filename

    def test_a_name_with_invisible_characters_is_refused_by_the_check(self):
        with pytest.raises(UploadRefusedError):
            check_document("invoice\u202efdp.txt", io.BytesIO(b"words"))
        with pytest.raises(UploadRefusedError):
            check_document("a\x00.txt", io.BytesIO(b"words"))

    def test_many_uploads_say_what_is_wrong(self, client):
        answer = by_many(client, *HOSTILE["zip slip"])
        assert answer["success"] is False
        assert "out of it" in answer["error_message"]

    def test_a_hostile_file_does_not_replace_a_good_one(self, client):
        by_form(client, *GOOD["pdf"])
        document = HubDocument.objects.get()
        file = SimpleUploadedFile(*HOSTILE["html named pdf"])
        client.post(
            reverse("wagtaildocs:edit", args=[document.pk]),
            {"title": "File", "file": file, "collection": root(), "tags": "", "language": ""},
        )
        document.refresh_from_db()
        with document.file.open("rb") as stored:
            assert stored.read() == PDF

    @pytest.mark.parametrize("name", ["csv", "pdf", "zip"])
    def test_a_document_is_served_as_a_download_that_can_run_nothing(
        self, client, name, settings, tmp_path
    ):
        settings.MEDIA_ROOT = tmp_path
        files = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
        settings.STORAGES = settings.STORAGES | {"default": files}
        by_form(client, *GOOD[name])
        document = HubDocument.objects.get()
        response = actors.signed_in(actors.person()).get(document.url)
        assert response.status_code == 200
        assert response.headers["Content-Disposition"].startswith("attachment")
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"

    def test_an_editor_of_a_partner_meets_the_same_check(self):
        from partners.services import collection_of
        from tests.factories.partners import PartnerFactory

        partner = PartnerFactory()
        editor = actors.editor(partner)
        for (name, body), wanted in [(HOSTILE["zip slip"], 0), (GOOD["pdf"], 1)]:
            data = {"title": "x", "file": SimpleUploadedFile(name, body), "language": ""}
            data |= {"collection": collection_of(partner).pk, "tags": ""}
            editor.post(reverse("wagtaildocs:add"), data)
            assert HubDocument.objects.count() == wanted


def png(width, height):
    """A picture of one colour: large in pixels, small in bytes."""

    def chunk(kind, body):
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    row = b"\0" + b"\0" * ((width + 7) // 8)
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        [chunk(b"IHDR", header), chunk(b"IDAT", packed), chunk(b"IEND", b"")]
    )


def gif(frames, size):
    buffer = io.BytesIO()
    pictures = [PillowImage.new("P", (size, size), number % 250) for number in range(frames)]
    pictures[0].save(buffer, "GIF", save_all=True, append_images=pictures[1:], optimize=False)
    return buffer.getvalue()


def image_by_form(client, name, body):
    data = {"title": "Image", "collection": root(), "tags": "", "credit": "", "description": ""}
    client.post(reverse("wagtailimages:add"), data | {"file": SimpleUploadedFile(name, body)})


def image_by_many(client, name, body):
    client.post(
        reverse("wagtailimages:add_multiple"),
        {"title": "Image", "files[]": SimpleUploadedFile(name, body), "collection": root()},
    )


def image_by_chooser(client, name, body):
    prefix = "image-chooser-upload"
    data = {f"{prefix}-title": "Image", f"{prefix}-collection": root()}
    data[f"{prefix}-file"] = SimpleUploadedFile(name, body)
    client.post(reverse("wagtailimages_chooser:create"), data)


class TestImages:
    ways = pytest.mark.parametrize("way", [image_by_form, image_by_many, image_by_chooser])

    @ways
    @pytest.mark.parametrize("name", ["logo.svg", "logo.png", "logo.jpg"])
    def test_a_drawing_with_scripts_is_refused_under_any_name(self, client, way, name):
        way(
            client, name, b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
        )
        assert not HubImage.objects.exists()

    @ways
    def test_forty_one_megapixels_are_refused(self, client, way):
        way(client, "large.png", png(8200, 5000))
        assert not HubImage.objects.exists()

    @ways
    def test_two_thousand_frames_are_refused(self, client, way):
        way(client, "film.gif", gif(2000, 150))
        assert not HubImage.objects.exists()

    @ways
    def test_a_plain_picture_goes_in(self, client, way):
        way(client, "photo.png", png(40, 30))
        image = HubImage.objects.get()
        assert (image.width, image.height) == (40, 30)


class TestMedia:
    @pytest.fixture
    def media(self, settings, tmp_path):
        settings.MEDIA_ROOT = tmp_path
        for name in ("images/a.png", "original_images/a.png", "documents/secret.pdf", "top.txt"):
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_bytes(b"bytes of " + name.encode())
        (tmp_path / "images" / "deep").mkdir()
        return tmp_path

    def test_a_rendition_is_served_and_can_run_nothing(self, media):
        response = actors.Client().get("/media/images/a.png")
        assert b"".join(response.streaming_content) == b"bytes of images/a.png"
        assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert "immutable" in response.headers["Cache-Control"]

    @pytest.mark.parametrize(
        "path",
        [
            "original_images/a.png",
            "documents/secret.pdf",
            "top.txt",
            "images/",
            "images/deep",
            "images/none.png",
            "images/../original_images/a.png",
            "images/../documents/secret.pdf",
            "images/%2e%2e/documents/secret.pdf",
            "images/deep/../../documents/secret.pdf",
            "images//etc/passwd",
            "/etc/passwd",
            "../../etc/passwd",
            "images/" + "a" * 5000,
        ],
    )
    def test_nothing_else_has_an_address(self, media, path):
        response = actors.Client().get(f"/media/{path}")
        assert response.status_code == 404

    def test_a_link_out_of_the_folder_leads_nowhere(self, media):
        (media / "images" / "link.png").symlink_to(media / "documents" / "secret.pdf")
        assert actors.Client().get("/media/images/link.png").status_code == 404
