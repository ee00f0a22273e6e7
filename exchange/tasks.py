"""Jobs of imports."""

from content.jobs.registry import BULK, handler
from exchange.quiet import update_indexes


@handler("exchange.index_page", queue=BULK)
def index_page(*, page_id: int) -> None:
    """Bring the search index and the references of an imported page up to date."""
    update_indexes([page_id])
