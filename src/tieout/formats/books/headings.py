"""The words by which other systems head the columns of books, table by table, in seven languages.

A phrase is kept as `plain` leaves it. Within a table a phrase stands for one column only, so a
heading that is such a phrase names its column without doubt. A name that begins with `_` is no
column of the layout but what one is made from: an amount that does not say in which currency, the
two columns of a split amount, the mark that says which way an amount goes.
"""

from tieout.formats.books.desk import ENTRY_COLUMNS, LEDGER_FILES

AMOUNT, DEBIT, CREDIT, MARK = "_amount", "_debit", "_credit", "_mark"

_DATES = {
    "transaction_date": """transaction date | document date | doc date | invoice date | belegdatum
        | rechnungsdatum | documentdatum | factuurdatum | date piece | date de piece
        | date de facture | date facture | fecha documento | fecha de documento | fecha factura
        | fecha de factura | data documento | data do documento | data fattura | data fatura
        | data da fatura | date""",
    "entry_date": """entry date | created | created at | created on | entered on | input date
        | erfassungsdatum | erfasst am | erfasst | invoerdatum | ingevoerd op | date de saisie
        | date saisie | fecha de registro | fecha registro | fecha de alta | data inserimento
        | data de registo | data de registro""",
}
_MONEY = {
    AMOUNT: """amount | betrag | umsatz | bedrag | montant | importe | monto | importo | valor
        | montante | grand total | total amount | total""",
    DEBIT: """debit | debit amount | dr | dr amount | soll | sollbetrag | betrag soll | debet
        | bedrag debet | debit eur | montant debit | debe | importe debe | dare | importo dare
        | debito | valor debito""",
    CREDIT: """credit | credit amount | cr | cr amount | haben | habenbetrag | betrag haben
        | bedrag credit | credit eur | montant credit | haber | importe haber | avere
        | importo avere | credito | valor credito""",
    MARK: """debit credit | dr cr | d c | dc | debit credit indicator | credit debit indicator
        | soll haben | s h | sh | soll haben kennzeichen | debet credit | sens | debe haber | d h
        | dare avere | d a | debito credito""",
    "doc_amount": """doc amount | document amount | amount in document currency | foreign amount
        | amount fc | currency amount | betrag fremdwahrung | betrag in fremdwahrung
        | betrag belegwahrung | betrag in belegwahrung | fremdwahrungsbetrag
        | bedrag vreemde valuta | bedrag in vreemde valuta | montant devise | montant en devise
        | montantdevise | importe divisa | importe en divisa | importe moneda | importo valuta
        | importo in valuta | importo in divisa | valor em moeda estrangeira | valor moeda""",
    "currency": """currency | currency code | customer currency | ccy | curr | wahrung
        | wahrungscode | wkz | valuta | valutacode | munt | devise | code devise | idevise
        | divisa | moneda | moeda | codigo moeda""",
}
_CENTRES = {
    "cost_centre": """cost centre | cost center | kostenstelle | kst | kostenplaats
        | centre de cout | centre de couts | centro de coste | centro de costo | centro di costo
        | centro de custo""",
    "department": """department | dept | abteilung | afdeling | departement | service
        | departamento | reparto""",
}
_LEDGER = {
    **_DATES,
    **_MONEY,
    "txn_id": """txn id | transaction id | document no | document number | document id | doc no
        | doc number | entry no | entry number | voucher no | voucher number | belegnummer
        | belegnr | beleg nr | beleg | boekstuknummer | boekstuk | stuknummer | numero de piece
        | numero piece | n piece | no piece | numero de asiento | numero asiento | no asiento
        | numero documento | no documento | n documento | numero do documento
        | numero registrazione""",
    "ledger": "ledger | subledger | sub ledger | nebenbuch | subgrootboek | subdiario",
    "party": """party | customer | customer no | customer id | customer number | client no
        | vendor | vendor no | vendor id | vendor number | vendornum | supplier | supplier no
        | debtor | creditor | debitor | debitorennummer | kunde | kundennummer | kundennr
        | kreditor | kreditorennummer | lieferant | lieferantennummer | lieferantennr | klant
        | klantnummer | debiteur | debiteurnummer | leverancier | leveranciersnummer | crediteur
        | crediteurnummer | client | code client | numero client | tiers | code tiers
        | fournisseur | code fournisseur | cliente | codigo cliente | codice cliente | proveedor
        | codigo proveedor | fornitore | codice fornitore | fornecedor | codigo fornecedor""",
    "type": """type | document type | doc type | transaction type | art | belegart | buchungsart
        | soort | boekingssoort | documentsoort | type de piece | type piece | nature | tipo
        | tipo documento | tipo de documento | tipo di documento""",
    "reference": """reference | reference no | ref | ref no | external document no | invoice no
        | invoice number | invnum | referenz | referenznummer | externe belegnummer
        | rechnungsnummer | rechnungsnr | referentie | kenmerk | factuurnummer | reference piece
        | numero de facture | numero facture | n facture | referencia | numero de factura
        | numero factura | riferimento | numero fattura | n fattura | numero da fatura
        | numero fatura""",
    "due_date": """due date | due on | falligkeit | falligkeitsdatum | fallig am | vervaldatum
        | vervaldag | echeance | date echeance | date d echeance | vencimiento
        | fecha de vencimiento | fecha vencimiento | scadenza | data scadenza | vencimento
        | data de vencimento""",
    "allocation_date": """allocation date | allocated on | ausgleichsdatum | afletterdatum
        | date de lettrage | date lettrage | datelet | fecha de compensacion | data compensazione
        | data de compensacao""",
    "base_amount": """base amount | amount lcy | local amount | amount in local currency
        | base grand total | betrag hauswahrung | betrag in hauswahrung | betrag basiswahrung
        | bedrag basisvaluta | bedrag in basisvaluta | montant devise locale
        | montant en devise locale | importe moneda local | importe en moneda local
        | importo valuta base | importo in valuta base | valor moeda local""",
    "rate": """rate | exchange rate | fx rate | kurs | wechselkurs | umrechnungskurs | koers
        | wisselkoers | cours | taux de change | tipo de cambio | tasa de cambio | cambio
        | tasso di cambio | taxa de cambio""",
    "tax_amount": """tax amount | tax | vat | vat amount | steuer | steuerbetrag | mwst | ust
        | btw | btw bedrag | tva | montant tva | iva | importe iva | importo iva | valor iva""",
    "control_account": """control account | reconciliation account | ledger account | account
        | account no | gl account | g l account | abstimmkonto | sammelkonto | sachkonto | konto
        | verzamelrekening | grootboekrekening | compte collectif | compte general
        | cuenta de control | cuenta contable | cuenta | conto di controllo | conto
        | conto collettivo | conta de controlo | conta de controle | conta""",
    "control_cost_centre": "control cost centre | " + _CENTRES["cost_centre"],
    "control_department": "control department | " + _CENTRES["department"],
    "related_id": """related id | related document | applies to | bezug auf | bezugsbeleg
        | gerelateerd document | piece liee | documento relacionado | documento collegato""",
    "batch_id": """batch id | batch | batch no | stapel | stapelnummer | batchnummer | lot | lote
        | lotto""",
    "void_date": "void date | voided on | storniert am | stornodatum | date annulation",
}
_FURTHER_DATE = _LEDGER["transaction_date"].strip() + " | posting date | buchungsdatum | boekdatum"
_STOCK = {
    **_LEDGER,
    "transaction_date": _FURTHER_DATE + " | valuation date | date de valorisation",
    "party": """party | item | item no | item id | item number | item code | sku | stock code
        | product
        | product code | part no | material | materialnummer | artikel | artikelnummer | artikelnr
        | article | code article | articulo | codigo articulo | articolo | codice articolo | artigo
        | codigo artigo""",
    "type": _LEDGER["type"] + " | item ledger entry type | entry type | voucher type",
    "base_amount": _LEDGER["base_amount"]
    + """ | value | stock value | inventory value | stock value difference | value change
        | cost amount | cost amount actual | total cost | lagerwert | voorraadwaarde
        | valeur de stock | valor de existencias | valore di magazzino""",
    "control_account": "stock account | inventory account | bestandskonto | voorraadrekening"
    " | compte de stock | " + _LEDGER["control_account"],
}
_ASSETS = {
    **_LEDGER,
    "transaction_date": _FURTHER_DATE + " | fa posting date | acquisition date | anschaffungsdatum",
    "party": """party | asset | asset no | asset id | asset number | asset code | fa no
        | fixed asset
        | fixed asset no | anlage | anlagennummer | anlagegut | activum | activumnummer
        | immobilisation | numero immobilisation | activo fijo | numero de activo | cespite
        | codice cespite | imobilizado""",
    "type": _LEDGER["type"] + " | fa posting type | movement type | bewegungsart",
    "base_amount": _LEDGER["base_amount"]
    + """ | acquisition cost | cost | anschaffungskosten | aanschafwaarde
        | valeur d acquisition | costo storico | valor de adquisicion""",
    "control_account": "asset account | anlagenkonto | compte d immobilisation | "
    + _LEDGER["control_account"],
}
_WEAR = {
    **_ASSETS,
    "transaction_date": _FURTHER_DATE + " | fa posting date | depreciation date",
    "base_amount": _LEDGER["base_amount"]
    + """ | depreciation amount | depreciation | abschreibung | abschreibungsbetrag
        | afschrijving | amortissement | dotation | amortizacion | ammortamento | depreciacao""",
    "control_account": "depreciation account | accumulated depreciation account | "
    + _LEDGER["control_account"],
}
_CASH = {
    **_LEDGER,
    "transaction_date": _FURTHER_DATE,
    "party": """party | bank account | bank account no | bank account number | bank code | bankkonto
        | bankrekening | compte bancaire | cuenta bancaria | conto bancario | conta bancaria""",
}
_NOMINAL = {
    **_DATES,
    **{
        each.removeprefix("_") if each in {DEBIT, CREDIT} else each: _MONEY[each] for each in _MONEY
    },
    **_CENTRES,
    "nominal_id": """nominal id | posting id | line id | gl entry no | posten nr | postennummer
        | positionsnummer | regelnummer id | boekingsregel | id ligne | numero de ligne
        | id linea | id apunte | id riga | id linha | entry no | id""",
    "journal_id": """journal id | journal no | journal number | journal entry | voucher no
        | voucher number | voucher | transaction no | buchungsnummer | journalnummer | buchung
        | belegnummer | belegnr | beleg nr | beleg | boekstuknummer | boekstuk | stuknummer
        | journaalpost | numero ecriture | ecriturenum | n ecriture | numero d ecriture | asiento
        | numero de asiento | numero asiento | no asiento | registrazione | numero registrazione
        | lancamento | numero lancamento | document no | document number""",
    "status": "status | state | zustand | statut | etat | estado | stato",
    "account": """account | account no | account number | account code | gl account | g l account
        | nominal account | nominal code | konto | kontonummer | kontonr | sachkonto
        | grootboekrekening | grootboek | rekening | rekeningnummer | compte | comptenum
        | numero de compte | n compte | compte general | cuenta | cuenta contable
        | numero de cuenta | conto | codice conto | numero conto | conta | conta contabil""",
    "period": """period | fiscal period | accounting period | periode | buchungsperiode
        | boekperiode | periode comptable | periodo | ejercicio periodo | periodo contable
        | periodo contabile""",
    "posting_date": """posting date | posted on | accounting date | gl date | buchungsdatum
        | buchungstag | boekdatum | boekingsdatum | date comptable | date ecriture
        | ecrituredate | date d ecriture | fecha contable | fecha de asiento | fecha asiento
        | data registrazione | data contabile | data de lancamento | data lancamento""",
    "source": """source | source code | journal code | origin | herkunft | buchungskreis quelle
        | dagboek | bron | code journal | journalcode | origen | diario | origine""",
    "source_id": """source id | source no | source document | herkunftsbeleg | quellbeleg
        | bronboeking | document d origine | piece d origine | documento de origen
        | documento origen | documento di origine | documento de origem""",
    "line_no": """line no | line number | zeile | zeilennummer | regel | regelnummer | no ligne
        | linea | riga | linha""",
    "line_count": """line count | lines | zeilenzahl | anzahl zeilen | aantal regels
        | nombre de lignes""",
    "reference": """reference | reference no | ref | ref no | external document no | invoice no
        | referenz | externe belegnummer | rechnungsnummer | referentie | kenmerk
        | factuurnummer | pieceref | reference piece | numero de facture | numero facture
        | referencia | numero de factura | riferimento | numero fattura | numero fatura""",
    "narrative": """narrative | description | text | memo | details | buchungstext | beschreibung
        | omschrijving | libelle | ecriturelib | concepto | descripcion | glosa | descrizione
        | causale | descricao | historico""",
    "party": _LEDGER["party"] + " | relatie | compauxnum | tercero",
}
_PLAIN: dict[str, dict[str, str]] = {
    "accounts": {
        **_CENTRES,
        "account": _NOMINAL["account"] + " | no | code | nummer | numero | codigo | codice",
        "name": """name | account name | description | bezeichnung | kontobezeichnung
            | beschreibung | naam | omschrijving | libelle | intitule | nom | nombre
            | descripcion | nome | descrizione | descricao""",
        "kind": """kind | account kind | account type | type | use | kontoart | art | soort
            | rekeningsoort | type de compte | nature | tipo | tipo de cuenta | tipo conto
            | tipo de conta""",
    },
    "periods": {
        "period": _NOMINAL["period"] + " | period no | no | nummer | numero",
        "start": """start | start date | from | begins on | beginn | von | anfang | begin | vanaf
            | begindatum | debut | date debut | inicio | desde | fecha inicio | inizio
            | data inizio | dal | data inicio""",
        "end": """end | end date | to | ends on | ende | bis | eind | einddatum | tot | fin
            | date fin | hasta | fecha fin | fine | data fine | al | fim | data fim""",
        "status": _NOMINAL["status"],
        "close_date": """close date | closed on | abschlussdatum | geschlossen am | afsluitdatum
            | date cloture | date de cloture | fecha de cierre | fecha cierre | data chiusura
            | data de fecho""",
    },
    "parties": {
        "party": _LEDGER["party"] + " | no | nummer | code",
        "ledger": _LEDGER["ledger"] + " | type | art | soort | tipo",
        "name": """name | display name | company name | customer name | vendor name | firma | naam
            | nom | raison sociale | nombre | razon social | nome | ragione sociale""",
        **{
            name: _LEDGER[name]
            for name in ("control_account", "control_cost_centre", "control_department")
        },
        "currency": _MONEY["currency"],
        "also_party": "also party | auch lieferant | auch kunde",
    },
    "rates": {
        "period": _NOMINAL["period"],
        "currency": _MONEY["currency"],
        "rate": _LEDGER["rate"],
    },
    "allocations": {
        "allocation_id": "allocation id | application no | ausgleichsnummer",
        "ledger": _LEDGER["ledger"],
        "debit_id": "debit id | debit document | sollbeleg",
        "credit_id": "credit id | credit document | habenbeleg",
        "allocation_date": _LEDGER["allocation_date"],
        "entry_date": _DATES["entry_date"],
        "doc_amount": _MONEY["doc_amount"] + " | " + _MONEY[AMOUNT],
        "base_from_debit": "base from debit",
        "base_from_credit": "base from credit",
        "adjustment_id": "adjustment id",
    },
    **{
        table: {name: name.replace("_", " ") for name in names.split()}
        for table, names in {
            "closed_balances": "ledger period close_date ledger_total nominal_control_total",
            "audit_log": "when user action txn_id detail",
            "period_events": "period when state module",
            "control_totals": "file rows column total",
        }.items()
    },
}
HEADINGS: dict[str, dict[str, tuple[str, ...]]] = {
    table: {
        column: tuple(dict.fromkeys(" ".join(each.split()) for each in words.split("|")))
        for column, words in columns.items()
    }
    for table, columns in {
        "sales_ledger": _LEDGER,
        "purchase_ledger": _LEDGER,
        "stock_ledger": _STOCK,
        "fixed_assets": _ASSETS,
        "depreciation": _WEAR,
        "cash_book": _CASH,
        "nominal": _NOMINAL,
        **_PLAIN,
    }.items()
}
"""Table to column to the phrases that name it, the best first."""
NEEDED: dict[str, tuple[str, ...]] = {
    **{name.removesuffix(".csv"): ENTRY_COLUMNS for name in LEDGER_FILES.values()},
    "nominal": ("nominal_id", "journal_id", "account", "period", "debit", "credit"),
    "accounts": ("account", "kind"),
    "periods": ("period", "start", "end"),
    "parties": ("party", "ledger"),
    "rates": ("period", "currency", "rate"),
    "allocations": ("debit_id", "credit_id", "allocation_date"),
    "closed_balances": ("ledger", "period"),
    "audit_log": ("when", "action", "txn_id"),
    "period_events": ("period", "when", "state"),
    "control_totals": ("file", "rows"),
}
REQUIRED = ("nominal", "accounts", "periods")
"""Tables without which nothing can be explained; of the ledgers one is enough."""
LEDGERS = {name.removesuffix(".csv"): ledger.value for ledger, name in LEDGER_FILES.items()}
"""Table to the ledger that it is."""
PEOPLE = ("sales_ledger", "purchase_ledger")
"""What a ledger of documents is, one or the other, where nothing says which."""
INCREASED_BY_DEBIT = frozenset({"sales_ledger", "stock_ledger", "fixed_assets", "cash_book"})
HEAD_WORDS = {
    "stock_ledger": r"\bitem\b|\bsku\b|stock|inventor|artikel|\barticle|articul|articol|warehouse",
    "fixed_assets": r"\bfa\b|\basset|anlage[ng]|immobilis|cespit|activo fijo|imobiliz",
    "depreciation": r"depreciation|abschreib|afschrijv|amortiss|amortizac|ammort|depreciac",
    "cash_book": r"bank account|cash account|bankkonto|bankrekening|compte bancaire"
    r"|cuenta bancaria|conto bancario|conta bancaria",
}
"""What the headings say of a ledger that is of no customers or suppliers."""
FILE_WORDS: dict[str, str] = {
    "sales_ledger": r"\bsales?\b|debitor|debiteur|customer|client|receivable|kunde|klant|ventes"
    r"|ventas|vendas|vendite|verkauf|verkoop",
    "purchase_ledger": r"purchase|kreditor|crediteur|vendor|supplier|payable|lieferant|leverancier"
    r"|fournisseur|achat|compra|proveedor|fornitor|fornecedor|acquist|einkauf|inkoop",
    "stock_ledger": r"\bstock|inventor|value entr|lagerbuch|lagerbestand|warenbestand|voorraad"
    r"|existencias|magazzino|estoque",
    "fixed_assets": r"\bassets?\b|anlagen|immobilisation|vaste activa|activos? fijo|cespiti"
    r"|imobilizado|inmovilizado",
    "depreciation": r"depreciation|abschreibung|afschrijving|amortissement|amortizacion"
    r"|ammortament|depreciacao",
    "cash_book": r"cash ?book|kassenbuch|bankbuch|kasboek|bankboek|livre de (caisse|banque)"
    r"|libro de (caja|banco)|libro cassa|bank (account )?ledger",
    "nominal": r"nominal|general|sachbuch|hauptbuch|grootboek|grand.?livre|mayor|diario|giornale"
    r"|mastro|razao|journal|buchung|boeking|ecriture|asiento",
    "accounts": r"accounts|chart|konten|kontenplan|rekeningschema|plan.?comptable|cuentas|conti"
    r"|contas",
    "periods": r"period|calend|kalender",
    "parties": r"part(y|ies)|stamm|contact",
    "rates": r"rates|kurse|koersen|taux|cambi",
    "allocations": r"alloc|ausgleich|lettrage|application",
    "closed_balances": r"closed.?balance",
    "audit_log": r"audit",
    "period_events": r"period.?event",
    "control_totals": r"control.?total",
}
"""What the name of a file says of it, as a pattern over its plain form."""
