"""Old exports name no charset, or the wrong one: their letters speak for it."""

import pytest

from tieout.formats.common.eightbit import guess_charset
from tieout.formats.common.source import decode

GERMAN = "Überweisung Müller, Köln; Straße 5; Gebühren für März; größere Beträge"
FRENCH = "Relevé de février, prélèvement à la société Générale d'électricité, reçu"
SPANISH = "Compañía eléctrica de Cataluña, recibo número 15, teléfono y café"
SWEDISH = "Överföring från Åsa Öberg till Järnvägsgatan, inköp på nätet"
POLISH = "Opłata za usługę, Łódź, wpłata własna, należność główna, przelew wychodzący"
CZECH = "Příchozí platba, nájemné za září, účet číslo, daň z příjmů, Žižkov, šek"
RUSSIAN = "Оплата по счёту за аренду помещения, перевод между счетами, выписка за март"


@pytest.mark.parametrize("text", [GERMAN, FRENCH, SPANISH, SWEDISH])
def test_western_text_is_windows_1252(text: str) -> None:
    assert guess_charset(text.encode("cp1252")) == "cp1252"


@pytest.mark.parametrize("text", [POLISH, CZECH])
def test_central_european_letters_speak_for_windows_1250(text: str) -> None:
    assert decode(text.encode("cp1250")).text == text


def test_dos_letters_inside_words_speak_for_850() -> None:
    assert decode(GERMAN.encode("cp850")).text == GERMAN


def test_another_script_is_a_matter_of_statistics() -> None:
    assert decode((RUSSIAN * 3).encode("cp1251")).text == RUSSIAN * 3


def test_a_lone_sign_between_words_changes_nothing() -> None:
    assert guess_charset(b"Rent 85 \x80 - \x93paid\x94 to M\xfcller") == "cp1252"
