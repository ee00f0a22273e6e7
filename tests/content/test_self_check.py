"""A reader's own check of a guide or a unit: answered on the page, nothing is kept."""

import json
import uuid

import pytest
from django.apps import apps
from lxml.html import fromstring
from wagtail.models import PageViewRestriction

from content.ids import ensure_ids
from partners.blocks import HubStoryBlock
from tests import actors
from tests.factories import tree
from tests.factories.guides import GuidePageFactory
from tests.factories.partners import PartnerFactory
from tests.factories.training import CoursePageFactory, UnitPageFactory
from tests.publishing import take_down
from training.blocks import UnitStoryBlock
from training.models import CourseIndexPage

pytestmark = pytest.mark.django_db


def question(criterion, *answers, none="unlikely", unknown="ask"):
    return {
        "criterion": criterion,
        "label": f"About {criterion}?",
        "answers": [
            {"value": value, "label": value.title(), "leads_to": to} for value, to in answers
        ],
        "none_leads_to": none,
        "unknown_leads_to": unknown,
    }


ELIGIBILITY = {
    "type": "eligibility",
    "value": {
        "title": "",
        "intro": "",
        "service": None,
        "criteria": [],
        "questions": [
            question("rent", ("tenant", "next"), ("owner", "unlikely")),
            question("income", ("low", "likely"), ("high", "unlikely")),
        ],
    },
}


def story(block, *items):
    return json.dumps(ensure_ids(block(), [*items], seed="check"))


@pytest.fixture
def guide():
    body = story(HubStoryBlock, ELIGIBILITY, {"type": "text", "value": "<p>plain</p>"})
    return GuidePageFactory(parent=tree.section(), body=body)


def check_url(page, number=0, code="en"):
    return f"/{code}/check/{page.pk}/{page.body[number].id}/"


def answers(page, **given):
    return {f"{page.body[0].id}-{name}": value for name, value in given.items()}


def row_counts():
    return {model._meta.label: model.objects.count() for model in apps.get_models()}


class TestEligibility:
    def test_the_form_on_the_page_leads_to_the_check(self, client, guide):
        html = fromstring(client.get(tree.address(guide)).content)
        (form,) = html.xpath("//main//form[@method='post']")
        assert form.get("action").split("#")[0] == check_url(guide)
        names = {field.get("name") for field in form.xpath(".//input[@type='radio']")}
        assert names == set(answers(guide, rent="", income=""))

    @pytest.mark.parametrize(
        ("given", "outcome"),
        [
            ({"rent": "tenant", "income": "low"}, "likely"),
            ({"rent": "owner"}, "unlikely"),
            ({"rent": "_none"}, "unlikely"),
            ({"rent": "_unknown"}, "ask"),
            ({"rent": "tenant", "income": "invented"}, "ask"),
        ],
    )
    def test_answers_end_in_an_outcome(self, client, guide, given, outcome):
        response = client.post(check_url(guide), answers(guide, **given))
        assert response.status_code == 200
        result = response.context_data["block_results"][guide.body[0].id]
        assert result["outcome"] == outcome

    def test_a_missing_answer_is_asked_for_and_the_others_are_kept(self, client, guide):
        response = client.post(check_url(guide), answers(guide, rent="tenant"))
        result = response.context_data["block_results"][guide.body[0].id]
        assert result["outcome"] is None
        assert result["missing"] == ["income"]
        html = fromstring(response.content)
        assert html.xpath("//input[@value='tenant'][@checked]")
        (legend,) = html.xpath("//fieldset[@class='err']/legend")
        assert legend.text_content().strip().startswith("About income?")

    def test_the_answer_is_the_page_itself(self, client, guide):
        response = client.post(check_url(guide), answers(guide, rent="owner"))
        page = fromstring(client.get(tree.address(guide)).content)
        result = fromstring(response.content)
        for selector in ("//h1", "//nav", "//footer", "//link", "/html"):
            assert [e.attrib for e in result.xpath(selector)] == [
                e.attrib for e in page.xpath(selector)
            ], selector
        canonical = result.xpath("//link[@rel='canonical']/@href")[0]
        assert canonical.endswith(tree.address(guide))

    def test_what_is_written_into_a_field_is_not_printed(self, client, guide):
        response = client.post(check_url(guide), answers(guide, rent="<script>x</script>"))
        assert b"<script>x" not in response.content


class TestNothingIsKept:
    def test_no_row_is_written_and_no_cookie_set(self, client, guide):
        before = row_counts()
        response = client.post(check_url(guide), answers(guide, rent="owner"))
        assert row_counts() == before
        assert not response.cookies
        assert "no-store" in response.headers["Cache-Control"]

    def test_it_needs_no_token(self, guide):
        client = actors.Client(enforce_csrf_checks=True)
        assert client.post(check_url(guide), answers(guide, rent="owner")).status_code == 200

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"sec-fetch-site": "same-origin"},
            {"sec-fetch-site": "none"},
            {"origin": "http://testserver"},
        ],
    )
    def test_forms_of_this_site_are_answered(self, client, guide, headers):
        assert client.post(check_url(guide), {}, headers=headers).status_code == 200

    @pytest.mark.parametrize(
        "headers",
        [
            {"sec-fetch-site": "cross-site"},
            {"sec-fetch-site": "same-site"},
            {"origin": "https://elsewhere.example"},
            {"origin": "null"},
            {"origin": "http://testserver.elsewhere.example"},
            {"sec-fetch-site": "cross-site", "origin": "http://testserver"},
        ],
    )
    def test_forms_of_other_sites_are_not(self, client, guide, headers):
        assert client.post(check_url(guide), {}, headers=headers).status_code == 403

    @pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
    def test_other_methods_are_refused(self, client, guide, method):
        assert getattr(client, method)(check_url(guide)).status_code == 405

    def test_a_reload_leads_back_to_the_page(self, client, guide):
        response = client.get(check_url(guide))
        assert response.status_code == 302
        assert response.url == f"{tree.address(guide)}#b-{guide.body[0].id}"


class TestWhatIsNotThere:
    @pytest.mark.parametrize("method", ["get", "post"])
    def test_an_unknown_page(self, client, guide, method):
        for number in (10**6, 10**30):
            url = check_url(guide).replace(f"/{guide.pk}/", f"/{number}/")
            assert getattr(client, method)(url).status_code == 404

    def test_an_unknown_block(self, client, guide):
        assert client.post(f"/en/check/{guide.pk}/{uuid.uuid4()}/").status_code == 404

    def test_a_block_without_questions(self, client, guide):
        assert client.post(check_url(guide, 1)).status_code == 404

    def test_a_page_in_another_language(self, client, guide):
        assert client.post(check_url(guide, code="es")).status_code == 404

    def test_a_draft(self, client, guide):
        url = check_url(guide)
        take_down(guide)
        assert client.post(url).status_code == 404
        assert client.get(url).status_code == 404

    def test_a_private_page(self, client, guide):
        PageViewRestriction.objects.create(page=guide.get_parent(), restriction_type="login")
        assert client.post(check_url(guide)).status_code == 404
        assert client.get(check_url(guide)).status_code == 404

    def test_a_question_for_members_only(self, client):
        partner = PartnerFactory()
        inside = {"audience": "staff", "body": [ELIGIBILITY]}
        body = story(HubStoryBlock, {"type": "restricted", "value": inside})
        page = GuidePageFactory(parent=tree.section(partner), body=body)
        block = page.body[0].value["body"][0]
        url = f"/en/check/{page.pk}/{block.id}/"
        given = {f"{block.id}-rent": "owner"}
        assert client.post(url, given).status_code == 404
        response = actors.editor(partner).post(url, given)
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == "private, no-store"


OPTIONS = [
    {"text": "Red", "correct": True, "feedback": "Right you are."},
    {"text": "Green", "correct": False, "feedback": "Look again."},
    {"text": "Blue", "correct": True, "feedback": ""},
]
QUESTIONS = {
    "single_choice": {"prompt": "<p>?</p>", "options": OPTIONS[:2], "explanation": "<p>Why</p>"},
    "multiple_choice": {"prompt": "<p>?</p>", "options": OPTIONS},
    "true_false": {"prompt": "<p>?</p>", "correct": True},
    "number": {"prompt": "<p>?</p>", "correct": "3.5", "tolerance": "0.1"},
    "short_text": {"prompt": "<p>?</p>", "accepted": ["City hall"]},
}


@pytest.fixture
def unit():
    course = CoursePageFactory(parent=tree.section(model=CourseIndexPage))
    items = [{"type": name, "value": value} for name, value in QUESTIONS.items()]
    return UnitPageFactory(parent=course, body=story(UnitStoryBlock, *items))


class TestUnits:
    def ask(self, client, unit, name, given):
        number = list(QUESTIONS).index(name)
        block = unit.body[number]
        if name.endswith("choice"):
            options = block.value["options"].bound_blocks
            given = [options[place].id for place in given]
        response = client.post(check_url(unit, number), {block.id: given})
        assert response.status_code == 200
        return response.context_data["block_results"][block.id]

    @pytest.mark.parametrize(
        ("name", "given", "correct"),
        [
            ("single_choice", [0], True),
            ("single_choice", [1], False),
            ("single_choice", [0, 1], False),
            ("multiple_choice", [0, 2], True),
            ("multiple_choice", [2, 0], True),
            ("multiple_choice", [0], False),
            ("multiple_choice", [0, 1, 2], False),
            ("true_false", ["true"], True),
            ("true_false", ["false"], False),
            ("number", ["3,55"], True),
            ("number", ["٣٫٥"], True),
            ("number", ["4"], False),
            ("number", ["1e999999999"], False),
            ("number", ["many"], False),
            ("short_text", ["  CITY  HALL. "], True),
            ("short_text", ["town hall"], False),
        ],
    )
    def test_an_answer_is_judged(self, client, unit, name, given, correct):
        result = self.ask(client, unit, name, given)
        assert (result["answered"], result["correct"]) == (True, correct)

    def test_no_answer_is_no_wrong_answer(self, client, unit):
        for name in QUESTIONS:
            number = list(QUESTIONS).index(name)
            response = client.post(check_url(unit, number), {})
            result = response.context_data["block_results"][unit.body[number].id]
            assert result["answered"] is False, name

    def test_the_explanation_comes_with_the_answer_only(self, client, unit):
        assert "Why" not in client.get(tree.address(unit)).content.decode()
        block = unit.body[0]
        right = block.value["options"].bound_blocks[0].id
        html = client.post(check_url(unit, 0), {block.id: right}).content.decode()
        assert "Why" in html
        assert "Right you are." in html

    def test_the_page_does_not_say_which_answer_is_right(self, client, unit):
        html = client.get(tree.address(unit)).content.decode()
        assert "Right you are." not in html
        assert "City hall" not in html
