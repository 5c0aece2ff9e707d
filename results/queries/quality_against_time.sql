-- Which models are worth their time: no other one is both better and faster (latest experiment)?
WITH models AS (
  SELECT task, dataset, label, avg(primary_value) AS quality, avg(fit_seconds) AS seconds
    FROM v_runs
   WHERE status = 'done' AND experiment_uid = (SELECT max(uid) FROM experiments)
   GROUP BY task, label
)
SELECT dataset, label, quality, seconds
  FROM models m
 WHERE NOT EXISTS (SELECT 1 FROM models o WHERE o.task = m.task AND o.quality >= m.quality AND o.seconds <= m.seconds
                                            AND (o.quality > m.quality OR o.seconds < m.seconds))
 ORDER BY dataset, seconds;
