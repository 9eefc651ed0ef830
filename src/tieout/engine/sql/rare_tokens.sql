-- Reference tokens that few records of either side carry.
select x.token
from (select token, count(*) as records from left_tokens group by token) x
join (select token, count(*) as records from right_tokens group by token) y on x.token = y.token
join settings s on x.records * y.records <= s.rare_pairs
  and (x.records = 1 or x.records * 4 <= s.left_size)
  and (y.records = 1 or y.records * 4 <= s.right_size)
