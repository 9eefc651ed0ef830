-- Pairs put together at random, to learn what agrees by chance; marked by a negative count.
select l, r, -1 as pairs from chance_pairs
