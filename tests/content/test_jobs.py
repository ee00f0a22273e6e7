"""Background work starts after the commit, and its failure never reaches whoever saved."""

import logging

import pytest
from django.db import transaction
from django_tasks import task

from content.models import Topic

ran = []


@task()
def remember(value):
    ran.append((value, Topic.objects.filter(slug=value).exists()))


@task()
def fail(value):
    raise RuntimeError(f"cannot {value}")


@task()
def miss(value):
    Topic.objects.get(slug="never")


@pytest.fixture(autouse=True)
def _clean():
    ran.clear()


pytestmark = pytest.mark.django_db(transaction=True)


def test_a_task_runs_after_the_commit_and_sees_the_row():
    with transaction.atomic():
        remember.enqueue("saved")
        Topic.objects.create(slug="saved")
        assert ran == []
    assert ran == [("saved", True)]


def test_a_task_of_a_transaction_that_is_rolled_back_never_runs():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        remember.enqueue("gone")
        raise ZeroDivisionError
    with transaction.atomic():
        pass
    assert ran == []


def test_a_task_without_a_transaction_runs_at_once():
    remember.enqueue("now")
    assert ran == [("now", False)]


def test_a_failing_task_is_logged_and_the_save_stands(caplog):
    with caplog.at_level(logging.ERROR), transaction.atomic():
        Topic.objects.create(slug="kept")
        fail.enqueue("do it")
        remember.enqueue("kept")
    assert Topic.objects.filter(slug="kept").exists()
    assert ran == [("kept", True)]
    (record,) = [row for row in caplog.records if row.name == "content.jobs.backend"]
    assert record.levelname == "ERROR"
    assert "test_jobs.fail" in record.getMessage()
    assert "cannot do it" in caplog.text


def test_a_task_whose_object_is_gone_is_no_error(caplog):
    with caplog.at_level(logging.INFO):
        miss.enqueue("x")
    assert {row.levelname for row in caplog.records if row.name == "content.jobs.backend"} == {
        "INFO"
    }


def test_arguments_travel_as_json():
    with pytest.raises(TypeError):
        remember.enqueue(object())


def test_the_answer_says_that_the_task_is_waiting():
    with transaction.atomic():
        result = remember.enqueue("later")
        assert result.status == "READY"
        assert result.args == ["later"]


def test_wagtails_own_tasks_keep_references_in_step():
    """Wagtail enqueues the reference index when a page is saved: it must have run by the commit."""
    from wagtail.models import ReferenceIndex

    from tests.factories import tree
    from tests.factories.partners import PartnerFactory

    partner = PartnerFactory()
    tree.section(partner)
    assert ReferenceIndex.objects.filter(to_object_id=str(partner.pk)).exists()
