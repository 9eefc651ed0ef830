"""Words in the cells of other systems and what the layout calls them, in seven languages."""

from tieout.core.explain.books import AccountUse, EntryKind, PostingStatus, SubLedger
from tieout.formats.common.words import plain


def _words(**said: str) -> dict[str, str]:
    return {
        plain(word): name
        for name, words in said.items()
        for word in words.split("|")
        if plain(word)
    }


_TYPES = _words(
    invoice="inv|invoice|si|pi|sales invoice|purchase invoice|bill|re|rechnung|ausgangsrechnung"
    "|eingangsrechnung|dr|kr|factuur|verkoopfactuur|inkoopfactuur|fac|facture|factura|fattura"
    "|fatura|ft",
    credit_note="cn|crn|cm|credit note|credit memo|credit|gs|gutschrift|creditnota|creditfactuur"
    "|av|avoir|nc|nota de credito|abono|nota di credito",
    receipt="rec|rcp|receipt|customer payment|payment received|ze|zahlungseingang|ontvangst"
    "|encaissement|cobro|incasso|recebimento|rg",
    payment="pay|pmt|payment|vendor payment|za|zahlungsausgang|zahlung|betaling|paiement|reglement"
    "|pago|pagamento",
    refund="refund|ruckzahlung|erstattung|terugbetaling|remboursement|reembolso|rimborso",
    write_off="write off|wo|ausbuchung|afboeking|perte|cancelacion|stralcio",
    discount="discount|skonto|korting|escompte|descuento|sconto|desconto",
    contra="contra|verrechnung|verrekening|compensation|compensacion|compensazione|compensacao",
    opening_balance="opening balance|opening|ob|eroffnung|saldovortrag|beginsaldo|a nouveau"
    "|saldo inicial|apertura|saldo iniziale",
    currency_adjustment="currency adjustment|fx adjustment|kursdifferenz|koersverschil"
    "|ecart de change|diferencia de cambio|differenza cambio",
    revalue="revalue|revaluation|neubewertung|herwaardering|reevaluation|revaluacion|rivalutazione",
)
_STOCK_TYPES = _words(
    other="purchase|sale|goods receipt|goods issue|receipt|issue|output|consumption"
    "|positive adjmt|negative adjmt|adjustment|wareneingang|warenausgang|einkauf|verkauf"
    "|inkoop|verkoop|ontvangst|uitgifte|entree|sortie|entrada|salida|saida|carico|scarico",
    expected_cost="expected cost|grni|goods received not invoiced",
    cost_adjustment="cost adjustment|adjust cost",
    opening_balance="opening balance|opening|opening stock|anfangsbestand|beginvoorraad",
    revalue="revaluation|revalue|neubewertung|herwaardering",
    transfer="transfer|umlagerung|overboeking|transfert|traslado|trasferimento",
)
_ASSET_TYPES = _words(
    addition="addition|acquisition|acquisition cost|purchase|zugang|anschaffung|aanschaf"
    "|investering|alta|adquisicion|acquisizione|aquisicao",
    disposal="disposal|sale|retirement|abgang|verkauf|desinvestering|verkoop|cession|sortie|baja"
    "|dismissione|alienacao",
    depreciation="depreciation|abschreibung|afschrijving|amortissement|dotation|amortizacion"
    "|ammortamento|depreciacao",
    transfer="transfer|reclassification|umbuchung|overboeking|reclassement|traslado|trasferimento",
    revalue="revaluation|revalue|appreciation|write up|zuschreibung|herwaardering",
    opening_balance="opening balance|opening|eroffnung|saldovortrag|beginsaldo|a nouveau",
)
_CASH_TYPES = {
    word: name
    for word, name in _TYPES.items()
    if name in {"receipt", "payment", "refund", "opening_balance", "revalue"}
} | _words(
    transfer="transfer|umbuchung|overboeking|virement|traspaso|giroconto|transferencia",
    other="charge|charges|bank charge|fee|interest|gebuhr|zinsen|kosten|rente|frais|interets",
)
_STATUS = _words(
    posted="posted|booked|final|gebucht|verbucht|geboekt|verwerkt|comptabilise|valide"
    "|contabilizado|registrato|contabilizzato|lancado",
    waiting="waiting|pending|unposted|wartend|offen|wachtend|en attente|pendiente|in attesa"
    "|pendente",
    deferred="deferred|zuruckgestellt|uitgesteld|differe|diferido|differito",
    draft="draft|entwurf|concept|brouillon|borrador|bozza|rascunho",
    rejected="rejected|abgelehnt|afgewezen|rejete|rechazado|respinto|rejeitado",
)
_PERIOD_STATUS = _words(
    closed="closed|geschlossen|gesperrt|gesloten|ferme|cloture|cerrado|chiuso|fechado",
    open="open|offen|ouvert|abierto|aperto|aberto",
    future="future|kunftig|zukunftig|toekomstig|futur|futuro",
)
_LEDGER = _words(
    AR="ar|sales|receivables|customer|debitor|debitoren|debiteur|kunde|klant|client|cliente",
    AP="ap|purchase|payables|vendor|supplier|kreditor|kreditoren|crediteur|lieferant"
    "|leverancier|fournisseur|proveedor|fornitore|fornecedor",
    INVENTORY="inventory|stock|items|lager|voorraad|existencias|magazzino",
    FIXED_ASSETS="fixed assets|assets|anlagen|immobilisations|cespiti",
    DEPRECIATION="depreciation|abschreibung|afschrijving|amortissement",
    BANK="bank|cash book|kassenbuch|kasboek",
)
_KIND = _words(
    control_AR="debtors control|accounts receivable|receivable|debitorenkonto|forderungen"
    "|debiteuren|clients|clientes|crediti verso clienti",
    control_AP="creditors control|accounts payable|payable|kreditorenkonto|verbindlichkeiten"
    "|crediteuren|fournisseurs|proveedores|debiti verso fornitori|fornecedores",
    control_INVENTORY="inventory account|stock account|bestandskonto|voorraadrekening"
    "|compte de stock|cuenta de existencias|conto magazzino",
    control_FIXED_ASSETS="fixed asset account|fixed assets at cost|anlagenkonto"
    "|compte d immobilisation",
    control_DEPRECIATION="accumulated depreciation|depreciation account|wertberichtigung"
    "|cumulatieve afschrijving|amortissements cumules|fondo ammortamento",
    control_BANK="bank control|bank ledger account|bankkonto|compte bancaire|conto bancario",
    suspense="suspense account|zwischenkonto|tussenrekening|compte d attente"
    "|cuenta transitoria|conto transitorio|conta transitoria",
    other="income|expense|asset|liability|equity|ertrag|aufwand|aktiva|passiva|opbrengst|kosten"
    "|produit|charge|ingreso|gasto|ricavo|costo|attivo|passivo|rendimento|ativo",
)
VALUES: dict[tuple[str, str], tuple[frozenset[str], dict[str, str]]] = {
    **{
        (table, "type"): (frozenset(EntryKind), _TYPES)
        for table in ("sales_ledger", "purchase_ledger")
    },
    ("stock_ledger", "type"): (frozenset(EntryKind), _STOCK_TYPES),
    ("fixed_assets", "type"): (frozenset(EntryKind), _ASSET_TYPES),
    ("depreciation", "type"): (frozenset(EntryKind), _ASSET_TYPES),
    ("cash_book", "type"): (frozenset(EntryKind), _CASH_TYPES),
    ("nominal", "status"): (frozenset(PostingStatus), _STATUS),
    ("periods", "status"): (frozenset({"closed", "open", "future"}), _PERIOD_STATUS),
    ("accounts", "kind"): (frozenset(AccountUse), _KIND),
    **{
        (table, "ledger"): (frozenset(SubLedger), _LEDGER)
        for table in ("parties", "allocations", "closed_balances")
    },
}
"""Table and column to the layout's words, and the words of others for them."""
TURNING = frozenset({"c", "cr", "credit", "h", "haben", "haber", "a", "avere", "credito"})
"""Marks of a credit."""
KEEPING = frozenset({"d", "dr", "debit", "s", "soll", "debet", "debe", "dare", "debito"})
"""Marks of a debit."""
INCREASES = frozenset({"invoice"})
DECREASES = frozenset({"credit_note", "receipt", "payment", "discount", "write_off"})
WAYS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "stock_ledger": (
        frozenset(
            {"invoice", "expected_cost", "purchase", "goods receipt", "receipt", "wareneingang"}
        ),
        frozenset({"credit_note", "sale", "goods issue", "issue", "consumption", "warenausgang"}),
    ),
    "fixed_assets": (frozenset({"addition"}), frozenset({"disposal"})),
    "depreciation": (frozenset({"depreciation"}), frozenset({"disposal"})),
    "cash_book": (frozenset({"receipt"}), frozenset({"payment"})),
}
"""What increases and what decreases a ledger that is of no customers or suppliers."""
CALLED = {
    "stock_ledger": ("receipts", "issues"),
    "fixed_assets": ("additions", "disposals"),
    "depreciation": ("depreciations", "disposals"),
    "cash_book": ("receipts", "payments"),
}
"""The two in words."""
SUMS = {
    "sales_ledger": "what is owed to us",
    "purchase_ledger": "what is owed by us",
    "stock_ledger": "the stock",
    "fixed_assets": "the assets",
    "depreciation": "what is depreciated",
    "cash_book": "the cash",
}
"""What the amounts of a ledger add up to."""
USUAL_TYPE = {
    "stock_ledger": "other",
    "fixed_assets": "addition",
    "depreciation": "depreciation",
    "cash_book": "receipt",
}
"""What nearly every row of a ledger without types is."""
