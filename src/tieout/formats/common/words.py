"""The words by which tables name their columns and rows, in the languages banks write.

A phrase is kept as `plain` leaves it: lower case, no accents, single blanks. Order in a list is
preference: the first phrases name the column best.
"""

import re
import unicodedata
from functools import lru_cache

_LETTERS = str.maketrans({"ł": "l", "ø": "o", "æ": "ae", "đ": "d", "ß": "ss", "œ": "oe", "ı": "i"})  # noqa: RUF001  Turkish


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """A header or label for comparison: no case, accents, brackets or punctuation."""
    folded = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    folded = "".join(c for c in folded if not unicodedata.combining(c))
    folded = re.sub(r"\([^)]*\)|\[[^\]]*\]", " ", folded) if len(text) > 3 else folded
    return " ".join(re.sub(r"[\W_]+", " ", folded).split())


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in text.replace("\n", " ").split("|") if each.strip())


HEADERS: dict[str, tuple[str, ...]] = {
    role: _phrases(text)
    for role, text in {
        "date": """
            booking date | bookingdate | booked on | posting date | posted date | post date | date posted | accounting date | booked date
            | transaction date | trans date | transactiondate | txn date | entry date | date utc | date | created | created utc | created at
            | buchungstag | buchungsdatum | buchung | belegdatum | datum | transaktionsdatum | buchungstag datum
            | date operation | date de l operation | date d operation | date comptable | date de comptabilisation | date transaction
            | boekingsdatum | boekdatum | transactiedatum | datum verrichting | uitvoeringsdatum | verwerkingsdatum
            | fecha | fecha operacion | fecha de operacion | fecha contable | f operacion | data | data lancamento
            | data de lancamento | data movimento | data mov | data do movimento | data operacao | data contabile | data operazione | data registrazione
            | bokforingsdag | bokforingsdatum | bokfort | bokfort dato | bokforingsdato | bogfort dato | bogforingsdato | dato
            | transaktionsdag | utfort dato | data operacji | data ksiegowania | data transakcji | data zaksiegowania | data transakcyi
            | datum zauctovani | datum provedeni | datum transakce | datum pohybu | datum splatnosti | datum uctovania
            | tranzakcio datuma | konyveles datuma | konyvelesi datum | kirjauspaiva | kirjauspvm | pvm | paivays
            | islem tarihi | tarih | data tranzactiei | data inregistrarii | kuupaev | datums | datum knjizenja | datum knjizenja
            | invoice date | payment date | deal date | order date | journaldate | journal date | gl date | trade date
            | settlement date | completed date | started date | date sold | date de valeur | day | when | timestamp | date time | datetime
            | deposit date | paid on | processed date | effective date | activity date | tgl | tanggal | ngay""",
        "value_date": """
            value date | valuedate | value on | valutadatum | valuta | valuta datum | wertstellung | wertstellungstag | wert | rentedatum
            | date valeur | date de valeur | fecha valor | f valor | data valor | data valuta | valutadag | rentedato | valutadato | rente dato
            | data waluty | ertekn nap | erteknap | arvopaiva | datum valuty | settlement date | interest date | valor | data val | datum verrekening
            | datum zauctovani | konyveles napja | clearing date | completed date | post date | posted date | data disponibile""",
        "amount": """
            net amount | transaction amount | booked amount | amount | amount of transaction | net | net total | amt | trans amount | value
            | betrag | buchungsbetrag | umsatz | betrag in eur | betrag eur | umsatz in eur | betrag chf | einzelbetrag
            | montant | montant de l operation | montant operation | montant eur | montant net
            | bedrag | bedrag in eur | bedrag eur | importe | importe eur | importe de la operacion | monto | valor | quantia | montante
            | importo | importo eur | importo in euro | importo operazione | belopp | belob | belop | belob dkk | kwota | kwota operacji | kwota transakcji
            | kwota w pln | castka | zauctovana castka | objem | suma | tranzakcio osszege | osszeg | maara | summa | maara eur | tutar
            | islem tutari | suma tranzactiei | summa eur | netamount | amount eur | amount usd | amount gbp | grand total | total | gross
            | gross amount | total amount | payment amount | paid amount | invoice amount | total proceeds | bedrag af bij | iznos | jumlah | so tien | inflow outflow""",
        "money_in": """
            credit | credits | credit amount | amount credit | cr amount | money in | paid in | deposit | deposits | inflow | receipts | received | incoming
            | haben | gutschrift | gutschriften | einnahmen | eingang | einzahlung | eingange | credit montant | credits eur | recettes | entrees
            | bij | credito | creditos | abono | abonos | ingresos | ingreso | haber | entradas | entrada | entrate | avere | accrediti | accredito | accrediti eur
            | inn | inn pa konto | inbetalning | insattning | insattningar | kredit | ind | indsat | wplywy | wplyw | uznania | uznanie | ma | prijmy | prijem
            | kreditas | jovairas | bevetel | panot | pano | otot in | alacak | yatan | receipt | income | credit eur | amount in | in | cash in | mutasi kredit""",
        "money_out": """
            debit | debits | debit amount | amount debit | dr amount | money out | paid out | withdrawal | withdrawals | outflow | payments | paid | outgoing | spent
            | soll | lastschrift | belastung | belastungen | ausgaben | ausgang | auszahlung | ausgange | depenses | sorties
            | af | debet | debito | debitos | cargo | cargos | gastos | debe | saidas | saida | uscite | dare | addebiti | addebito
            | ut | ut fra konto | utbetalning | uttag | debiet | ud | haevet | wydatki | wyplywy | obciazenia | obciazenie | winien | vydaje | vydej
            | debetas | kiadas | otto | otot | borc | cekilen | debits eur | debit eur | payment | expense | amount out | out | cash out | charge | charges | mutasi debet""",
        "direction": """
            debit credit | credit debit | dr cr | cr dr | d c | c d | dc | af bij | bij af | sh | s h | soll haben | haben soll | soll haben kennzeichen | cd flag
            | d k | debet credit | debit credit indicator | credit debit indicator | cdtdbtind | dare avere | sens | debe haber | bevetel kiadas
            | transaction type | type of transaction | type | typ | tipo | sign | direction | debet kredit | dk | balance impact | in out | flow | kirjausmerkki""",
        "currency": """
            currency | currency code | ccy | curr | cur | currency account | account currency | booked currency | transaction currency
            | wahrung | waehrung | buchungswahrung | devise | munt | muntsoort | moneda | divisa | moeda | valuta | valuuta
            | mena | mena uctu | waluta | mon | monn | monnaie | valiuta | tranzakcio devizaneme | devizanem | para birimi | doviz | fund currency code
            | customer currency | whg | wkz | devisen""",
        "account": """
            account number | account no | account iban | own account | iban bban | account | accountnumber | acct | account id | source account | bank account number
            | auftragskonto | iban auftragskonto | konto | kontonummer | iban kontonummer | konto nr | eigenes konto | umsatz getatigt von | kreditkarte
            | compte | numero de compte | no compte | n compte | produit | rekening | rekeningnummer | eigen rekening | iban rekening | kredietkaart
            | cuenta | numero de cuenta | conta | conto | numero conto | rapporto | kontonr | numer konta | konto wlasne | cislo uctu | saskaitos nr
            | szamlaszam | tili | tilinumero | hesap no | iban | account name | accountname | card | card number | card no | payment account | bank account | kartennummer""",
        "balance": """
            balance | running balance | runningbalance | current balance | closing balance | balance after | account balance | bal | bal after bkng | cash balance | ledger balance
            | net cash balance | available balance | saldo | kontostand | saldo nach buchung | saldo in eur | saldo eur | neuer saldo | solde | saldo na trn | saldo na mutatie
            | saldo posterior | saldo disponible | saldo contabile | saldo disponibile | bokfort saldo | saldo po operacji | saldo po transakcji | zustatek
            | egyenleg | saldo konto | likutis | bakiye | kontosaldo | balance eur | sold | stanje | saldo final | new balance""",
        "counterparty": """
            counterparty | counterparty name | counter party | partner name | beneficiary | payee | payee name | merchant | merchant name | payer | name counterpty | name
            | party | vendor | supplier | customer | customer name | vendor name | vendornum | payee detail | card name
            | beguenstigter zahlungspflichtiger | begunstigter zahlungspflichtiger | auftraggeber begunstigter | auftraggeber empfanger | empfanger | zahlungsempfanger
            | zahlungspflichtiger | name zahlungsbeteiligter | auftraggeber | partnername | zahlungsempfanger in | zahlungspflichtige r | begunstigter auftraggeber | kunde
            | beneficiaire | nom | tiers | nom du tiers | contrepartie | naam tegenpartij | tegenpartij | naam | naam omschrijving | handelaar | begunstigde
            | beneficiario | ordenante | ordenante beneficiario | nombre | beneficiario ordenante | controparte | ordinante | nome
            | mottagare | avsandare | modtager | mottaker | motpart | odbiorca | nadawca | kontrahent | nadawca odbiorca | nazwa odbiorcy | dane kontrahenta
            | nazev protiuctu | protistrana | partner neve | kedvezmenyezett | saaja | maksaja | saaja maksaja | gavejas | alici | karsi hesap sahibi | partner | who | to""",
        "counterparty_account": """
            counterparty account | counterparty iban | counterpty iban bban | counterparty account number | partner iban | payee account | beneficiary account
            | kontonummer iban | kontonummer iban zahlungspartner | iban zahlungsbeteiligter | gegenkonto | iban empfanger | compte contrepartie | iban tiers
            | tegenrekening | tegenrekening iban bban | rekeningnummer tegenpartij | tegenrekening iban | cuenta destino | iban beneficiario | conta destino
            | motkonto | modkonto | rachunek odbiorcy | nr rachunku kontrahenta | numer rachunku | cislo protiuctu | protiucet | partner szamlaszama | saajan tilinumero""",
        "narrative": """
            description | transaction description | details | narrative | memo | purpose | text | note | notes | particulars | remittance information | bank description
            | remittance info | transaction details | original description | payment details | statement description | transaction | transactions | label | title | remarks | remark | desc | message | comment | comments | items
            | additional description | additional information | detail | reason | what
            | verwendungszweck | buchungstext | beschreibung | transaktionsbeschreibung | transaktionsbeschreibung zusatz | umsatztext | vorgang | zahlungsdetails
            | libelle | libelle operation | detail de l ecriture | motif | communication | remarque | description 1 | description 2 | description 3 | libelles
            | omschrijving | omschrijving 1 | omschrijving 2 | omschrijving 3 | mededelingen | mededeling | vrije mededeling | toelichting
            | concepto | descripcion | detalle | observaciones | historico | descricao | descritivo | descrizione | causale | descrizione operazione | dettagli
            | beskrivning | beskrivelse | forklaring | tekst | meddelande | rubrik | besked | posteringstekst | opis | opis operacji | tytul | tytul operacji | tytulem
            | zprava | poznamka | popis | kozlemeny | reszletek | selite | viesti | paaiskinimai | aciklama | descriere | explicatii | selgitus | keterangan
            | vwz1 | vwz2 | vwz3 | vwz4 | vwz5 | vwz6 | vwz7 | vwz8 | vwz9 | vwz10 | vwz11 | vwz12 | vwz13 | vwz14 | vwz | item1 | item2 | memodet | line description""",
        "reference": """
            end to end id | end to end reference | kundenreferenz | kundenreferenz end to end | reference | reference number | reference no | ref | ref no | payment reference | bank reference
            | cheque number | check number | check no | chq no | cheque no | cheque | check | checknumber | num | invoice number | invoice no | invoice | invoiceno | invnum
            | customer reference | client reference | transaction reference | mandate reference | mandate identification | mandatsreferenz | sepa reference | document number | doc no | document | voucher
            | sammlerreferenz | referenz | buchungsreferenz | belegnummer | belegnr | rechnungsnummer | beleg | re | reference client | numero de piece | numero cheque
            | betalingskenmerk | machtigingskenmerk | kenmerk | gestructureerde mededeling | transactiereferentie | referencia | referencia 1 | referencia 2 | numero de documento | num documento | documento
            | riferimento | referens | referanse | kid | ocr | numer referencyjny | variabilni symbol | vs | ks | ss | viite | viitenumero | dok nr | imokos kodas | reference1 | reference2
            | invoice_id | payment id | reference id | ref id | order id | po number | order number | receipt number | journalnumber""",
        "id": """
            transaction id | transactionid | fitid | id | unique id | entry id | txn id | trans id | reference id | ref id | record id | id transaction | transaction number | transaction no | bank transaction id | uid
            | transaktions id | umsatz id | no de transaction | n de transaction | numero de transaction | operation number | numero operation | volgnr | volgnummer | seq no | transactie id
            | id transaccion | id operacion | numero de operacion | id transacao | id transazione | transaktionsnummer | id transakcji | id transakce | id pohybu | ireaso nr | iraso nr
            | megbizas azonosito | arkivointitunnus | row id | line id | islem no | ref #""",
        "kind": """
            transaction type | type | transaction code | code | category | booking type | kind | action | tran type | payment type
            | transaktionstyp | umsatzart | buchungsart | type operation | type d operation | type de transaction | mutatiesoort | soort | tipo | tipo movimiento | tipo operazione
            | tipo de movimento | transaktionstype | typ operacji | rodzaj operacji | typ transakce | typ pohybu | tranzakcio tipusa | laji | tapahtumalaji | posting text | posting key | class""",
        "status": """
            status | state | transaction status | booking status | info | statut | estado | stato | stav | buchungsstatus | tila | durum | cleared""",
    }.items()
}  # fmt: skip
"""Role to the headers that name it."""

NOT_THE_AMOUNT = frozenset(
    _phrases("""original | orig | oorspr | oorspronkelijk | local | instr | instructed | converted | fee | fees | tax | vat | ursprungsbetrag | originalbetrag
    | originalwahrung | fremdwahrung | foreign | refunded | shipping | discount | exchange | rate | kurs | koers | puvodni | quantity | price | limit | split | savings
    | transfer | counter | opening | base | outstanding | compensation | kosten | poplatek | commission | instr amt | currency amount | amount currency | entgelt | mwst | iva | tva""")
)  # fmt: skip
"""Words that make a column something else than the amount booked on the account."""

MONEY_IN_WORDS = frozenset(
    _phrases("""c | cr | crdt | credit | credits | h | haben | bij | k | kredit | kredyt | kreditas | credito | in | inflow | i | income | incoming | + | plus | deposit | payment in
    | abono | ingreso | avere | a | gutschrift | bevetel | wplyw | uznanie | receipt | money in | entree | prijem | inn | ind | haber | credit transfer | tulo | pano | alacak""")
)  # fmt: skip
MONEY_OUT_WORDS = frozenset(
    _phrases("""d | dr | db | dbit | debit | debits | s | soll | af | debet | debito | out | outflow | o | expense | outgoing | - | minus | withdrawal | payment out
    | cargo | gasto | dare | lastschrift | belastung | kiadas | obciazenie | wydatek | uit | ut | ud | vydej | sortie | debe | debit transfer | meno | otto | borc | debetas""")
)  # fmt: skip

OPENING_WORDS = _phrases("""opening balance | balance brought forward | brought forward | balance b f | b f | beginning balance | starting balance | start balance | previous balance | balance at start | openings saldo
    | anfangssaldo | alter kontostand | alter saldo | saldovortrag | solde initial | solde precedent | ancien solde | solde en debut | report | beginsaldo | beginstand | vorig saldo | saldo inicial | saldo anterior
    | saldo iniziale | saldo precedente | ingaende saldo | ingaende balans | inngaende saldo | indgaende saldo | primosaldo | saldo poczatkowe | pocatecni zustatek | pocatecny zostatok | nyito egyenleg | alkusaldo | likutis pradziai | sold initial | devreden""")  # fmt: skip
CLOSING_WORDS = _phrases("""closing balance | balance carried forward | carried forward | balance c f | c f | ending balance | end balance | new balance | balance at end | final balance | ledger balance | current balance | account balance
    | endsaldo | neuer kontostand | neuer saldo | kontostand | kontostand am | schlusssaldo | solde final | nouveau solde | solde en fin | eindsaldo | eindstand | nieuw saldo | saldo final | saldo actual | saldo finale | saldo attuale
    | utgaende saldo | utgaende balans | utgaende saldo | ultimosaldo | saldo koncowe | konecny zustatek | konecny zostatok | zaro egyenleg | loppusaldo | likutis pabaigai | sold final""")  # fmt: skip
TOTAL_WORDS = _phrases("""total | totals | subtotal | sub total | grand total | sum | sums | turnover | summe | gesamt | gesamtsumme | zwischensumme | umsatze gesamt | total general | totaux | totaal | subtotaal | totales | suma | razem
    | totale | totali | soma | summa | totalt | i alt | sammenlagt | celkem | osszesen | yhteensa | apyvarta | toplam | end of file | total debits | total credits | balance | saldo | solde""")  # fmt: skip

PENDING_WORDS = frozenset(
    _phrases("""pending | authorised | authorized | authorisation | authorization | processing | in progress | reserved | reservation | vorgemerkt | umsatz vorgemerkt | offen | ausstehend | en attente | a venir | in behandeling | gereserveerd
    | pendiente | pendente | in attesa | non contabilizzato | vantande | reserverat | reserveret | reservert | oczekujaca | blokada | nezauctovano | blokace | fuggoben | varaus | bekliyor | p""")
)  # fmt: skip
VOID_WORDS = frozenset(
    _phrases("""failed | declined | cancelled | canceled | rejected | reverted | denied | expired | void | voided | abgelehnt | storniert | annule | refuse | rejete | geannuleerd | rechazado | anulado | cancelado | annullato
    | rifiutato | avvisad | afvist | avvist | odrzucona | anulowana | zamitnuto | elutasitva | hylatty | deleted""")
)  # fmt: skip
"""Status words of rows that moved no money."""


@lru_cache(maxsize=16384)
def named(role: str, header: str) -> int:
    """How well a header names a role: 100 down to 60 for the phrase itself, 50 to 20 if it is in it."""
    words = plain(header)
    if not words:
        return 0
    phrases = _ranks(role)
    rank = phrases.get(words)
    if rank is not None:
        return 100 - min(rank, 40)
    if len(words) > 60:
        return 0
    if role == "counterparty" and _NO_NAME & set(words.split()):
        return 0
    inside = _parts(words) & _telling(role)
    longest = max(map(len, inside), default=0)
    return 20 + min(30, 30 * longest // len(words)) if longest else 0


@lru_cache(maxsize=4096)
def _parts(words: str) -> frozenset[str]:
    """All phrases of one or more words that stand in a phrase."""
    each = words.split()
    ends = range(1, len(each) + 1)
    return frozenset(" ".join(each[begin:end]) for end in ends for begin in range(end))


@lru_cache(maxsize=32)
def _telling(role: str) -> frozenset[str]:
    """The phrases of a role that name a column also as a part of its name."""
    common = _TOO_COMMON - {"total"} if role == "amount" else _TOO_COMMON
    return frozenset(each for each in _ranks(role) if len(each) > 2 and each not in common)


_NO_NAME = {
    "id",
    "email",
    "iban",
    "account",
    "number",
    "code",
    "address",
    "bic",
    "konto",
    "konta",
    "country",
    "city",
}
"""Words of a column about a counterparty that is not its name."""
ID_WORDS = frozenset(_phrases("id | ids | uid | uuid | guid | fitid"))
"""Words of a column that identifies something: never a text, whatever it identifies."""
_TOO_COMMON = frozenset(
    _phrases("""transaction | transactions | payment | payments | card | name | value | type | code | total | charge | charges | paid | spent
    | detail | details | number | num | account | in | out | to | who | what | when | day | title | label | item1 | class | id | check | document | order number""")
)
"""Phrases that name a column only when they are all of its name."""


@lru_cache(maxsize=32)
def _ranks(role: str) -> dict[str, int]:
    ranks: dict[str, int] = {}
    for phrase in HEADERS[role]:
        ranks.setdefault(plain(phrase), len(ranks))
    return ranks


def is_one_of(label: str, words: tuple[str, ...]) -> bool:
    """Whether a cell begins with one of the phrases (a total row, a balance row)."""
    text = plain(label)
    return any(text == word or text.startswith(word + " ") for word in words)
