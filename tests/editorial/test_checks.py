"""What the automatic checks refuse, what they advise, and what they leave alone, in many languages."""

import json
import uuid

import pytest
from django.utils.translation import override
from wagtail.documents import get_document_model
from wagtail.models import Locale

from editorial.checks import ADVISE, REFUSE, RULES, Finding, Place, findings, render, rule
from editorial.checks.registry import CHECKS, check
from guides.models import GuidePage
from partners.models.partner import PartnerTheme
from partners.models.service import ContactPhone, CostOption
from tests.editorial.checks_table import row
from tests.factories.content import ImageFactory
from tests.factories.guides import GuidePageFactory
from tests.factories.partners import ContactFactory, PartnerFactory, ServiceFactory
from tests.factories.toolkits import ToolkitPageFactory
from tests.tools import ROOT

pytestmark = pytest.mark.django_db

GOOD = {"summary": "What to bring.", "licence": "CC0-1.0", "slug": "draft", "title": "A draft"}


def block(kind, value):
    return {"type": kind, "value": value, "id": str(uuid.uuid4())}


def guide(*blocks, language="en", model=GuidePage, **fields):
    """A draft in memory, as a form or a revision gives it."""
    page = model(locale=Locale.objects.get(language_code=language), **{**GOOD, **fields})
    page.body = json.dumps([block(*item) if isinstance(item, tuple) else item for item in blocks])
    return page


def text(html, **options):
    return guide(("text", html), **options)


def codes(page, level=None):
    return {f.code for f in findings(page) if level in (None, f.level)}


def found(page, code):
    return [f for f in findings(page) if f.code == code]


@pytest.fixture(autouse=True)
def _languages():
    for code in ("en", "es", "ar", "zh-hans", "vi", "hi", "fr", "ja", "bn", "km", "sv"):
        Locale.objects.get_or_create(language_code=code)


PLAIN = {
    "en": "Bring a photo ID. We call you on Monday, 3 April 2026.",
    "es": "Traiga una identificación. Le llamamos el lunes 3 de abril de 2026.",
    "ar": "أحضر بطاقة هوية. سنتصل بك يوم الاثنين ٣ أبريل ٢٠٢٦.",
    "zh-hans": "请携带身份证。我们将于2026年4月3日给您打电话。",
    "vi": "Hãy mang theo giấy tờ tùy thân. Chúng tôi sẽ gọi cho bạn vào ngày 3 tháng 4 năm 2026.",
    "hi": "फ़ोटो पहचान पत्र लाएँ। हम आपको सोमवार, 3 अप्रैल 2026 को फ़ोन करेंगे।",
    "fr": "Apportez une pièce d’identité. Nous vous appelons le lundi 3 avril 2026 : attendez.",
    "ja": "写真付きの身分証明書をお持ちください。2026年4月3日にお電話します。",
    "bn": "ছবিসহ পরিচয়পত্র আনুন। আমরা সোমবার, ৩ এপ্রিল ২০২৬ ফোন করব।",
    "km": "សូមយកអត្តសញ្ញាណប័ណ្ណមក។ យើងនឹងទូរស័ព្ទទៅអ្នកនៅថ្ងៃចន្ទ។",
}


@pytest.mark.parametrize("language", PLAIN)
def test_correct_text_passes_in_every_language(language):
    page = guide(
        ("heading", {"text": PLAIN[language][:12], "level": "2"}),
        ("text", f"<p>{PLAIN[language]} <b>{PLAIN[language]}</b></p>"),
        language=language,
    )
    assert findings(page) == []


# Links


@pytest.mark.parametrize(
    "href",
    ["https://example.org/a?b=1#c", "https://пример.рф/", "https://例え.jp/道", "http://[2001:db8::1]/",
     "mailto:desk@example.org?subject=Hi", "tel:+12025550123", "tel:911", "https://localhost:3333",
     "https://example.org/%D9%85"],
)  # fmt: skip
def test_well_formed_addresses_pass(href):
    assert findings(text(f'<p>See <a href="{href}">the form</a>.</p>')) == []


@pytest.mark.parametrize(
    "href",
    ["www.example.org", "https://", "https://exa mple.org", "javascript:alert(1)", "ftp://x.org/a",
     "mailto:desk", "tel:+1202", "tel:call-us", "page.html", "https://intranet/x", "http://[::1"],
)  # fmt: skip
def test_malformed_addresses_are_refused(href):
    page = text(f'<p>See <a href="{href}">the form</a>.</p>')
    assert codes(page, REFUSE) == {"address-malformed"}


def test_a_path_of_the_hub_is_better_a_page():
    assert codes(text('<p>See <a href="/en/x/">the form</a>.</p>')) == {"address-within"}


def test_links_to_deleted_things_are_refused_and_to_new_drafts_are_not():
    draft = GuidePageFactory(published=False, title="Later")
    gone = text('<p><a linktype="page" id="99999">The form</a></p>')
    later = text(f'<p><a linktype="page" id="{draft.pk}">The form</a></p>')
    assert codes(gone, REFUSE) == {"target-gone"}
    assert codes(later, REFUSE) == set()
    (finding,) = found(later, "target-unpublished")
    assert finding.params == {
        "text": "The form"
    }  # not the title: it may be another partner's draft
    assert finding.block_id


def test_a_link_to_a_page_that_was_taken_down_is_refused():
    page = GuidePageFactory()
    GuidePage.objects.filter(pk=page.pk).update(live=False)
    assert codes(text(f'<p><a linktype="page" id="{page.pk}">The form</a></p>'), REFUSE) == {
        "page-taken-down"
    }


def test_deleted_documents_and_images_are_refused():
    document = get_document_model().objects.create(title="Form", file="form.pdf")
    value = {"document": document.pk, "title": "Form", "language": "en", "is_template": False}
    assert findings(guide(("download", value))) == []
    document_id = document.pk
    document.delete()
    link = f'<p><a linktype="document" id="{document_id}">Form</a></p>'
    picture = {"image": 99999, "alt": "A map of the valley", "decorative": False}
    page = guide(("download", value), ("text", link), ("image", picture))
    assert len(found(page, "target-gone")) == 3


def test_anchors_lead_to_a_block_or_heading_of_the_page():
    heading = block("heading", {"text": "ما تحتاجه", "level": "2"})
    links = [f"#b-{heading['id']}", "#ما-تحتاجه", f"#b-{uuid.uuid4()}", "#nowhere"]
    html = "".join(f'<p><a href="{link}">اقرأ الشروط</a></p>' for link in links)
    page = guide(heading, ("text", html), language="ar")
    assert {f.params["text"] for f in found(page, "anchor-missing")} == set(links[2:])


def test_an_answer_of_a_decision_leads_somewhere():
    target = block("text", "<p>Yes.</p>")
    answers = [{"text": "Yes", "page": None, "block": target["id"]}]
    assert findings(guide(("decision", {"question": "?", "answers": answers}), target)) == []
    answers[0]["block"] = "gone"
    page = guide(("decision", {"question": "?", "answers": answers}), target)
    assert codes(page, REFUSE) == {"anchor-missing"}


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Click here"), ("en", "https://example.org/a/b"), ("es", "aquí"), ("ar", "اضغط هنا"),
     ("zh-hans", "点击这里"), ("vi", "tại đây"), ("hi", "यहाँ क्लिक करें"), ("ja", "こちら")],
)  # fmt: skip
def test_words_of_a_link_say_something(language, words):
    html = f'<p>{PLAIN[language]} <a href="https://example.org/">{words}</a></p>'
    assert codes(text(html, language=language)) == {"link-text"}


def test_a_link_without_words_is_refused():
    assert codes(text('<p>A <a href="https://example.org/"> </a></p>'), REFUSE) == {"link-empty"}


# Pictures and headings


def test_a_picture_says_what_it_shows():
    image = ImageFactory().pk
    shown = {"image": image, "alt": "The desk on the ground floor", "decorative": False}
    assert findings(guide(("image", shown))) == []
    assert findings(guide(("image", {**shown, "alt": "", "decorative": True}))) == []
    assert codes(guide(("image", {**shown, "alt": " "})), REFUSE) == {"alt-missing"}
    for name in ("IMG_2041", "desk.JPG", "مكتب.png"):
        assert codes(guide(("image", {**shown, "alt": name})), REFUSE) == {"alt-file-name"}


def test_a_picture_in_a_box_is_looked_at_too():
    picture = block("image", {"image": ImageFactory().pk, "alt": "", "decorative": False})
    page = guide(("callout", {"kind": "note", "title": "", "body": [picture]}))
    (finding,) = findings(page)
    assert (finding.code, finding.block_id) == ("alt-missing", picture["id"])


def test_the_image_of_the_page_may_decorate():
    page = guide(image=ImageFactory())
    assert codes(page) == codes(page, ADVISE) == {"alt-page-image"}


def test_headings_do_not_skip_a_level():
    levels = ["2", "3", "4", "2", "4"]
    page = guide(*(("heading", {"text": f"標題 {n}", "level": n}) for n in levels))
    (gap,) = found(page, "heading-gap")
    assert gap.params == {"text": "標題 4", "before": 2, "expected": 3}


def test_the_first_heading_follows_the_title():
    assert codes(guide(("heading", {"text": "Small", "level": "3"}))) == {"heading-gap"}


def test_a_heading_has_words():
    assert codes(guide(("heading", {"text": " ", "level": "2"}))) == {"heading-empty"}


@pytest.mark.parametrize(
    ("line", "is_heading"),
    [("What to bring", True), ("ما تحتاجه", True), ("需要什么", True), ("क्या लाएँ", True),
     ("Bring your card.", False), ("ما تحتاجه؟", False), ("需要什么：", False), ("क्या लाएँ।", False)],
)  # fmt: skip
def test_a_bold_line_is_no_heading(line, is_heading):
    page = text(f"<p><b>{line}</b></p><p>Text.</p>")
    assert (codes(page) == {"heading-bold"}) is is_heading


# Tables, recordings, slots


def table(**options):
    cells = [{"cells": ["<p>Day</p>", "<p>Hours</p>"]}, {"cells": ["<p>Monday</p>", "<p>9</p>"]}]
    return ("table", {"caption": "", "rows": cells, "header_row": True, **options})


def test_a_table_has_headings():
    assert findings(guide(table())) == []
    assert findings(guide(table(header_row=False, header_column=True))) == []
    assert codes(guide(table(header_row=False)), REFUSE) == {"table-header"}


def test_a_video_has_captions_or_a_transcript():
    video = {"url": "https://video.example.org/1", "title": "How", "captions": [], "transcript": ""}
    assert codes(guide(("video", video)), REFUSE) == {"video-captions"}
    assert findings(guide(("video", {**video, "transcript": "<p>First.</p>"}))) == []


def test_an_empty_slot_is_refused():
    empty = {"contact": None, "service": None, "location": None, "note": "Ask for us"}
    assert codes(guide(("contact", empty)), REFUSE) == {"slot-empty"}
    full = {**empty, "contact": ContactFactory().pk}
    assert findings(guide(("contact", full))) == []


def test_a_part_for_members_is_mentioned():
    inner = [block("text", "<p>Ask the desk.</p>")]
    assert codes(guide(("restricted", {"audience": "staff", "body": inner}))) == {
        "restricted-block"
    }


# Numbers, dates, tokens, colours


@pytest.mark.parametrize(
    "number",
    ["+1 202 555 0123", "(202) 555-0123", "+٤٩ ٣٠ ٩٠١٨٢٠", "+84 24 3825 3536", "311", "2026-2027",
     "1 000 000", "ISBN 978-3-16-148410-0", "2+1 000 000 000 000 000"],
)  # fmt: skip
def test_numbers_that_are_good_or_no_phones_pass(number):
    assert findings(text(f"<p>Call or read {number} first.</p>")) == []


@pytest.mark.parametrize("number", ["+1 202 555", "+999 20 123 4567", "+٩٩٩ ٢٠ ١٢٣ ٤٥٦٧"])
def test_numbers_that_cannot_be_dialled_are_refused(number):
    assert codes(text(f"<p>Call {number} first.</p>"), REFUSE) == {"phone-malformed"}


@pytest.mark.parametrize("number", ["+1 730 555 0119", "(730) 555-0119", "٧٣٠-٥٥٥-٠١١٩"])
def test_a_number_of_a_record_is_named(number, settings):
    settings.HUB_PHONE_REGION = "US"
    contact = ContactFactory()
    ContactPhone.objects.create(contact=contact, number="+17305550119")
    assert codes(text(f"<p>Call {number} first.</p>")) == {"phone-in-record"}


@pytest.mark.parametrize("date", ["03/04/2026", "3-4-2026", "०३/०४/२०२६"])
def test_a_date_that_can_be_two_days_is_refused_in_languages_with_both_orders(date):
    assert codes(text(f"<p>Apply by {date}.</p>"), REFUSE) == {"date-ambiguous"}


@pytest.mark.parametrize(
    ("language", "date"), [("ar", "٠٣/٠٤/٢٠٢٦"), ("vi", "03/04/2026"), ("hi", "०३/०४/२०२६")]
)
def test_in_other_languages_it_is_advice(language, date):
    page = text(f"<p>{PLAIN[language]} {date}</p>", language=language)
    assert codes(page) == codes(page, ADVISE) == {"date-numeric"}


def test_pages_for_staff_may_show_such_a_date():
    page = ToolkitPageFactory.build(locale=Locale.get_default(), **GOOD)
    page.body = json.dumps([block("text", "<p>Never write 03/04/2026.</p>")])
    assert codes(page) == {"date-numeric"}


@pytest.mark.parametrize(
    "date", ["25/12/2026", "04/04/2026", "2026-04-03", "3.4.2026", "1/2", "and/or", "24/7",
             "https://example.org/03/04/2026/"],
)  # fmt: skip
def test_dates_of_one_meaning_pass(date):
    assert codes(text(f"<p>See {date} there.</p>"), REFUSE) == set()


def test_tokens_name_a_fact_of_a_record():
    contact = ContactFactory(slug="housing-desk")
    ContactPhone.objects.create(contact=contact, number="+17305550119", key="main")
    service = ServiceFactory(slug="bus-pass")
    CostOption.objects.create(service=service, key="adult", amount=25)
    good = "{{phone:housing-desk.main}} {{fee:bus-pass.adult}} {{ template }} <code>{{a:b}}</code>"
    assert findings(text(f"<p>{good}</p>")) == []
    bad = "{{phone:housing-desk.fax}} {{fee:gone.adult}} {{hours:bus-pass.x}} {{fee:bus pass}}"
    page = text(f"<p>اتصل {bad}</p>", language="ar")
    assert len(found(page, "token-unknown")) == 2
    assert codes(page, REFUSE) == {"token-unknown", "token-kind", "token-malformed"}


def test_colours_of_a_text_can_be_read():
    assert codes(text('<p><b style="color:#999">Note</b> this.</p>'), REFUSE) == {"contrast-low"}
    assert codes(text('<p><b style="color:#333">Note</b> this.</p>')) == {"inline-style"}


def test_a_colour_of_a_partner_is_repaired_not_refused():
    partner = PartnerFactory()
    PartnerTheme.objects.create(partner=partner, brand="#ffdd00")
    assert codes(partner) == codes(partner, ADVISE) == {"theme-repaired"}


# The page itself


def test_what_a_page_lacks():
    page = guide(title="T" * 70, summary="", licence="")
    assert (
        codes(page) == codes(page, ADVISE) == {"title-long", "summary-missing", "licence-missing"}
    )


def test_a_chinese_title_is_measured_by_its_width():
    assert codes(guide(title="登" * 40, language="zh-hans")) == {"title-long"}
    assert codes(guide(title="क्षे" * 30, language="hi")) == set()


def test_a_change_of_meaning_is_explained_once_readers_know_the_page():
    page = GuidePageFactory(summary="What to bring.", licence="CC0-1.0")
    assert codes(page) == set()
    page.title = "Other words"
    draft = page.save_revision(changed=True).as_object()
    assert codes(draft, REFUSE) == {"change-note-missing"}
    draft.change_note = "The fee is now 25."
    assert codes(draft) == set()
    draft.change_note, draft.change_kind = "", "minor"
    assert codes(draft) == set()


def test_text_in_another_script_than_declared_is_noticed():
    page = text(f"<p>{PLAIN['en']}</p>", language="ar")
    assert codes(page) == {"language-other"}


def test_what_a_translation_shares_with_its_source_is_advice():
    source = GuidePageFactory()
    page = guide(("heading", {"text": "Pequeño", "level": "3"}), language="es")
    page.translation_key, page.pk = source.translation_key, source.pk + 1
    assert codes(page) == codes(page, ADVISE) == {"heading-gap"}


# Reading


def test_long_sentences_are_counted_in_the_way_of_the_script():
    english = text(f"<p>{'word ' * 26}.</p>")
    assert found(english, "sentence-long")[0].params["count"] == 26
    hindi = text(f"<p>{'शब्द ' * 20}। {'शब्द ' * 20}।</p>", language="hi")
    assert codes(hindi) == set()
    assert codes(text(f"<p>{'شباك ' * 30}.</p>", language="ar")) == {"sentence-long"}
    assert codes(text(f"<p>{'âm tiết ' * 18}.</p>", language="vi")) == set()
    assert codes(text(f"<p>{'字' * 61}。</p>", language="zh-hans")) == {"sentence-long-characters"}
    assert codes(text(f"<p>{'字' * 40}。{'字' * 40}。</p>", language="zh-hans")) == set()
    assert codes(text(f"<p>{'អក្សរ' * 60}</p>", language="km")) == set()


@pytest.mark.parametrize(
    ("language", "easy", "hard", "code"),
    [
        ("en", "The cat sat on the mat.", "Municipal eligibility determinations require substantial documentation.", "reading-grade"),
        ("es", "El gato está en la casa.", "Determinadas administraciones municipales requieren documentación acreditativa.", "reading-ease"),
        ("sv", "Katten är i huset.", "Kommunala myndigheter kräver omfattande dokumentation.", "reading-lix"),
    ],
)  # fmt: skip
def test_hard_texts_are_told_from_easy_ones(language, easy, hard, code):
    assert codes(text(f"<p>{(easy + ' ') * 25}</p>", language=language)) == set()
    assert codes(text(f"<p>{(hard + ' ') * 25}</p>", language=language)) == {code}


@pytest.mark.parametrize("language", ["ar", "fr", "hi", "ja", "zh-hans", "vi", "km"])
def test_no_grade_is_made_up_for_languages_without_a_measure(language):
    page = text(f"<p>{(PLAIN[language] + ' ') * 30}</p>", language=language)
    assert findings(page) == []


def test_grades_follow_the_published_table():
    from editorial.checks.reading import grade_of, lix, syllables_of

    assert [grade_of(value) for value in (9, 39, 40, 55, 56)] == [1, 8, 9, 12, 13]
    assert lix(["seven77", "letters", "is", "long"], 2) == 2 + 25
    words = {"día": 2, "ciudad": 2, "guerra": 2, "leer": 2, "aéreo": 4, "averiguar": 4, "y": 1}
    assert {word: syllables_of(word) for word in words} == words


# What is kept and shown


def test_a_kept_finding_is_read_in_the_readers_language():
    (finding,) = findings(guide(("heading", {"text": "Small", "level": "3"})))
    row = json.loads(json.dumps(finding.to_json()))
    assert "Small" in render(row)["message"]
    assert render(row)["anchor"] == f"block-{finding.block_id}-section"
    with override("es"):
        assert "Small" in render(row)["message"]


def test_a_finding_of_a_rule_that_is_gone_still_shows():
    shown = render({"code": "old-rule", "level": "advise", "params": {"x": 1}})
    assert shown["message"] == "old-rule"
    assert render({"code": "heading-gap", "level": "refuse", "params": {"y": 1}})["message"]


def test_a_rule_can_be_switched_off(settings):
    settings.HUB_CHECKS_OFF = ["licence-missing"]
    assert codes(guide(licence="")) == set()


def test_a_check_is_one_function():
    shouting = rule("title-shouting", ADVISE, "The title is in capitals.", source="House style")

    @check
    def calm_titles(material):
        if material.obj.title.isupper():
            yield shouting.at(Place("title"))

    try:
        assert codes(guide(title="HELP")) == {"title-shouting"}
    finally:
        CHECKS.remove(calm_titles)
        del RULES["title-shouting"]


def test_a_kind_may_know_what_it_lacks(monkeypatch):
    own = Finding("summary-missing", ADVISE)
    monkeypatch.setattr(GuidePage, "content_findings", lambda page: [own], raising=False)
    assert findings(guide()) == [own]


def test_a_revision_is_read_as_it_was_saved():
    page = GuidePageFactory(licence="CC0-1.0", summary="Short.")
    page.licence, page.change_kind = "", "minor"
    revision = page.save_revision()
    page.licence = "MIT"
    assert {f.code for f in findings(page, revision)} == {"licence-missing"}


def test_the_documentation_lists_every_rule():
    lines = (ROOT / "docs/checks.md").read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines[lines.index("## Rules") :] if line.startswith("| `")]
    with override("en"):
        assert rows == [row(RULES[code]) for code in sorted(RULES)]
