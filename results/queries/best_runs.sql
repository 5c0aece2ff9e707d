-- Which single run was ever the best on each task, by the metric that its experiment calls primary?
SELECT dataset, primary_metric, label, seed, max(primary_value) AS value, run  -- with max(), the other columns are of that row
  FROM v_runs
 WHERE status = 'done'
 GROUP BY task, primary_metric
 ORDER BY dataset;
