-- How references and texts of candidate pairs compare: the levels of `evidence.Ref`,
-- `evidence.Text` and (times 7) `evidence.Start`. What a record lacks is a number that the other side never has.
select p.l, p.r, p.pairs,
  case
    when t.l is not null then 4
    when a.main = b.main then 3
    when a.main_length >= 5 and b.main_length > a.main_length and a.main = case a.main_length
      when 5 then b.main_5 when 6 then b.main_6 when 7 then b.main_7
      when 8 then b.main_8 when 9 then b.main_9 when 10 then b.main_10 else -3 end then 2
    when b.main_length >= 5 and a.main_length > b.main_length and b.main = case b.main_length
      when 5 then a.main_5 when 6 then a.main_6 when 7 then a.main_7
      when 8 then a.main_8 when 9 then a.main_9 when 10 then a.main_10 else -3 end then 2
    when a.main >= 0 and b.main >= 0 then 1
    else 0
  end as reference,
  case
    when a.name < 0 or b.name < 0 then 0
    when a.text = b.text then 14
    when a.name = b.name and a.name_4 >= 0 then 13
    when a.name_14 = b.name_14 then 11
    when a.name_4 = b.name_4 and (
      substr(b.name_start, 1, length(a.name_start)) = a.name_start
      or substr(a.name_start, 1, length(b.name_start)) = b.name_start) then 12
    when a.name_11 = b.name_11 then 10
    when a.name_8 = b.name_8 then 9
    when a.word_0 in (b.word_0, b.word_1, b.word_2, b.word_3, b.word_4, b.word_5)
      or a.word_1 in (b.word_0, b.word_1, b.word_2, b.word_3, b.word_4, b.word_5)
      or a.word_2 in (b.word_0, b.word_1, b.word_2, b.word_3, b.word_4, b.word_5)
      or a.word_3 in (b.word_0, b.word_1, b.word_2, b.word_3, b.word_4, b.word_5)
      or a.word_4 in (b.word_0, b.word_1, b.word_2, b.word_3, b.word_4, b.word_5)
      or a.word_5 in (b.word_0, b.word_1, b.word_2, b.word_3, b.word_4, b.word_5) then 7
    when a.name_6 = b.name_6 then 6
    when a.name_6 >= 0 and b.name_6 >= 0
      and levenshtein(substr(a.name_start, 1, 10), substr(b.name_start, 1, 10)) <= 2 then 5
    when a.name_4 = b.name_4 then 4
    when a.name_3 = b.name_3 then 3
    when a.name_1 = b.name_1 then 2
    else 1
  end * 7 + case
    when a.text = b.text then 6
    when a.text_4 = b.text_4 and (
      substr(b.text_start, 1, length(a.text_start)) = a.text_start
      or substr(a.text_start, 1, length(b.text_start)) = b.text_start) then 5
    when a.text_14 = b.text_14 then 4
    when a.text_10 = b.text_10 then 3
    when a.text_7 = b.text_7 then 2
    when a.text_4 = b.text_4 then 1
    else 0
  end as text
from candidates p
join left_records a on a.idx = p.l
join right_records b on b.idx = p.r
left join rare_references t on t.l = p.l and t.r = p.r
