-- The groups of one run, as the engine gives them.
copy groups_in from stdin;
