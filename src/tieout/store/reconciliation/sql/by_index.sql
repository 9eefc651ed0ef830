-- Until the transaction ends: rows are looked up, however small the tables were when they were last
-- counted. A plan for an empty table costs hours once ten thousand rows are in it.
set local enable_seqscan = off;
