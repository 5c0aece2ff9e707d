-- How much of a result is chance: the seeds' deviation as a share of the mean?
SELECT dataset, label, metric, mean, deviation, 100 * deviation / mean AS percent, seeds
  FROM v_leaderboard
 WHERE seeds > 1 AND mean > 0
 ORDER BY percent DESC, dataset, label, metric;
