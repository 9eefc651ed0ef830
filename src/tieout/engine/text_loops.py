"""Text to numbers, a byte at a time: the loops behind `text.py`, which says what they find.

A text is read into room for one text, in capitals, and cut into words there. Names, words and
tokens are kept as hashes and as packed letters (`letters.py`). `reference.py` states the same on
plain strings.
"""

from typing import NamedTuple

import numpy as np

from tieout.engine.compiled import compiled
from tieout.engine.letters import (
    Bytes,
    Column,
    Ints,
    Letters,
    Words,
    hashed,
    is_among,
    letters_of,
    pack,
    slot_of,
)

WORDS = 6
"""So many telling words of a text are compared with those of the other side."""
WORD_LETTERS = 5
WORD_LEAST = 4
"""Shorter words, and numbers, are not compared."""
NAME_LETTERS = 24
TEXT_START_LETTERS = 32
TEXT_LETTERS = 128
EDIT_LETTERS = 10
"""Of two names so many letters are compared for a slip of the pen."""
TOKEN_DIGITS = 24
MIXED_DIGITS = 4
"""A word with so many digits among its letters is a token."""
ABSENT = -1
_LETTER, _DIGIT = 1, 2
_BLANK, _NOUGHT, _FIRST_JOINT, _LAST_JOINT = 32, 48, 45, 47
_UPPER = np.arange(256, dtype=np.uint8)
_UPPER[97:123] = np.arange(65, 91)
_CLASS = np.zeros(256, dtype=np.uint8)
_CLASS[65:91] = _CLASS[128:] = _LETTER
_CLASS[48:58] = _DIGIT
_U1, _U7, _U63 = (np.uint64(number) for number in (1, 7, 63))


class Room(NamedTuple):
    """Room for one text while it is read."""

    text: Letters
    """Its bytes; behind them the digits of numbers that are written with joints."""
    spaced: Letters
    words: Ints
    """Shape (words, 4): start, length, digits, longest run of digits."""
    best: Ints
    """Start, length and hash of its longest token."""
    tokens: Ints
    """The tokens of all texts."""
    years: Ints
    """A set of hashes that are no tokens."""


def room_for(lengths: Ints, years: Ints) -> Room:
    """Room for texts of so many bytes each."""
    longest = int(lengths.max(initial=0))
    return Room(
        letters_of(np.zeros(2 * longest + 8, np.uint8)),
        letters_of(np.zeros(longest + 8, np.uint8)),
        np.zeros((longest // 2 + 1, 4), np.int64),
        np.zeros(3, np.int64),
        np.empty(int(lengths.sum()) + 1, np.int64),
        years,
    )


class TokensRoom(NamedTuple):
    """Where the tokens of texts go: how many each has, and the letters of each one's longest."""

    many: Ints
    main: Words
    main_length: Bytes


class TextsRoom(NamedTuple):
    """Where what texts say goes: a row each, as in `text.TextColumns`."""

    name: Words
    name_length: Bytes
    name_letters: Words
    text: Words
    text_length: Bytes
    whole: Ints
    words: Ints
    word_bits: Words


@compiled
def copy_row(column: Column, row: int, into: Bytes, at: int) -> int:
    """Put a row's bytes into the room from `at` on, in capitals; where they end."""
    begin, end = column.offsets[row], column.offsets[row + 1]
    for place in range(end - begin):
        into[at + place] = _UPPER[column.letters.body[begin + place]]
    return int(at + end - begin)


@compiled
def cut(text: Bytes, size: int, words: Ints) -> int:
    """Find the words of a text: runs of letters and digits. How many there are."""
    count = place = 0
    while place < size:
        if _CLASS[text[place]] == 0:
            place += 1
            continue
        start = place
        digits = run = longest = 0
        while place < size and _CLASS[text[place]] > 0:
            run = run + 1 if _CLASS[text[place]] == _DIGIT else 0
            digits += run > 0
            longest = max(longest, run)
            place += 1
        words[count, 0], words[count, 1] = start, place - start
        words[count, 2], words[count, 3] = digits, longest
        count += 1
    return count


@compiled
def add_token(room: Room, start: int, length: int, count: int) -> int:
    """One token more, without the zeros it begins with, unless it is a year; how many then.

    The longest stays in the room: of equals, that of greater hash.
    """
    best = room.best
    while length > 0 and room.text.body[start] == _NOUGHT:
        start += 1
        length -= 1
    if length == 0:
        return count
    token = hashed(room.text, start, length, TOKEN_DIGITS)
    if length == 4 and is_among(room.years, token):
        return count
    room.tokens[count] = token
    if length > best[1] or (length == best[1] and token > best[2]):
        best[0], best[1], best[2] = start, length, token
    return count + 1


@compiled
def add_tokens_of_words(room: Room, many: int, least: int, count: int) -> int:
    """Runs of at least so many digits; and words without one that hold digits enough."""
    for word in range(many):
        start, length = room.words[word, 0], room.words[word, 1]
        if room.words[word, 3] < least:
            if room.words[word, 2] >= MIXED_DIGITS:
                count = add_token(room, start, length, count)
            continue
        place = begin = start
        while place <= start + length:
            if place == start + length or _CLASS[room.text.body[place]] != _DIGIT:
                if place - begin >= least:
                    count = add_token(room, begin, place - begin, count)
                begin = place + 1
            place += 1
    return count


@compiled
def add_joined_numbers(room: Room, size: int, least: int, count: int) -> int:
    """Numbers written with `-`, `.` or `/` between digits, joined: 2024-0031 is 20240031 too."""
    text = room.text.body
    free = size
    place = 0
    while place < size:
        if _CLASS[text[place]] != _DIGIT:
            place += 1
            continue
        end, has_joint = free, False
        while place < size:
            if _CLASS[text[place]] == _DIGIT:
                text[end] = text[place]
                end += 1
            elif (
                _FIRST_JOINT <= text[place] <= _LAST_JOINT
                and place + 1 < size
                and _CLASS[text[place + 1]] == _DIGIT
            ):
                has_joint = True
            else:
                break
            place += 1
        if has_joint and max(least, 4) <= end - free <= TOKEN_DIGITS:
            count = add_token(room, free, end - free, count)
            free = end
    return count


@compiled
def find_tokens(room: Room, size: int, many: int, least: int, count: int) -> int:
    """All tokens of the text in the room; how many there are then."""
    room.best[:] = 0
    count = add_tokens_of_words(room, many, least, count)
    return add_joined_numbers(room, size, least, count)


@compiled
def keep_tokens(room: Room, found: int, number: int, into: TokensRoom) -> None:
    """How many tokens a text has, and the letters of the longest."""
    into.many[number] = found
    pack(room.text, room.best[0], room.best[1], into.main[number])
    into.main_length[number] = min(room.best[1], TOKEN_DIGITS)


@compiled
def read_references(column: Column, begin: int, end: int, room: Room, into: TokensRoom) -> Ints:
    """The reference tokens of those rows, one row's after the other's."""
    count = 0
    for number in range(begin, end):
        size = copy_row(column, number, room.text.body, 0)
        many = cut(room.text.body, size, room.words)
        then = find_tokens(room, size, many, 3, count)
        keep_tokens(room, then - count, number, into)
        count = then
    return room.tokens[:count].copy()


@compiled
def read_texts(  # noqa: PLR0913, PLR0917  two columns, which part of them, what counts, where it goes
    party: Column,
    narrative: Column,
    rows: Ints,
    begin: int,
    end: int,
    boilerplate: Ints,
    room: Room,
    into: TextsRoom,
    into_tokens: TokensRoom,
) -> Ints:
    """What `rows[begin:end]` say, and their tokens, one row's after the other's."""
    count = 0
    for number in range(begin, end):
        party_end = copy_row(party, rows[number], room.text.body, 0)
        room.text.body[party_end] = _BLANK
        size = copy_row(narrative, rows[number], room.text.body, party_end + 1)
        many = cut(room.text.body, size, room.words)
        keep_name_and_words(room, many, party_end, boilerplate, number, into)
        keep_spaced(room, many, number, into)
        then = find_tokens(room, size, many, 4, count)
        keep_tokens(room, then - count, number, into_tokens)
        count = then
    return room.tokens[:count].copy()


@compiled
def keep_name_and_words(  # noqa: PLR0913, PLR0917  as above
    room: Room, many: int, party_end: int, boilerplate: Ints, number: int, into: TextsRoom
) -> None:
    """The telling words of the party, else of all, without blanks; and words to be compared.

    Letters of the name are gathered where the spaced text will be.
    """
    compared = size = 0
    in_party = True
    bits = np.uint64(0)
    for word in range(many):
        start, length, digits = room.words[word, 0], room.words[word, 1], room.words[word, 2]
        if is_among(boilerplate, hashed(room.text, start, length, NAME_LETTERS)):
            continue
        if start >= party_end and in_party and digits == 0:
            in_party = size > 0
        if digits == 0 and (start < party_end or not in_party):
            for place in range(min(length, NAME_LETTERS - size)):
                room.spaced.body[size] = room.text.body[start + place]
                size += 1
        if length >= WORD_LEAST and digits < length and compared < WORDS:
            key = hashed(room.text, start, length, WORD_LETTERS)
            into.words[number, compared] = key
            bits |= _U1 << ((np.uint64(key) >> _U7) & _U63)
            compared += 1
    for place in range(compared, WORDS):
        into.words[number, place] = ABSENT
    into.word_bits[number] = bits
    pack(room.spaced, 0, size, into.name[number])
    into.name_length[number] = size
    letters = np.uint64(0)
    for place in range(min(size, EDIT_LETTERS)):
        letters |= _U1 << (np.uint64(room.spaced.body[place]) & _U63)
    into.name_letters[number] = letters


@compiled
def keep_spaced(room: Room, many: int, number: int, into: TextsRoom) -> None:
    """All words with one blank between two: how the text begins, and a hash of it."""
    size = 0
    for word in range(many):
        if word:
            room.spaced.body[size] = _BLANK
            size += 1
        start = room.words[word, 0]
        for place in range(room.words[word, 1]):
            room.spaced.body[size] = room.text.body[start + place]
            size += 1
    pack(room.spaced, 0, size, into.text[number])
    into.text_length[number] = min(size, TEXT_START_LETTERS)
    into.whole[number] = ABSENT
    if size:
        into.whole[number] = hashed(room.spaced, 0, size, TEXT_LETTERS) ^ size


@compiled
def hash_words(column: Column, rows: Ints, least: int, room: Room, whose: Ints) -> int:
    """The words of at least so many letters in some rows: their hashes go among the tokens.

    `whose` tells which of the rows each is of. How many there are.
    """
    count = 0
    for number in range(len(rows)):
        size = copy_row(column, rows[number], room.text.body, 0)
        for word in range(cut(room.text.body, size, room.words)):
            if room.words[word, 1] >= least:
                whose[count] = number
                room.tokens[count] = hashed(
                    room.text, room.words[word, 0], room.words[word, 1], NAME_LETTERS
                )
                count += 1
    return count


@compiled
def rows_with_words(one: tuple[Ints, Ints], other: tuple[Ints, Ints]) -> tuple[Ints, Ints]:
    """Each word of two columns, and on how many rows it is.

    A column is the row of each of its words, rising, and the word's hash.
    """
    (rows, words), (rows_, words_) = one, other
    size = 16
    while size < 2 * (len(words) + len(words_)):
        size *= 2
    slots = np.full(size, -1, np.int64)
    many, last = np.zeros(size, np.int64), np.full(size, -1, np.int64)
    at = at_ = 0
    while at < len(rows) or at_ < len(rows_):
        if at_ == len(rows_) or (at < len(rows) and rows[at] <= rows_[at_]):
            row, word = rows[at], words[at]
            at += 1
        else:
            row, word = rows_[at_], words_[at_]
            at_ += 1
        slot = slot_of(slots, word)
        slots[slot] = word
        if last[slot] != row:
            many[slot] += 1
            last[slot] = row
    found = 0
    for place in range(size):
        if slots[place] >= 0:
            slots[found], many[found] = slots[place], many[place]
            found += 1
    return slots[:found].copy(), many[:found].copy()


@compiled
def tokens_of_records(
    own: Ints, own_end: Ints, other: Ints, other_end: Ints, said: Ints
) -> tuple[Ints, Ints]:
    """Record and token, from the tokens of its reference and of its text; each once, sorted.

    `own_end` and `other_end` are where the tokens of each record and of each text end.
    """
    total = most = 0
    for row in range(len(said)):
        many = _many(own_end, row) + _many(other_end, said[row])
        total += many
        most = max(most, many)
    rows, tokens = np.empty(total, np.int64), np.empty(total, np.int64)
    here = np.empty(most, np.int64)
    count = 0
    for row in range(len(said)):
        theirs = said[row]
        from_own, from_other = _many(own_end, row), _many(other_end, theirs)
        many = from_own + from_other
        for place in range(from_own):
            here[place] = own[own_end[row] - from_own + place]
        for place in range(from_other):
            here[from_own + place] = other[other_end[theirs] - from_other + place]
        put_in_order(here[:many])
        for place in range(many):
            if place == 0 or here[place] != here[place - 1]:
                rows[count], tokens[count] = row, here[place]
                count += 1
    return rows[:count].copy(), tokens[:count].copy()


@compiled
def _many(end: Ints, which: int) -> int:
    many: int = end[which] - (end[which - 1] if which else 0)
    return many


@compiled
def put_in_order(values: Ints) -> None:
    """Sort in place: by ever smaller steps each value moves to where it belongs (Shell's sort)."""
    step = 1
    while step < len(values):
        step = 3 * step + 1
    while step > 1:
        step //= 3
        for at in range(step, len(values)):
            value, place = values[at], at
            while place >= step and values[place - step] > value:
                values[place] = values[place - step]
                place -= step
            values[place] = value
