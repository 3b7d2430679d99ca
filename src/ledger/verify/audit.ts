import type { Invariant } from './invariant.ts'

/** The audit log and the stored commands agree. */
export const audit: readonly Invariant[] = [
  {
    name: 'audited-act-recorded',
    says: 'an audited command with a key has one audit record, of its caller and revision, and such a record has its command',
    // Commands from before there were records, or of a gateway of an older version, do not claim to be audited.
    sql: `
      with recorded as (
        select *, count(*) over (partition by team_id, mutation, key, caller_role = 'PLATFORM') as same
        from audit_record where key is not null)
      select coalesce(c.team_id, r.team_id) as team_id, coalesce(c.mutation, r.mutation) as mutation,
        coalesce(c.key, r.key) as key, c.revision, r.revision as recorded
      from (select * from command where audited) c
      full join recorded r on r.team_id = c.team_id and r.mutation = c.mutation and r.key = c.key
        and (r.caller_role = 'PLATFORM') = (c.caller_class = 'PLATFORM')
      where c.key is null or r.key is null or same > 1 or r.revision <> c.revision
        or r.caller_id is distinct from c.caller_id`,
  },
]
