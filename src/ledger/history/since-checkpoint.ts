/**
 * The entries `e` of the team $1 after its last checkpoint. Each is looked up by its revision: whatever the planner thinks
 * of their number, it can't read the whole table for them.
 */
export const sinceCheckpoint = `generate_series(
    coalesce((select max(revision) from checkpoint where team_id = $1), 0) + 1,
    (select revision from account where team_id = $1)) later(revision)
  cross join lateral (select * from entry where team_id = $1 and entry.revision = later.revision limit 1) e`
