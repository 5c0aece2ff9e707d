-- When were models at their best, and how much training came after?
SELECT dataset, label, avg(best_epoch) AS best_epoch, avg(epochs) AS epochs,
       1 - avg(1.0 * best_epoch / nullif(epochs, 0)) AS wasted_share
  FROM v_runs
 WHERE status = 'done' AND epochs > 0
 GROUP BY task, label
 ORDER BY dataset, label;
