import { Migration } from '@mikro-orm/migrations'

/**
 * Postings are found by their reference, and charges by the grants that paid them. Charges without a hold name their
 * caller, and lines of a charge have tags. Earlier entries have neither; a hold has always named its caller.
 */
export class Migration20261201030000Receipts extends Migration {
  override up(): void {
    // The lock on the table comes first: a checkpoint of an earlier gateway has then either all its facets, or none.
    this.addSql(`
      alter table posting_facet
        drop constraint posting_facet_facet_check,
        add constraint posting_facet_facet_check check (facet in ('rate', 'member', 'type', 'reference', 'grant'));

      -- tags: the values of a line's tags by their keys; null: none.
      alter table entry
        add column caller_id text,
        add column tags jsonb;

      -- The facets of postings of a revision range (after, through].
      create or replace function facets_of_entries(team text, after bigint, through bigint)
      returns table (facet text, value text, posting bigint) language sql stable as $$
        select distinct 'rate', e.rate, e.posting from entry e
          where e.team_id = team and e.revision > after and e.revision <= through and e.rate is not null
        union all
        select 'member', e.member_id, e.revision from entry e
          where e.team_id = team and e.revision > after and e.revision <= through and e.member_id is not null
        union all
        select 'type', e.type, e.revision from entry e
          where e.team_id = team and e.revision > after and e.revision <= through and e.type is not null
        union all
        select 'reference', e.reference, e.revision from entry e
          where e.team_id = team and e.revision > after and e.revision <= through and e.reference is not null
        union all
        select distinct 'grant', e.grant_id::text, e.posting from entry e
          where e.team_id = team and e.revision > after and e.revision <= through and e.to_state = 'spent'
      $$;

      insert into posting_facet (team_id, facet, value, posting)
        select c.team_id, f.facet, f.value, f.posting
        from (select team_id, max(revision) as through from checkpoint group by 1) c
        cross join lateral facets_of_entries(c.team_id, 0, c.through) f
        where f.facet in ('reference', 'grant');
    `)
  }
}
