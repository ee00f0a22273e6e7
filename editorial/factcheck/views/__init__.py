"""Pages of fact checks: for guests with a link, and in the admin."""
