"""A mail server, and mails as rows."""

import pytest

from tests.smtp import Smtp


@pytest.fixture
def mail_rows(settings):
    """Django's test environment replaces the backend of the settings."""
    settings.EMAIL_BACKEND = "content.mail.backend.JobEmailBackend"


@pytest.fixture
def server(settings):
    """A server on this machine that the hub sends through."""
    with Smtp() as smtp:
        settings.HUB_MAIL_SERVER = smtp.address()
        yield smtp
