-- The lines of one statement, as they are read.
copy lines_in from stdin;
