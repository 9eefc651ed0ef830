"""Exact arithmetic in amounts: `(12.50 + 3) * 4`, as fractions of integers, never float."""

import re
from fractions import Fraction

_TOKEN = re.compile(r"\s*(\d[\d,]*(?:\.\d*)?|\.\d+|[-+*/()])")
DEPTH_MAX = 40
TOKENS_MAX = 400


class NotArithmetic(ValueError):  # noqa: N818  says what the text is, and never leaves the readers
    """The text is not an expression of numbers, `+ - * /` and parentheses."""


def shown_decimals(text: str) -> int:
    """The most decimals that any number of the text shows, written with a point."""
    return max((len(digits) for digits in re.findall(r"\.(\d+)", text)), default=0)


def evaluate(text: str) -> Fraction:
    """The value of the expression; raises NotArithmetic when it is none."""
    tokens: list[str] = []
    at = 0
    body = text.strip()
    while at < len(body):
        found = _TOKEN.match(body, at)
        if not found or len(tokens) >= TOKENS_MAX:
            raise NotArithmetic(text[:60])
        tokens.append(found.group(1))
        at = found.end()
    tokens.reverse()
    value = _sum(tokens, 0)
    if tokens:
        raise NotArithmetic(text[:60])
    return value


def _sum(tokens: list[str], depth: int) -> Fraction:
    value = _product(tokens, depth)
    while tokens and tokens[-1] in "+-":
        if tokens.pop() == "+":
            value += _product(tokens, depth)
        else:
            value -= _product(tokens, depth)
    return value


def _product(tokens: list[str], depth: int) -> Fraction:
    value = _term(tokens, depth)
    while tokens and tokens[-1] in "*/":
        if tokens.pop() == "*":
            value *= _term(tokens, depth)
        else:
            divisor = _term(tokens, depth)
            if not divisor:
                raise NotArithmetic("a division by zero")
            value /= divisor
    return value


def _term(tokens: list[str], depth: int) -> Fraction:
    if not tokens or depth > DEPTH_MAX:
        raise NotArithmetic("an expression that ends early or nests too deeply")
    piece = tokens.pop()
    if piece in "+-":
        value = _term(tokens, depth + 1)
        return -value if piece == "-" else value
    if piece == "(":
        value = _sum(tokens, depth + 1)
        if not tokens or tokens.pop() != ")":
            raise NotArithmetic("a parenthesis that is not closed")
        return value
    if not piece[0].isdigit() and piece[0] != ".":
        raise NotArithmetic(piece)
    digits = piece.replace(",", "")
    if len(digits) > 60:
        raise NotArithmetic("a number of more than 60 digits")
    return fraction_of(digits)


def fraction_of(digits: str) -> Fraction:
    """A plain decimal such as `12.50` as an exact fraction."""
    whole, _, decimals = digits.partition(".")
    return Fraction(int((whole or "0") + decimals), 10 ** len(decimals))


def decimals_needed(value: Fraction, most: int = 18) -> int | None:
    """How many decimals write the value exactly; None when that many are not enough."""
    rest = value.denominator
    twos = fives = 0
    while rest % 2 == 0:
        rest //= 2
        twos += 1
    while rest % 5 == 0:
        rest //= 5
        fives += 1
    needed = max(twos, fives)
    return needed if rest == 1 and needed <= most else None
