from django.apps import AppConfig


class HubConfig(AppConfig):
    name = "hub"
    verbose_name = "Hub"

    def ready(self) -> None:
        from content.registry import register_frame, register_page_context

        from .frame import page_frame, view_frame

        register_page_context("frame", page_frame)
        register_frame(view_frame)
