-- The rows of one ledger's file, in the columns that all ledgers have.
select
    txn_id, party, type, reference, transaction_date, due_date, entry_date, allocation_date,
    currency, doc_amount, rate, base_amount, tax_amount, control_account, control_cost_centre,
    control_department, related_id, batch_id, void_date, $file_name as file_name
from raw_file
