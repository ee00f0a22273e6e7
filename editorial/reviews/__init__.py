"""Review dates: who looks again at what, when, and what they say."""


def register() -> None:
    """Connect review dates with publications, lists of pages and people who leave."""
    from content.registry import register_facts, register_publication_handler
    from editorial.reviews import schedules, signals
    from partners.offboarding import register_holdings

    register_publication_handler("reviews", schedules.on_published)
    register_facts("reviews", schedules.facts_columns)
    register_holdings("reviews", signals.holdings)
