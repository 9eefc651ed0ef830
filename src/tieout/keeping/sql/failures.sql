-- The last runs that did not come to their end well.
select task, state, step, started_at, finished_at, count_in, count_out, count_held, error
from operations_jobrun where state in ('failed', 'abandoned') order by started_at desc limit 50;
