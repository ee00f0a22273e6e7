"""What a handler may raise besides ordinary exceptions, which are tried again."""


class PermanentError(Exception):
    """Trying again cannot help: the job becomes a dead letter at once."""


class DependencyDown(Exception):  # noqa: N818  a state of the world, not a mistake
    """A server that the handler needs does not answer.

    The job is charged no attempt. All jobs that need the same server wait; one of them tries every
    fifteen seconds, and the first success makes all of them due.
    """

    def __init__(self, name: str, reason: object = "") -> None:
        self.name = name
        super().__init__(
            f"{name} does not answer: {reason}" if reason else f"{name} does not answer"
        )


class LeaseLost(Exception):  # noqa: N818
    """Another runner has taken the job over: what this one did is rolled back."""
