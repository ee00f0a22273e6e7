"""The command brings documents in, and readers find them as pages."""

import pytest
from django.core.management import CommandError, call_command
from wagtail.models import Page

from content.hashing import content_hash
from content.models import AuditEvent, PageFacts, Topic, TopicLabel
from editorial import checks
from editorial.models import Unapproved
from editorial.services.votes import vote
from exchange.models import ImportItem, ImportRun
from guides.models import GuidePage
from lessons.models import CaseStudyPage
from partners.models import Partner, Service
from partners.services import add_membership
from tests.factories.partners import PartnerFactory
from tests.publishing import publish, take_down
from toolkits.models import ToolkitPage, ToolkitPartPage
from training.models import CoursePage, SessionPage, UnitPage

pytestmark = pytest.mark.django_db


def page_of(external_id):
    item = ImportItem.objects.filter(external_id=external_id).latest("pk")
    return Page.objects.get(pk=item.page_id).specific


def kinds(page):
    return [row["type"] for row in page.body.raw_data]


def block(page, kind):
    return next(row["value"] for row in page.body.raw_data if row["type"] == kind)


def shown(client, page):
    response = client.get(PageFacts.objects.get(page_id=page.pk).url)
    assert response.status_code == 200
    html = response.content.decode()
    return html[html.index("<main") : html.index("</main>")]


def codes(report, name):
    return {line["code"] for line in report["problems"] if line["file"].startswith(name)}


def test_all_kinds_come_in_and_are_read_in_their_language(batch, client):
    report = batch.publish()
    assert batch.code == 0
    assert report["counts"]["created"] == 9
    assert report["counts"]["translations"] == 2
    assert report["counts"]["skipped"] == 1
    assert codes(report, "later/") == {"kind-later"}
    for item in ImportItem.objects.exclude(kind="section"):
        assert shown(client, Page.objects.get(pk=item.page_id))


def test_a_translation_is_linked_to_its_source_in_its_own_tree(batch, client):
    batch.publish()
    source, target = (
        page_of("river-playbook/en/01-ask-first"),
        page_of("river-playbook/es/01-ask-first"),
    )
    assert source.translation_key == target.translation_key
    assert target.locale.language_code == "es"
    toolkit = target.get_parent().specific
    assert isinstance(toolkit, ToolkitPage)
    assert toolkit.translation_key == source.get_parent().translation_key
    assert "Pregunte primero" in shown(client, target)


def test_a_typed_list_stands_once_in_a_block_of_its_type(batch, client):
    batch.publish()
    page = page_of("river-playbook/en/01-ask-first")
    assert isinstance(page, ToolkitPartPage)
    items = block(page, "checklist")["items"]
    assert items[0]["value"]["text"] == "<p>Name the <b>people</b> who will use it</p>"
    assert 'href="https://example.org/counter"' in items[1]["value"]["text"]
    main = shown(client, page)
    assert main.count("in person") == 1
    assert main.count("Who is left out?") == 1
    assert page.number == 1


def test_headings_never_skip_a_level(batch):
    batch.publish()
    page = page_of("river-playbook/en/01-ask-first")
    levels = [r["value"]["level"] for r in page.body.raw_data if r["type"] == "heading"]
    assert levels == ["2", "2", "3"]


def test_unsafe_markup_goes_with_a_line_and_an_example_of_it_stays(batch, client):
    report = batch.publish()
    main = shown(client, page_of("river-playbook/en/01-ask-first"))
    assert "onclick" not in main
    assert "<iframe" not in main
    assert "alert(1)" not in main
    assert "<code>&lt;script&gt;</code>" in main
    assert "what you heard" in main
    assert {"unsafe-html", "embed-as-link"} <= codes(report, "river-playbook/en")


def test_relative_links_become_absolute_with_a_source_address(batch):
    batch.publish()
    text = block(page_of("river-playbook/en/01-ask-first"), "text")
    assert 'href="https://example.org/plays/method/"' in text


def test_licence_attribution_and_source_are_kept(batch):
    batch.publish()
    page = page_of("river-playbook/en/01-ask-first")
    assert page.licence == "CC-BY-4.0"
    assert page.attribution == "City of Rivermouth, CC BY 4.0"
    assert page.source_url == "https://example.org/plays/ask-first/"
    assert "rivermouth/playbook" in page.source_note


def test_topics_match_synonyms_and_others_are_reported_once(batch):
    topic = Topic(slug="plain-language")
    topic.labels = [TopicLabel(language="en", label="Plain language", synonyms="plain words\n")]
    topic.save()
    report = batch.publish()
    page = page_of("river-playbook/en/01-ask-first")
    assert [row.slug for row in page.topics.all()] == ["plain-language"]
    assert [tag.name for tag in page.tags.all()] == ["services"]
    assert report["counts"]["codes"]["unknown-topic"] == 1


def test_a_partner_is_made_once_and_reported_when_nobody_can_reach_it(batch):
    report = batch.publish()
    assert Partner.objects.count() == 2
    assert Partner.objects.get(external_name="Harbour Tenants").kind == "civil_society"
    area = Partner.objects.get(external_name="City of Rivermouth").jurisdictions.get()
    assert (area.code, area.parent.code) == ("US-XX", "US")
    assert report["counts"]["codes"]["missing-contact"] == 2


def test_everything_goes_under_a_named_partner(batch):
    PartnerFactory(slug="one-partner", website="https://example.org")
    report = batch.publish("--partner", "one-partner")
    assert Partner.objects.count() == 1
    assert "missing-contact" not in report["counts"]["codes"]
    assert page_of("harbour-lessons/queue").owner_partner.slug == "one-partner"


def test_accepted_answers_of_a_benefit_lead_on(batch, client):
    batch.publish()
    page = page_of("harbour-guides/en/rent-help")
    questions = [row["value"] for row in block(page, "eligibility")["questions"]]
    answers = [[row["value"]["value"] for row in q["answers"]] for q in questions]
    assert answers == [[">18years"], ["alone", "with children"]]
    assert questions[0]["answers"][0]["value"]["label"] == "Yes"
    assert {row["value"]["leads_to"] for q in questions for row in q["answers"]} == {"next"}
    main = shown(client, page)
    assert main.count("You are at least 18 years old.") == 1


def test_translations_share_one_service_with_words_of_their_own(batch):
    batch.publish()
    service = Service.objects.get(slug__startswith="harbour-guides-en-rent-help-")
    assert service.url == "https://example.org/rent"
    assert {row.key: row.url for row in service.urls.all()} == {
        "apply-es": "https://example.org/es/renta"
    }
    names = {text.locale.language_code: text.name for text in service.texts.all()}
    assert names == {"en": "Help with the rent", "es": "Ayuda con el alquiler"}
    for name in ("en", "es"):
        page = page_of(f"harbour-guides/{name}/rent-help")
        assert page.guide_services.get().service_id == service.pk


def test_facts_come_from_fields_that_name_them_and_from_nothing_else(batch, client):
    batch.publish()
    service = Service.objects.get(slug__startswith="harbour-guides-en-cart-licence-")
    assert [row.number for row in service.phones.all()] == ["+12025550123"]
    assert not service.cost_options.exists()
    page = page_of("harbour-guides/en/cart-licence")
    assert block(page, "contact")["note"] == "or your town clerk"
    documents = block(page, "documents_needed")["items"]
    assert documents[0]["value"]["text"] == "<p>A drawing of the cart</p>"
    callout = block(page, "callout")
    assert (callout["kind"], callout["title"]) == ("what_if", "What if I do not get it?")
    assert "You may be fined." in callout["body"][0]["value"]
    assert "A license with a number." not in str(callout)
    contact = service.contacts.get().texts.get()
    assert (contact.title, contact.department) == ("Harbour Food", "Food Desk")


def test_deadlines_and_addresses_become_rows_of_the_service(batch, client):
    batch.publish()
    service = Service.objects.get(slug__startswith="harbour-guides-en-register-")
    rows = {row.key: (row.channel, row.kind) for row in service.deadlines.all()}
    assert rows == {
        "online": ("online", "apply_by"),
        "mail_postmarked": ("post", "postmarked_by"),
    }
    main = shown(client, page_of("harbour-guides/en/register"))
    assert main.count("15 days before the election") == 1
    assert 'href="https://example.org/vote"' in main


def test_a_lesson_in_html_keeps_quotation_table_and_links(batch, client):
    batch.publish()
    page = page_of("harbour-lessons/queue")
    assert isinstance(page, CaseStudyPage)
    assert page.client == "Harbour clinic"
    quote = block(page, "quotation")
    assert (quote["name"], quote["consent"]) == ("Ada Example", True)
    rows = [[c["value"] for c in r["value"]["cells"]] for r in block(page, "table")["rows"]]
    assert rows == [
        ["<p>Day</p>", "<p>People</p>"],
        ["<p>Monday</p>", "<p>40</p>"],
        ["", "<p>44</p>"],
    ]
    assert block(page, "link_list")["links"][0]["value"]["url"] == "https://example.org/queue"
    assert "We opened a second door." in shown(client, page)


def test_a_unit_keeps_its_exercises_and_hides_what_is_for_instructors(batch, client):
    batch.publish()
    page = page_of("harbour-course/01-listen")
    assert isinstance(page, UnitPage)
    assert [row["value"] for row in page.objectives.raw_data] == ["Use git status"]
    assert [row["value"] for row in page.key_points.raw_data] == ["Listening takes time"]
    exercise = block(page, "exercise")
    assert exercise["title"] == "Try it"
    assert "Nothing to commit." in str(exercise["solution"])
    assert block(page, "code") == {"language": "bash", "code": "git status"}
    assert "restricted" in kinds(page)
    main = shown(client, page)
    assert "fire exit" not in main
    assert "Read what &lt;it says&gt;." in main
    assert main.count("Listening takes time") == 1


def test_a_course_lists_its_units_in_modules(batch):
    batch.publish()
    course = page_of("harbour-course/01-listen").get_parent().specific
    assert isinstance(course, CoursePage)
    assert course.title == "Volunteer Basics"
    module = course.modules.raw_data[0]["value"]
    assert module["title"] == "First day"
    pages = [row["value"]["page"] for row in module["items"]]
    assert pages == [page_of("harbour-course/01-listen").pk]


def test_a_session_keeps_its_time_and_transcript(batch):
    batch.publish()
    page = page_of("harbour-course/02-meeting")
    assert isinstance(page, SessionPage)
    assert page.starts.isoformat() == "2024-05-02T13:00:00+00:00"
    assert page.timezone == "Etc/GMT+5"
    assert "<b>Bo:</b> Thank you." in page.transcript
    assert "Thank you" not in str(page.body.raw_data)


# -- a second time -----------------------------------------------------------------------------


def test_a_second_run_changes_nothing_and_says_so(batch):
    batch.publish()
    revisions = {page.pk: page.latest_revision_id for page in Page.objects.all()}
    report = batch.publish()
    assert report["counts"]["unchanged"] == 9
    assert report["counts"]["created"] == report["counts"]["updated"] == 0
    assert "Nothing changed." in batch.out
    assert {page.pk: page.latest_revision_id for page in Page.objects.all()} == revisions


def test_without_publish_pages_are_drafts_and_publish_makes_them_live(batch):
    batch()
    page = page_of("harbour-lessons/queue")
    assert not page.live
    report = batch.publish()
    assert report["counts"]["published"] == 9
    assert page_of("harbour-lessons/queue").live


def change(batch, name, old, new):
    path = batch.folder / f"{name}.md"
    path.write_text(path.read_text().replace(old, new))


def test_a_changed_file_makes_a_draft_and_publish_makes_it_live(batch):
    batch.publish()
    change(batch, "harbour-lessons/queue", "title: The queue", "title: A queue")
    batch()
    page = page_of("harbour-lessons/queue")
    assert page.title == "The queue that did not shrink"
    assert page.has_unpublished_changes
    change(batch, "harbour-lessons/queue", "title: A queue", "title: One queue")
    batch.publish()
    page = page_of("harbour-lessons/queue")
    assert (page.title, page.has_unpublished_changes) == ("One queue that did not shrink", False)


def test_a_page_edited_here_is_left_alone_and_overwrite_makes_a_draft(batch):
    batch.publish()
    page = page_of("harbour-lessons/queue")
    page.title = "Edited here"
    publish(page)
    change(batch, "harbour-lessons/queue", "title: The queue", "title: A queue")
    report = batch.publish()
    assert codes(report, "harbour-lessons") == {"edited-here"}
    assert page_of("harbour-lessons/queue").get_latest_revision_as_object().title == "Edited here"
    batch.publish("--overwrite")
    page = page_of("harbour-lessons/queue")
    assert page.title == "Edited here"
    assert page.get_latest_revision_as_object().title == "A queue that did not shrink"


def test_a_dry_run_reports_the_same_and_writes_nothing(batch):
    before = Page.objects.count()
    planned = batch.publish("--dry-run")
    assert Page.objects.count() == before
    assert not ImportRun.objects.exists()
    assert not Partner.objects.exists()
    assert "nothing was written" in batch.out
    done = batch.publish()
    assert planned["counts"] == done["counts"]
    assert planned["problems"] == done["problems"]


# -- who may publish ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ["--publish"],
        ["--publish", "--approved-by", "chief"],
        ["--approved-by", "chief", "--reason", "x"],
        ["--publish", "--approved-by", "nobody", "--reason", "x"],
    ],
)
def test_publishing_needs_a_person_and_a_reason(batch, arguments):
    with pytest.raises(CommandError):
        call_command("import_content", str(batch.folder), *arguments)
    assert not ImportRun.objects.exists()


def test_only_a_hub_admin_may_approve(batch, django_user_model):
    django_user_model.objects.create_user("clerk")
    with pytest.raises(CommandError, match="not a hub admin"):
        call_command(
            "import_content", str(batch.folder), "--publish", "--approved-by", "clerk",
            "--reason", "x",
        )  # fmt: skip


def test_the_run_keeps_who_approved_why_and_the_revisions(batch, hub):
    batch.publish()
    run = ImportRun.objects.get()
    assert (run.approved_by, run.approver_key, run.reason) == (hub, hub.actor_key, "Agreed in May")
    item = run.items.get(external_id="harbour-lessons/queue")
    page = page_of("harbour-lessons/queue")
    assert item.revision_id == page.live_revision_id == page.latest_revision_id


def test_guides_without_parts_of_their_own_stay_drafts_when_nobody_publishes(batch):
    batch()
    assert not GuidePage.objects.filter(live=True).exists()


# -- the road of each document -------------------------------------------------------------------


# Nine documents and the three pages made for their collections.
PAGES = 12


def events(obj, kind="published"):
    rows = AuditEvent.objects.filter(object_type=obj._meta.label_lower, object_id=str(obj.pk))
    return rows.filter(kind=kind)


def test_each_page_and_record_that_is_published_has_one_event(batch, hub):
    batch.publish()
    page = page_of("harbour-guides/en/rent-help")
    event = events(page).get()
    assert (event.revision_id, event.content_hash) == (page.live_revision_id, content_hash(page))
    assert event.actor_key == hub.actor_key
    assert event.data["road"] == "import"
    assert event.data["reason"] == "Agreed in May"
    assert event.data["document"] == "harbour-guides/en/rent-help"
    assert event.data["source"]
    pages = [row.page_id for row in ImportItem.objects.exclude(kind="section")]
    found = AuditEvent.objects.filter(kind="published", data__road="import")
    assert {str(pk) for pk in pages} <= set(found.values_list("object_id", flat=True))
    for model in (Partner, Service):
        for record in model.objects.all():
            roads = [event.data["road"] for event in events(record)]
            assert set(roads) == {"import"}


def test_what_came_in_is_listed_until_somebody_here_approves_it(batch):
    batch.publish()
    page = page_of("harbour-lessons/queue")
    row = Unapproved.objects.get(object_type=page._meta.label_lower, object_id=str(page.pk))
    assert row.origin == "import"
    assert row.source == events(page).get().data["source"]


def test_without_publish_drafts_are_handed_in_by_a_named_person(batch, hub):
    report = batch()
    assert report["counts"]["submitted"] + report["counts"]["returned"] == PAGES
    page = page_of("harbour-lessons/queue")
    assert not page.live
    assert page.current_workflow_state.requested_by == hub
    assert events(page, "submitted").get().actor_key == hub.actor_key
    assert not Service.objects.filter(live=True).exists()
    assert not Partner.objects.filter(live=True).exists()
    assert Partner.objects.first().current_workflow_state is not None
    assert not AuditEvent.objects.filter(kind="published", data__road="import").exists()


def test_what_the_checks_refuse_needs_changes_and_is_in_the_report(small, monkeypatch):
    small.write("small/one", "Read [this](https://example.org).")
    finding = checks.Finding("address-malformed", "refuse", "body", "", {"text": "x"})
    monkeypatch.setattr(checks, "findings", lambda obj, revision=None: [finding])
    report = small()
    assert report["returned"] == ["small/one"]
    assert report["counts"]["submitted"] == 0
    [line] = [line for line in report["problems"] if line["code"] == "needs-changes"]
    assert (line["file"], line["value"]) == ("small/one.md", "address-malformed")
    assert page_of("small/one").current_workflow_state.status == "needs_changes"
    # Corrected at its source, it is handed in again.
    monkeypatch.undo()
    small.write("small/one", "Read it.")
    assert small()["counts"]["submitted"] == 1
    assert page_of("small/one").current_workflow_state.status == "in_progress"


def test_a_second_run_hands_nothing_in_again(batch):
    batch()
    page = page_of("harbour-lessons/queue")
    page.current_workflow_state.cancel(user=None)
    report = batch()
    assert report["counts"]["submitted"] == report["counts"]["returned"] == 0
    assert page_of("harbour-lessons/queue").current_workflow_state is None


def test_a_run_that_was_cut_short_is_handed_in_by_the_next_one(batch, monkeypatch):
    monkeypatch.setattr("exchange.services.Apply.hand_in", lambda self, show: [])
    batch()
    assert page_of("harbour-lessons/queue").current_workflow_state is None
    monkeypatch.undo()
    report = batch()
    assert report["counts"]["submitted"] + report["counts"]["returned"] == PAGES
    assert page_of("harbour-lessons/queue").current_workflow_state is not None


def test_nobody_hands_in_without_a_name_or_a_right(batch, django_user_model):
    with pytest.raises(CommandError, match="--submitted-by"):
        call_command("import_content", str(batch.folder))
    clerk = django_user_model.objects.create_user("clerk")
    with pytest.raises(CommandError, match="hand nothing in"):
        call_command("import_content", str(batch.folder), "--submitted-by", "clerk")
    PartnerFactory(slug="one-partner", website="https://example.org")
    add_membership(user=clerk, role="editor", partner=Partner.objects.get(slug="one-partner"))
    report = batch("--submitted-by", "clerk", "--partner", "one-partner")
    assert report["counts"]["submitted"] + report["counts"]["returned"] == PAGES


def test_a_page_approved_here_since_is_left_alone(batch, django_user_model):
    batch()
    page = page_of("harbour-lessons/queue")
    step = page.current_workflow_task_state
    other = django_user_model.objects.create_user("other")
    add_membership(user=other, role="hub_admin")
    vote(step.pk, other, "approve")
    assert page_of("harbour-lessons/queue").live
    change(batch, "harbour-lessons/queue", "title: The queue", "title: A queue")
    report = batch.publish()
    assert codes(report, "harbour-lessons") == {"edited-here"}
    assert page_of("harbour-lessons/queue").title == "The queue that did not shrink"


def test_a_page_taken_down_here_stays_down(batch):
    batch.publish()
    take_down(page_of("harbour-lessons/queue"))
    batch.publish()
    assert not page_of("harbour-lessons/queue").live


def test_a_record_edited_here_is_left_alone(batch):
    batch.publish()
    service = Service.objects.get(slug__startswith="harbour-guides-en-rent-help-")
    service.url = "https://example.org/edited-here"
    publish(service)
    change(batch, "harbour-guides/en/rent-help", "title: ", "title: New ")
    report = batch.publish()
    assert "edited-here" in codes(report, "harbour-guides/en/rent-help")
    service.refresh_from_db()
    assert service.url == "https://example.org/edited-here"


def test_a_draft_in_review_that_nobody_judged_may_be_published(batch):
    batch()
    report = batch.publish()
    assert report["counts"]["published"] == 9
    page = page_of("harbour-lessons/queue")
    assert page.live
    assert page.current_workflow_state is None
    assert all(record.live for record in Service.objects.all())
