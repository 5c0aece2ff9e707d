-- How does quality go with a parameter? Here: rate. Other parameters may differ too: look before you conclude.
SELECT r.dataset, r.model, p.number AS rate, avg(r.primary_value) AS mean, count(*) AS runs
  FROM v_runs r
  JOIN trials t ON t.key = r.trial
  JOIN params p ON p.trial_id = t.id AND p.name = 'rate'
 WHERE r.status = 'done'
 GROUP BY r.task, r.model, p.number
 ORDER BY r.dataset, r.model, p.number;
