"""Walks the resolver: every address of the site with a path that reaches it."""

import re
from dataclasses import dataclass

from django.conf import settings
from django.urls import URLPattern, get_resolver
from django.urls.resolvers import LocalePrefixPattern, RoutePattern
from django.utils.regex_helper import normalize

SAMPLES = {
    "int": "1",
    "str": "x",
    "slug": "x",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "path": "x/y",
    "<unknown>": "1",
}


@dataclass(frozen=True)
class Address:
    name: str
    namespace: str
    route: str
    path: str

    @property
    def label(self) -> str:
        """`namespace:name`, or the route of what has no name."""
        return ":".join(filter(None, [self.namespace, self.name])) or self.route


def _sample(pattern) -> str:
    if isinstance(pattern, LocalePrefixPattern):
        return f"{settings.LANGUAGE_CODE}/"
    if isinstance(pattern, RoutePattern):
        return re.sub(
            r"<(?:(\w+):)?\w+>",
            lambda match: SAMPLES.get(match[1] or "str", "1"),
            str(pattern),
        )
    form, parameters = normalize(pattern.regex.pattern)[0]
    return (form % dict.fromkeys(parameters, "1")).replace("\\Z", "")


def _walk(resolver, route, path, namespaces):
    for entry in resolver.url_patterns:
        here = route + str(entry.pattern)
        there = path + _sample(entry.pattern)
        if isinstance(entry, URLPattern):
            yield Address(entry.name or "", ":".join(namespaces), here, "/" + there)
        else:
            inner = [*namespaces, entry.namespace] if entry.namespace else namespaces
            yield from _walk(entry, here, there, inner)


def addresses() -> list[Address]:
    return list(_walk(get_resolver(), "", "", []))
