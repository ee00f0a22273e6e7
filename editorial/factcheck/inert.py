"""Rendered blocks as something to read only: no way to another page, no form that can be sent."""

from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

REMOVED = ["button", "iframe", "object", "embed", "script", "template"]
CONTROLS = ["input", "select", "textarea"]


def inert(html: str) -> SafeString:
    """Take links within the hub and forms out of rendered blocks; mark links to other sites."""
    soup = BeautifulSoup(html, "html.parser")
    for element in soup.find_all(REMOVED):
        element.decompose()
    for form in soup.find_all("form"):
        form.name = "div"
        for name in ("action", "method"):
            del form[name]
    for control in soup.find_all(CONTROLS):
        _disable(control)
    for link in soup.find_all("a"):
        _unlink(soup, link)
    return mark_safe(str(soup))  # noqa: S308  rendered by our templates, some of it taken out


def _disable(control: Tag) -> None:
    if control.get("type") == "hidden":
        control.decompose()
        return
    del control["name"]
    control["disabled"] = ""


def _unlink(soup: BeautifulSoup, link: Tag) -> None:
    """Sources on other sites stay within reach; everything else becomes plain words."""
    host = _other_site(str(link.get("href", "")))
    if not host:
        link.name, link.attrs = "span", {}
        return
    link.attrs = {"href": link["href"], "rel": "external noopener noreferrer nofollow"}
    if host not in link.get_text():
        mark = soup.new_tag("bdi", attrs={"class": "meta"})
        mark.string = f"({host})"
        link.insert_after(" ", mark)


def _other_site(address: str) -> str:
    """Host of an address that is not ours; empty for ours and for what cannot be read."""
    try:
        parts = urlsplit(address.strip())
        host = parts.hostname or ""
    except ValueError:
        return ""
    own = {urlsplit(settings.HUB_BASE_URL).hostname, *settings.ALLOWED_HOSTS}
    return host if parts.scheme in {"http", "https"} and host not in own else ""
