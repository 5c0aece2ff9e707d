-- What does the latest number rest on?
SELECT v.run, v.label, v.seed, v.primary_value, d.fingerprint AS data, k.split, t.params, t.threads,
       p.library_sha256 AS plugin, c.revision, c.dirty, e.assay_version, e.isa, v.result_sha256
  FROM v_runs v
  JOIN runs r ON r.uid = v.run
  JOIN trials t ON t.id = r.trial_id
  JOIN tasks k ON k.id = t.task_id
  JOIN datasets d ON d.id = r.dataset_id
  JOIN plugins p ON p.id = r.plugin_id
  JOIN experiments x ON x.id = r.experiment_id
  LEFT JOIN code_states c ON c.id = x.code_state_id
  LEFT JOIN environments e ON e.id = r.environment_id
 WHERE v.status = 'done'
 ORDER BY r.id DESC
 LIMIT 1;
