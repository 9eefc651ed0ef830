-- What the caller wanted to know again.
select said from kept.state
