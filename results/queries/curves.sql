-- How did the losses of the latest experiment go, on average over seeds?
SELECT label, series, epoch, avg(value) AS mean, min(value) AS lowest, max(value) AS highest, count(*) AS runs
  FROM v_curves
 WHERE experiment_uid = (SELECT max(uid) FROM experiments) AND kind = 'loss'
 GROUP BY label, series, epoch
 ORDER BY label, series, epoch;
