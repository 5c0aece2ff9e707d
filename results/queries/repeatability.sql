-- Which trials gave other bits than the time before, although it was the same build on the same kind of machine?
SELECT h.dataset, h.label, h.seed, h.started, h.metric, h.change
  FROM v_history h
  JOIN runs r ON r.uid = h.run
 WHERE h.same_bits = 0
   AND r.build_key = (SELECT o.build_key FROM runs o WHERE o.trial_id = r.trial_id AND o.id < r.id AND o.status = 'done'
                       ORDER BY o.id DESC LIMIT 1)
 ORDER BY h.started, h.label, h.seed, h.metric;
