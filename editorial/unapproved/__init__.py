"""The list of live content that nobody here has approved yet."""
