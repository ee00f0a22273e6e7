"""Writes the downloads of the demo: a letter to fill in, a rota and caption files.

The letter is an Office Open XML document (ISO/IEC 29500) made of its three smallest parts. Dates in
the archive are fixed, so that the same call gives the same bytes.
"""

import zipfile
from io import BytesIO
from xml.sax.saxutils import escape

FIXED_DATE = (2024, 1, 1, 0, 0, 0)

CONTENT_TYPES = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>
</Types>"""
RELATIONS = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>
</Relationships>"""

LETTER = (
    "[Date]",
    "Dear [name of your landlord],",
    "I rent [address]. I am writing because I cannot pay the full rent for [month].",
    "I have applied for Rent Bridge at the Wrenford Housing Office. If they say yes, they pay you "
    "directly. They will call you within five working days.",
    "Until then I can pay [amount] on [day].",
    "Please answer me in writing at [phone or e-mail].",
    "Thank you.",
    "[Your name]",
)
ROTA = (
    ("Week", "Evening", "Experienced", "New", "Key"),
    ("1", "Tuesday", "", "", ""),
    ("2", "Tuesday", "", "", ""),
    ("3", "Tuesday", "", "", ""),
    ("4", "Tuesday", "", "", ""),
)
CAPTIONS = {
    "captions-en": (
        "A lease is a promise between two people.",
        "Look for three things first: how much, until when, and who repairs what.",
        "If a line is not clear, ask before you sign.",
        "You may take the paper home for a day.",
    ),
    "captions-es": (
        "Un contrato de alquiler es una promesa entre dos personas.",
        "Busque primero tres cosas: cuánto, hasta cuándo y quién repara qué.",
        "Si una línea no está clara, pregunte antes de firmar.",
        "Puede llevarse el papel a casa por un día.",
    ),
}
SECONDS_PER_CAPTION = 6


def write(name: str) -> bytes:
    """Return the bytes of a document of the demo."""
    if name == "letter-template":
        return _docx(LETTER)
    if name == "desk-rota":
        return "".join(",".join(row) + "\r\n" for row in ROTA).encode()
    return _vtt(CAPTIONS[name])


def _docx(paragraphs: tuple[str, ...]) -> bytes:
    body = "".join(
        f'<w:p><w:pPr><w:spacing w:after="200"/></w:pPr><w:r><w:rPr><w:lang w:val="en-US"/>'
        f'<w:sz w:val="24"/></w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'
        for text in paragraphs
    )
    document = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        f"<w:body>{body}</w:body></w:document>"
    )
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in (
            ("[Content_Types].xml", CONTENT_TYPES),
            ("_rels/.rels", RELATIONS),
            ("word/document.xml", document),
        ):
            archive.writestr(zipfile.ZipInfo(path, FIXED_DATE), text, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _vtt(lines: tuple[str, ...]) -> bytes:
    cues = [
        f"00:00:{number * SECONDS_PER_CAPTION:02}.000 --> "
        f"00:00:{(number + 1) * SECONDS_PER_CAPTION - 1:02}.000\n{line}\n"
        for number, line in enumerate(lines)
    ]
    return ("WEBVTT\n\n" + "\n".join(cues)).encode()
