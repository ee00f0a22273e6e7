"""Evidence as people read it: the timeline of a page, lists by partner and period, exports."""
