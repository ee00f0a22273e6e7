"""Looking at the page cache from the reader's side."""

from django.db import connection

from tests.jobs import drain


def is_made(client, path, **headers):
    """Whether a page was made for this request; a kept one needs no template."""
    response = client.get(path, **headers)
    assert response.status_code == 200, (path, response.status_code)
    return bool(response.templates)


def text(client, path):
    response = client.get(path)
    assert response.status_code == 200, (path, response.status_code)
    return response.content.decode()


def keep(client, *paths):
    """Have pages kept, once nothing is on its way that would purge them."""
    settle()
    for path in paths:
        client.get(path)
        assert not is_made(client, path), path


def out_of_date(client, paths):
    """Those of the kept pages that are made anew now."""
    return {path for path in paths if is_made(client, path)}


def settle():
    """As if all of before had been committed and its jobs done: the transaction of a test never ends."""
    drain()
    connection.run_on_commit.clear()
