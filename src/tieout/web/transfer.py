"""Files sent with a form, and files given to keep."""

from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.utils.http import content_disposition_header

from tieout.formats.common.source import Source


def source_of(upload: "UploadedFile[Any]") -> Source:
    """An upload as a source; a large one lies on disk already."""
    name = Path(upload.name or "file").name.replace("\x00", "")[:255] or "file"
    if isinstance(upload, TemporaryUploadedFile):
        return Source(name, path=Path(upload.temporary_file_path()))
    return Source(name, data=upload.read())


def attached(name: str) -> str:
    """The header that has a browser keep the file under that name, and never show it."""
    return content_disposition_header(as_attachment=True, filename=name) or "attachment"
