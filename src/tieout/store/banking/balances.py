"""What a bank says that its accounts stand at."""

from datetime import date

from tieout.store.banking.models import BankAccount, BankStatement


def last_closing(account: BankAccount, on: date) -> BankStatement | None:
    """The last statement by a day that says what it closes with."""
    closed = BankStatement.objects.filter(
        account=account, closing_minor__isnull=False, ends_on__lte=on
    )
    return closed.select_related("reading__file").order_by("ends_on", "id").last()
