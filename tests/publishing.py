"""Content that is public before a test begins, and the same for what a test is not about."""

from content.publication import Road, release


def as_setup():
    """Whatever goes live or down in the block does so by a recorded act, as in a set-up."""
    return release(Road.SETUP, reason="a test")


def publish(obj):
    """Publish the draft as it stands in memory; return its revision."""
    with as_setup():
        revision = obj.save_revision()
        revision.publish()
    obj.refresh_from_db()
    return revision


def take_down(obj):
    with as_setup():
        obj.unpublish()
