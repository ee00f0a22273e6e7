"""Where people find what waits for them, and judge it: the dashboard and the review screen."""
