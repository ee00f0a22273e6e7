"""Forms that send mail."""

from typing import Any

from django.utils import translation
from wagtail.admin.forms.auth import PasswordResetForm as WagtailPasswordResetForm
from wagtail.users.models import UserProfile


class PasswordResetForm(WagtailPasswordResetForm):
    """Writes in the language of the person's profile: whoever asks for a link is not signed in."""

    def send_mail(
        self, subject_template: str, text_template: str, context: dict, *args: Any, **options: Any
    ) -> None:
        profile = UserProfile.objects.filter(user=context["user"]).first() or UserProfile()
        with translation.override(profile.get_preferred_language()):
            super().send_mail(subject_template, text_template, context, *args, **options)
