"""How a PDF looks: the typeface, colours, styles, and text made safe for it."""

from functools import cache
from html import escape
from pathlib import Path

from reportlab.lib.colors import HexColor
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import getFont, registerFont, stringWidth
from reportlab.pdfbase.ttfonts import TTFont

NORMAL, BOLD, WIDE = "DejaVu", "DejaVu-Bold", "HeiseiKakuGo-W5"
"""The two that come with the program, and one that every reader of PDF has for east Asian text."""
FONTS = Path(__file__).parent / "fonts"
registerFont(TTFont(NORMAL, FONTS / "DejaVuSansCondensed.ttf"))
registerFont(TTFont(BOLD, FONTS / "DejaVuSansCondensed-Bold.ttf"))
registerFont(UnicodeCIDFont(WIDE))

INK, GREY, RULE, SHADE = (HexColor(each) for each in ("#1B242C", "#5B6770", "#B9C2C9", "#EEF2F5"))
COLOURS = {"total": HexColor("#3B5B7A"), "up": HexColor("#3F8F5B"), "down": HexColor("#C0504D")}
SIZE = 7.5
LEADING = 9.5

STYLES = {
    "title": ParagraphStyle("title", fontName=BOLD, fontSize=15, leading=19, textColor=INK),
    "lead": ParagraphStyle(
        "lead", fontName=NORMAL, fontSize=10, leading=14, textColor=INK, spaceAfter=8
    ),
    "heading": ParagraphStyle(
        "heading",
        fontName=BOLD,
        fontSize=10.5,
        leading=14,
        textColor=INK,
        spaceBefore=8,
        spaceAfter=2,
    ),
    "note": ParagraphStyle(
        "note", fontName=NORMAL, fontSize=8, leading=10.5, textColor=GREY, spaceAfter=2
    ),
}


def cell_style(name: str, size: float, alignment: int) -> ParagraphStyle:
    """The style of a cell's text: 0 left, 2 right. Long words are broken."""
    return ParagraphStyle(
        f"{name}-{size}-{alignment}",
        fontName=name,
        fontSize=size,
        leading=size * LEADING / SIZE,
        alignment=alignment,
        textColor=INK,
        splitLongWords=1,
    )


def safe(text: str) -> str:
    """Text from a file as the library's own markup takes it, each sign in a face that has it."""
    parts: list[str] = []
    for sign in "".join(each if each.isprintable() else " " for each in text):
        wide = not has_sign(sign)
        if parts and parts[-1].startswith(_FACE) == wide:
            end = _END if wide else ""
            parts[-1] = parts[-1].removesuffix(end) + escape(sign) + end
        else:
            parts.append(_FACE + escape(sign) + _END if wide else escape(sign))
    return "".join(parts)


_FACE, _END = f'<font name="{WIDE}">', "</font>"


@cache
def has_sign(sign: str) -> bool:
    """Whether the typeface has a sign."""
    return ord(sign) in getFont(NORMAL).face.charToGlyph


def is_plain(text: str) -> bool:
    """Whether a text can stand as it is, without markup."""
    return text.isprintable() and all(map(has_sign, text))


def width_of(text: str, name: str, size: float) -> float:
    """How wide a text is in points."""
    return float(stringWidth(text, name, size))
