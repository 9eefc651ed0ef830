-- The lines of one statement, as a table of text.
copy lines_in from stdin (format csv);
