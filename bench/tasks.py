"""The job that ``bench.jobs`` counts: as small as a job with an effect can be."""

from content.housekeeping import reach
from content.jobs.registry import handler


@handler("bench.effect")
def effect(*, number: int) -> None:
    """Write one row."""
    reach(f"bench-{number}", number=number)
