"""What can go wrong. The message says what, where and what to do."""


class InfraError(Exception):
    """Any error of this package."""


class RunError(InfraError):
    """The run is missing, unreadable, damaged or breaks the format; every problem is listed."""


class OptionError(InfraError, ValueError):
    """An option makes no sense, or names nothing that the run has."""


class InternalError(InfraError, RuntimeError):
    """A bug of ours, or an environment that lacks what is needed. Please report it."""


class RunWarning(UserWarning):
    """Something worth telling about a run that did not stop the reading."""
