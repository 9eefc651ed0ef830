"""The bytes of received files, part by part, and on the wire as they are.

As text in a statement they are twice as long, and cost more than all else that keeping a file does.
"""

from collections.abc import Iterable, Iterator

from tieout.store.banking.models import ReceivedFile
from tieout.store.postgres.files import binary, sql_text


def add_parts(file: ReceivedFile, contents: Iterable[bytes]) -> None:
    """The parts of a file just made, in order."""
    with binary() as cursor:
        for number, content in enumerate(contents, start=1):
            values = (file.organisation_id, file.pk, number, content)
            cursor.execute(sql_text("banking/part_add"), values)


def parts_of(file: ReceivedFile) -> Iterator[bytes]:
    """The parts of a file, in order, one in memory at a time."""
    number = 1
    with binary() as cursor:
        while True:
            cursor.execute(sql_text("banking/part_of"), (file.organisation_id, file.pk, number))
            found = cursor.fetchone()
            if found is None:
                return
            yield found[0]
            number += 1
