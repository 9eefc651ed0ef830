-- The items of one run.
copy items_in from stdin;
