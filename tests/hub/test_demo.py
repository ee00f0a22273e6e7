"""The demo: complete, true to its sources in every language, loaded once, and only where it may be."""

from itertools import product

import pytest
from django.core.management import CommandError, call_command
from django.db import models, transaction
from wagtail.blocks import ListBlock, RichTextBlock, StreamBlock, StructBlock
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page, Revision
from wagtail_localize.fields import TranslatableField

from content.blocks.fields import FactMixin
from content.models import AuditEvent, BasePage, PageFacts, SharedTextBody, User
from content.publication import Road
from content.story import story_fields
from editorial.checks import REFUSE, findings
from editorial.models import (
    ApprovalVote,
    EmergencyPublication,
    FactCheckRequest,
    Notification,
    ReviewSchedule,
)
from editorial.services.votes import vote
from hub.demo import data, loader
from hub.demo.signin import PASSWORD
from lessons.models import CaseStudyPage
from partners.eligibility import NONE_OF_THESE, OUTCOMES, UNKNOWN, evaluate
from partners.models import (
    Contact,
    Location,
    Membership,
    Partner,
    PartnerText,
    Service,
    ServiceText,
)
from partners.services import group_name
from training.blocks import UnitStoryBlock

FOUR = {"en", "es", "ar", "zh-hans"}
SIX = FOUR | {"fr", "vi"}
WAITING = ("high-water", "bulky-waste", "mill-row", "boil-water")
KINDS = {
    "home", "partner", "index", "toolkit", "part", "lesson", "course", "unit", "session", "guide",
    "journey", "topic", "notice", "info",
}  # fmt: skip


pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def demo(base_rows, django_db_blocker):
    """The demo, loaded once for this file and rolled back afterwards.

    The transaction stays open around all tests: SQLite in memory has one connection, which Django
    never closes between test cases.
    """
    base_rows()
    with django_db_blocker.unblock(), transaction.atomic():
        yield loader.load()
        transaction.set_rollback(True)


@pytest.fixture
def pages():
    return [
        page for page in Page.objects.filter(depth__gt=1).specific() if isinstance(page, BasePage)
    ]


def walk(raw, found):
    """Collect the types of all stream items in raw data."""
    if isinstance(raw, dict):
        if {"type", "value", "id"} <= set(raw):
            found.add(raw["type"])
        for value in raw.values():
            walk(value, found)
    elif isinstance(raw, list):
        for item in raw:
            walk(item, found)
    return found


def test_every_block_of_the_catalogue_is_used(pages):
    found = set()
    for page in pages:
        for name in story_fields(page):
            walk(list(getattr(page, name).raw_data), found)
    assert set(UnitStoryBlock().child_blocks) - found == set()


def test_every_audience_but_editors_has_a_restricted_block(pages):
    audiences = {
        raw["value"]["audience"]
        for page in pages
        for name in story_fields(page)
        for raw in getattr(page, name).raw_data
        if raw["type"] == "restricted"
    }
    assert audiences >= {"staff", "instructors"}


def test_every_kind_stands_in_four_languages():
    rows = set(PageFacts.objects.readable().values_list("kind", "locale_code"))
    assert {kind for kind, _code in rows} == KINDS
    assert {(kind, code) for kind in KINDS for code in FOUR} - rows == set()


def test_home_sections_and_information_stand_in_all_six_languages():
    for kind in ("home", "partner", "index", "info", "topic"):
        languages = {}
        for key, code in PageFacts.objects.filter(kind=kind).values_list("page_key", "locale_code"):
            languages.setdefault(key, set()).add(code)
        assert all(codes == SIX for codes in languages.values()), kind


def test_guides_show_full_partial_and_missing_translation():
    languages = {}
    for key, code in PageFacts.objects.filter(kind="guide").values_list("page_key", "locale_code"):
        languages.setdefault(key, set()).add(code)
    assert sum(codes >= FOUR for codes in languages.values()) >= 4
    assert sum(codes == SIX for codes in languages.values()) >= 2
    assert {"en"} in languages.values()


def test_a_lesson_is_written_in_spanish_first():
    documents = list(data.documents("lessons/navegadoras", ["en", "es"]))
    assert (documents[0].language, documents[0].is_source) == ("es", True)


def test_one_lesson_failed_and_says_so():
    failed = CaseStudyPage.objects.get(slug="text-nobody-trusted", locale__language_code="en")
    assert failed.status == "ended"
    assert failed.what_failed
    assert len(failed.claims) > 0


def test_every_block_passes_its_own_check(pages):
    for page in pages:
        for name in story_fields(page):
            stream = getattr(page, name)
            stream.stream_block.clean(stream)


def test_ids_are_equal_in_all_languages(pages):
    by_key = {}
    for page in pages:
        for name in story_fields(page):
            shape = ids(list(getattr(page, name).raw_data))
            assert by_key.setdefault((page.translation_key, name), shape) == shape, page


def ids(raw):
    if isinstance(raw, list):
        return [ids(item) for item in raw]
    if isinstance(raw, dict):
        return [raw.get("id"), *(ids(value) for value in raw.values())]
    return None


def facts_of(block, raw):
    """Yield the facts inside raw data, in order."""
    if isinstance(block, FactMixin):
        yield raw
    elif isinstance(block, StreamBlock):
        for item in raw or []:
            yield from facts_of(block.child_blocks[item["type"]], item["value"])
    elif isinstance(block, ListBlock):
        for item in raw or []:
            yield from facts_of(block.child_block, item["value"])
    elif isinstance(block, StructBlock):
        for name, child in block.child_blocks.items():
            yield from facts_of(child, (raw or {}).get(name))


def test_facts_are_equal_in_all_languages(pages):
    by_key = {}
    for page in pages:
        texts = {
            field.field_name
            for field in page.override_translatable_fields
            if isinstance(field, TranslatableField)
        }
        for field in page._meta.get_fields():
            where = (page.translation_key, field.name)
            if isinstance(field, StreamField):
                raw = list(getattr(page, field.name).raw_data)
                facts = list(facts_of(field.stream_block, raw))
                assert by_key.setdefault(where, facts) == facts, (page, field.name)
            elif field.concrete and field.model is type(page) and not field.one_to_many:
                # Each language is checked by its own people.
                if field.name in texts or field.name in ("id", "page_ptr", "checked_on"):
                    continue
                value = field.value_from_object(page)
                if field.many_to_many:
                    value = {row.pk for row in value}
                assert by_key.setdefault(where, value) == value, (page, field.name)


# The same words in two languages on purpose: names, units, addresses of mails, loan words.
SAME = {"contact_note", "seo_title", "search_description"}


def prose_of(block, raw):
    """Yield rich texts inside raw data: what a translator must have written anew."""
    if isinstance(block, FactMixin):
        return
    if isinstance(block, RichTextBlock):
        yield raw or ""
    elif isinstance(block, StreamBlock):
        for item in raw or []:
            yield from prose_of(block.child_blocks[item["type"]], item["value"])
    elif isinstance(block, ListBlock):
        for item in raw or []:
            yield from prose_of(block.child_block, item["value"])
    elif isinstance(block, StructBlock):
        for name, child in block.child_blocks.items():
            yield from prose_of(child, (raw or {}).get(name))


def test_no_text_was_left_untranslated(pages):
    seen = {}
    for page in pages:
        for name in (field.field_name for field in page.override_translatable_fields):
            field = page._meta.get_field(name)
            if isinstance(field, StreamField):
                found = prose_of(field.stream_block, list(getattr(page, name).raw_data))
            elif isinstance(field, RichTextField | models.TextField) and name not in SAME:
                found = [getattr(page, name)]
            else:
                continue
            for text in found:
                if len(text) < 40 or text.isascii() and "@" in text:
                    continue
                first = seen.setdefault((page.translation_key, text), page.locale_id)
                assert first == page.locale_id, (page, name, text)


def test_every_combination_of_answers_leads_somewhere(pages):
    checks = 0
    for page in pages:
        for name in story_fields(page):
            for child in getattr(page, name):
                if child.block_type != "eligibility":
                    continue
                rules = child.value.rules()
                reached = set()
                for answers in product(*([*rule.leads, NONE_OF_THESE, UNKNOWN] for rule in rules)):
                    given = dict(zip((rule.criterion for rule in rules), answers, strict=True))
                    outcome = evaluate(rules, given).outcome
                    assert outcome in OUTCOMES
                    reached.add(outcome)
                assert reached == set(OUTCOMES)
                checks += 1
    assert checks >= 12


def test_a_guide_has_three_branching_questions(pages):
    [guide] = [
        page
        for page in pages
        if page.slug == "rent-help" and page.locale.language_code == "en" and page.kind == "guide"
    ]
    [check] = [child for child in guide.body if child.block_type == "eligibility"]
    rules = check.value.rules()
    assert len(rules) == 3
    assert "income" in rules[0].leads.values()
    assert "ask" in rules[1].leads.values()


def test_every_guide_says_whom_to_call():
    for service in Service.objects.filter(live=True):
        assert service.phones.count(), service


def test_every_picture_is_described(pages):
    for page in pages:
        if page.image_id:
            assert page.image_alt, page


def test_the_automatic_checks_refuse_nothing(pages):
    found = [
        (page.title, finding.code)
        for page in pages
        for finding in findings(page)
        if finding.level == REFUSE
    ]
    assert found == []


SET_UP = {"home", "partner", "index", "topic"}


def events(obj, kind):
    return AuditEvent.objects.filter(
        object_type=obj._meta.label_lower, object_id=str(obj.pk), kind=kind
    )


def test_every_page_went_live_by_approval_and_sections_by_set_up(pages):
    for page in pages:
        roads = {event.data["road"] for event in events(page, "published")}
        if page.kind in SET_UP:
            assert roads == {Road.SETUP}, page
        elif page.live and page.slug != "boil-water":
            assert roads == {Road.APPROVAL}, page


def test_every_record_went_live_by_approval():
    for model in (Partner, PartnerText, Service, ServiceText, Contact, Location, SharedTextBody):
        for record in model.objects.all():
            assert record.live
            assert events(record, "published").get().data["road"] == Road.APPROVAL


def test_nobody_judged_own_work():
    names = {user.actor_key: user for user in User.objects.all()}
    for row in ApprovalVote.objects.all():
        submitted = AuditEvent.objects.get(
            object_type=row.object_type, object_id=row.object_id, kind="submitted"
        )
        assert names[submitted.actor_key] != names[row.actor_key]


def test_joint_pages_have_both_sectors_and_a_fact_check(pages):
    joint = [page for page in pages if page.live and events(page, "fact_check_accepted")]
    assert {page.slug for page in joint} >= {"one-form", "radiator-check", "welcome-desk"}
    for page in joint:
        votes = ApprovalVote.objects.filter(object_id=str(page.pk), requirement_key="both-sectors")
        kinds = {kind for row in votes for kind in kinds_of(row.actor_key)}
        assert kinds >= {"government", "civil_society"}, page


def kinds_of(actor_key):
    rows = Membership.objects.filter(user__actor_key=actor_key, role=Membership.Role.APPROVER)
    return set(rows.values_list("partner__kind", flat=True))


def test_translations_were_approved_by_their_reviewers(pages):
    reviewers = Membership.objects.filter(role=Membership.Role.TRANSLATION_REVIEWER)
    keys = set(reviewers.values_list("user__actor_key", flat=True))
    seen = 0
    for page in pages:
        if page.kind == "guide" and page.locale.language_code != "en":
            votes = ApprovalVote.objects.filter(object_id=str(page.pk))
            assert {row.actor_key for row in votes} <= keys
            seen += 1
    assert seen > 10


def waiting(slug):
    page = Page.objects.get(slug=slug, locale__language_code="en").specific
    return page, page.current_workflow_task_state


def test_a_toolkit_waits_for_the_vote_of_the_second_sector(client):
    page, step = waiting("high-water")
    assert step.task.name == "Approval of both sectors"
    assert [(ask.sector, ask.missing) for ask in step.specific.asks.order_by("sector")] == [
        ("civil_society", 1), ("government", 0),
    ]  # fmt: skip
    assert not page.live
    assert client.get("/en/resident-services/toolkits/high-water/").status_code == 404
    voter = User.objects.get(username="tableapprover")
    with transaction.atomic():
        vote(step.pk, voter, "approve")
        assert Page.objects.get(pk=page.pk).live
        transaction.set_rollback(True)


def test_other_things_wait_for_somebody_too():
    page, _step = waiting("bulky-waste")
    assert page.current_workflow_state.status == "needs_changes"
    page, step = waiting("mill-row")
    assert step.task.name == "Legal fact check"
    assert FactCheckRequest.objects.get(object_id=str(page.pk)).state == "open"
    notice, _step = waiting("boil-water")
    assert notice.live
    assert EmergencyPublication.objects.get(object_id=str(notice.pk)).state == "open"
    late = ReviewSchedule.objects.filter(state="overdue")
    assert [row.title for row in late] == ["Borrow a drill, a ladder or a sewing machine"]


def test_checks_are_some_weeks_old_and_only_what_waits_is_news():
    days = set(PageFacts.objects.exclude(checked_on=None).values_list("checked_on", flat=True))
    assert len(days) > 10
    told = set(Notification.objects.values_list("object_id", flat=True))
    open_pages = [waiting(slug)[0].pk for slug in WAITING]
    assert told <= {str(pk) for pk in open_pages}


def test_pages_answer_in_english_and_one_of_each_kind_in_every_language(client):
    urls = {}
    rows = PageFacts.objects.readable().order_by("position")
    for kind, code, url in rows.values_list("kind", "locale_code", "url"):
        urls.setdefault(url if code == "en" else (kind, code), url)
    for url in urls.values():
        assert client.get(url).status_code == 200, url


def test_a_second_run_changes_nothing(capsys):
    before = (Page.objects.count(), Revision.objects.count(), User.objects.count())
    call_command("seed_demo")
    assert "nothing was changed" in capsys.readouterr().out
    assert (Page.objects.count(), Revision.objects.count(), User.objects.count()) == before


def test_only_hub_admins_hold_the_publish_permission():
    holders = User.objects.filter(
        groups__page_permissions__permission__codename="publish_page"
    ).distinct()
    assert {user.username for user in holders} == {"hubadmin", "hubeditor"}
    assert not User.objects.filter(is_superuser=True, username="hubadmin").exists()


def test_groups_follow_from_memberships():
    for row in Membership.objects.select_related("user", "partner"):
        names = set(row.user.groups.values_list("name", flat=True))
        codes = row.language_codes if row.role == Membership.Role.TRANSLATOR else [""]
        assert {group_name(row.role, row.partner, code) for code in codes} <= names


def test_production_refuses_the_demo(settings):
    settings.HUB_DEMO = False
    with pytest.raises(CommandError, match="setup_hub"):
        call_command("seed_demo")


def test_production_settings_switch_the_demo_off():
    from hub.settings import base

    assert base.HUB_DEMO is False


def test_the_published_password_opens_nothing_in_production(client, settings):
    assert client.login(username="hubadmin", password=PASSWORD)
    client.logout()
    settings.HUB_DEMO = False
    assert not client.login(username="hubadmin", password=PASSWORD)


def test_without_english_the_demo_says_what_to_do(settings):
    settings.HUB_LANGUAGES = ["es"]
    with pytest.raises(CommandError, match="HUB_LANGUAGES"):
        call_command("seed_demo")
