-- A file as text.
select *
from read_csv(
    $path, all_varchar = true, header = true, delim = ',', quote = '"', escape = '"',
    nullstr = '', strict_mode = true)
