from django.apps import AppConfig


class HubConfig(AppConfig):
    name = "hub"
    verbose_name = "Hub"

    def ready(self) -> None:
        from django.conf import settings

        from content.jobs.services import set_waker
        from content.registry import register_frame, register_page_context

        from . import refusals
        from .backup import checks  # noqa: F401  importing registers them
        from .frame import page_frame, view_frame

        register_page_context("frame", page_frame)
        register_frame(view_frame)
        refusals.take_place()
        if settings.HUB_BROKER_URL:
            from .celery import CeleryWaker

            set_waker(CeleryWaker())
