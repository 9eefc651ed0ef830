-- The journals that do not balance, in the order of the file.
select journal_id, more_debit, first_line from unbalanced order by first_line
