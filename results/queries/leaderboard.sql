-- Who leads in the latest experiment, by its primary metric?
SELECT dataset, rank, label, mean, low, high, seeds, failed
  FROM v_leaderboard
 WHERE experiment_uid = (SELECT max(uid) FROM experiments) AND is_primary
 ORDER BY task, rank;
