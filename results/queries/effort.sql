-- Where did the time go?
SELECT experiment, label, count(*) AS runs, round(sum(fit_seconds), 2) AS fit_seconds,
       round(sum(evaluate_seconds), 2) AS evaluate_seconds, round(sum(total_seconds), 2) AS total_seconds,
       max(peak_bytes) / 1048576 AS peak_mib
  FROM v_runs
 WHERE status = 'done'
 GROUP BY experiment, label
 ORDER BY total_seconds DESC, label;
