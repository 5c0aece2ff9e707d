-- What differs between the two latest runs that are done?
WITH latest AS (SELECT run, row_number() OVER (ORDER BY run DESC) AS place FROM v_runs WHERE status = 'done')
SELECT name, value_a AS newer, value_b AS older
  FROM v_param_diff
 WHERE run_a = (SELECT run FROM latest WHERE place = 1) AND run_b = (SELECT run FROM latest WHERE place = 2)
 ORDER BY name;
