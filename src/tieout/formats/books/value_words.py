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
)
_KIND = _words(
    control_AR="debtors control|accounts receivable|receivable|debitorenkonto|forderungen"
    "|debiteuren|clients|clientes|crediti verso clienti",
    control_AP="creditors control|accounts payable|payable|kreditorenkonto|verbindlichkeiten"
    "|crediteuren|fournisseurs|proveedores|debiti verso fornitori|fornecedores",
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
