-- A file as text, with the line of each row.
select *, row_number() over () + 1 as line
from read_csv(
    $path, all_varchar = true, header = true, delim = ',', quote = '"', escape = '"',
    nullstr = '', strict_mode = true)
