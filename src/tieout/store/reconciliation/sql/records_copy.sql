-- All records of one run: those in groups, then those in none.
copy records_in from stdin;
