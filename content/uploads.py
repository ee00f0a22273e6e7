"""Judges an uploaded document by its bytes.

Sources: OWASP File Upload Cheat Sheet (type by signature, size of archives), EICAR's published test
string. What passes is still served as an attachment under a policy that lets nothing run.
"""

import re
import zipfile
from typing import IO

from django.utils.translation import gettext as _

SNIFF_BYTES = 8192
MAX_ARCHIVE_BYTES = 200 * 1024 * 1024
MAX_ARCHIVE_MEMBERS = 2000
MAX_ARCHIVE_RATIO = 200
EICAR = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"
MARKUP = (b"<!doctype html", b"<html", b"<script", b"<svg", b"<?xml", b"<iframe", b"<body")
MACRO_PARTS = ("vbaproject.bin", "/macros/", "basic/script")
SIGNATURES: dict[str, tuple[bytes, ...]] = {
    "pdf": (b"%PDF-",),
    "rtf": (b"{\\rtf",),
    "vtt": (b"WEBVTT", b"\xef\xbb\xbfWEBVTT"),
}
ZIPPED = {"docx", "odp", "ods", "odt", "pptx", "xlsx", "zip"}
PLAIN = {"csv", "srt", "txt", "vtt"}
PDF_ESCAPE = re.compile(rb"#([0-9a-fA-F]{2})")  # a letter of a name, ISO 32000-1 §7.3.5
MAX_FRAMES = 300
BIDI_CONTROLS = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")


class UploadRefusedError(ValueError):
    """The file is not what it says, or may harm; the message is meant for the uploader."""


def check_document(name: str, file: IO[bytes]) -> None:
    """Raise ``UploadRefusedError`` unless ``file`` really is what the extension of ``name`` says."""
    if BIDI_CONTROLS & set(name) or "\x00" in name:
        raise UploadRefusedError(
            _("The file name holds invisible characters. Please rename the file.")
        )
    extension = name.rsplit(".", 1)[-1].lower()
    file.seek(0)
    head = file.read(SNIFF_BYTES)
    file.seek(0)
    if not head:
        raise UploadRefusedError(_("The file is empty."))
    if EICAR in head:
        raise UploadRefusedError(_("The file is known as harmful."))
    wanted = SIGNATURES.get(extension)
    if wanted and not head.startswith(wanted):
        raise UploadRefusedError(_mismatch(extension))
    if extension in ZIPPED:
        _check_archive(extension, file)
        file.seek(0)
    if extension in PLAIN:
        _check_plain(extension, head)
    if extension == "pdf":
        _check_pdf(file)
        file.seek(0)


def _mismatch(extension: str) -> str:
    return _("The content of the file is not of the type “%(type)s” that its name says.") % {
        "type": extension
    }


def _check_plain(extension: str, head: bytes) -> None:
    if b"\x00" in head or head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(MARKUP):
        raise UploadRefusedError(_mismatch(extension))


def _check_pdf(file: IO[bytes]) -> None:
    file.seek(0)
    tail = b""
    while chunk := file.read(1024 * 1024):
        seen = PDF_ESCAPE.sub(lambda found: bytes.fromhex(found[1].decode()), tail + chunk).lower()
        if b"/javascript" in seen or b"/launch" in seen or b"<script" in seen or EICAR in seen:
            raise UploadRefusedError(_("The PDF holds scripts. Please save it without them."))
        tail = chunk[-64:]


def _check_archive(extension: str, file: IO[bytes]) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            names = [member.filename for member in members]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise UploadRefusedError(_mismatch(extension)) from error
    packed = sum(member.compress_size for member in members) or 1
    unpacked = sum(member.file_size for member in members)
    if (
        len(members) > MAX_ARCHIVE_MEMBERS
        or unpacked > MAX_ARCHIVE_BYTES
        or unpacked / packed > MAX_ARCHIVE_RATIO
    ):
        raise UploadRefusedError(_("The file unpacks to more than this hub accepts."))
    if any(name.startswith("/") or ".." in name.replace("\\", "/").split("/") for name in names):
        raise UploadRefusedError(_("The archive holds paths that lead out of it."))
    if any(part in name.lower() for name in names for part in MACRO_PARTS):
        raise UploadRefusedError(_("The file holds macros. Please save it without them."))
    expected = {
        "docx": "word/", "xlsx": "xl/", "pptx": "ppt/",
        "odt": "content.xml", "ods": "content.xml", "odp": "content.xml",
    }.get(extension)  # fmt: skip
    if expected and not any(name.startswith(expected) for name in names):
        raise UploadRefusedError(_mismatch(extension))
    harmful = (
        ".exe",
        ".dll",
        ".js",
        ".vbs",
        ".bat",
        ".cmd",
        ".scr",
        ".html",
        ".htm",
        ".svg",
        ".php",
    )
    if extension == "zip" and any(name.lower().endswith(harmful) for name in names):
        raise UploadRefusedError(_("The archive holds files that may run."))


def check_image(file: IO[bytes]) -> None:
    """Raise ``UploadRefusedError`` for an animation of very many frames; Wagtail counts only one.

    Only GIF repeats whole frames in a few bytes. Blocks are skipped, never unpacked.
    """
    file.seek(0)
    header = file.read(13)
    if header.startswith((b"GIF87a", b"GIF89a")) and len(header) == 13:
        _skip_colours(file, header[10])
        frames = 0
        while frames <= MAX_FRAMES and (kind := file.read(1)) in (b"!", b","):
            frames += kind == b","
            _skip_gif_block(file, kind)
        if frames > MAX_FRAMES:
            raise UploadRefusedError(_("The image has too many frames."))
    file.seek(0)


def _skip_gif_block(file: IO[bytes], kind: bytes) -> None:
    if kind == b",":
        descriptor = file.read(9)
        _skip_colours(file, descriptor[-1] if descriptor else 0)
    file.seek(1, 1)  # label of the extension, or code size of the picture
    while size := file.read(1):
        if size == b"\0":
            break
        file.seek(size[0], 1)


def _skip_colours(file: IO[bytes], flags: int) -> None:
    if flags & 0x80:
        file.seek(3 * 2 ** ((flags & 7) + 1), 1)
