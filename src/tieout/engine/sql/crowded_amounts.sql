-- Amounts that would make too many pairs, and how many they may make.
select c.pool, c.amount, (c.left_count + c.right_count) * s.crowd_ratio as budget
from settings s
join amount_counts c on c.left_count * c.right_count > s.crowd_least
  and c.left_count * c.right_count > (c.left_count + c.right_count) * s.crowd_ratio
