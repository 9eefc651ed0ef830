"""What a door says of an error that no verb raised: come again, or a fault of Tieout's own."""

from django.db import InterfaceError, OperationalError

from tieout.core.errors import Corruption, TieoutError, TryAgain


def told(error: BaseException | None) -> TieoutError:
    """`store.busy` for a database that starts again, is full or broke a deadlock; else a fault.

    Only the kind of the error is told: its text may hold what the statement held.
    """
    if isinstance(error, OperationalError | InterfaceError):
        found = type(error.__cause__ or error).__name__
        return TryAgain("store.busy", found, "the same request again")
    return Corruption("internal.fault", type(error).__name__ if error else "")
