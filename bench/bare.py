"""The limit: Django with one view that says a word, no middleware, no database."""

import sys

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path


def word(request: HttpRequest) -> HttpResponse:
    return HttpResponse("bare")


urlpatterns = [path("", word)]

settings.configure(
    ROOT_URLCONF=__name__, ALLOWED_HOSTS=["127.0.0.1"], SECRET_KEY="x" * 32, MIDDLEWARE=[]
)
application = get_wsgi_application()

if __name__ == "__main__":
    from bench.client import cpu_ms

    sys.stdout.write(f"{cpu_ms(application, '/'):.4f}\n")
