"""Walks the resolver: every address of the site with a path that reaches it."""

import re
from dataclasses import dataclass

from django.conf import settings
from django.urls import URLPattern, get_resolver
from django.urls.resolvers import LocalePrefixPattern, RoutePattern
from django.utils.regex_helper import normalize

NO_ROW = "0"  # a number that no row ever has, whatever ran before on the database
SAMPLES = {
    "int": NO_ROW,
    "str": "x",
    "slug": "x",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "path": "x/y",
    "<unknown>": NO_ROW,
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


def _nothing(namespace: str, parameter: str, name: str) -> None:
    """No object is named: the addresses lead nowhere in particular."""


def _sample(pattern, namespace, name, value) -> str:
    if isinstance(pattern, LocalePrefixPattern):
        return f"{settings.LANGUAGE_CODE}/"
    if isinstance(pattern, RoutePattern):
        return re.sub(
            r"<(?:(\w+):)?(\w+)>",
            lambda match: (
                value(namespace, match[2], name) or SAMPLES.get(match[1] or "str", NO_ROW)
            ),
            str(pattern),
        )
    form, parameters = normalize(pattern.regex.pattern)[0]
    filled = {key: value(namespace, key, name) or NO_ROW for key in parameters}
    return (form % filled).replace("\\Z", "")


def _walk(resolver, route, path, namespaces, value):
    for entry in resolver.url_patterns:
        here = route + str(entry.pattern)
        inner = list(namespaces)
        if getattr(entry, "namespace", None):
            inner.append(entry.namespace)
        there = path + _sample(
            entry.pattern, ":".join(inner), getattr(entry, "name", None) or "", value
        )
        if isinstance(entry, URLPattern):
            yield Address(entry.name or "", ":".join(namespaces), here, "/" + there)
        else:
            yield from _walk(entry, here, there, inner, value)


def addresses(value=_nothing) -> list[Address]:
    """All addresses; ``value(namespace, parameter, name)`` says which object each shall name."""
    return list(_walk(get_resolver(), "", "", [], value))
