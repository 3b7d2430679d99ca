import { Migration } from '@mikro-orm/migrations'

/**
 * Catalogs come into force at an instant, and the same one may again; `rate_card` keeps their contents. Who reads the
 * publications and who adds one exclude each other inside one statement, and what is added takes effect at least three
 * seconds later: what was read at an instant of the ledger's clock is all there is for these three seconds.
 */
export class Migration20261121110000Catalogs extends Migration {
  override up(): void {
    this.addSql(`
      create table catalog_publication (
        effective_from timestamptz(3) primary key,
        version text not null references rate_card,
        origin text not null check (origin in ('FILE', 'PUBLISHED')),
        published_at timestamptz(3) not null,
        published_by text
      );

      insert into catalog_publication (effective_from, version, origin, published_at)
        select distinct on (effective_from) effective_from, version, 'FILE', effective_from from rate_card
        order by effective_from, version desc;
      alter table rate_card drop column effective_from;

      create function read_publications(out now timestamptz, out publications jsonb) language plpgsql volatile as $$
        begin
          perform pg_advisory_xact_lock_shared(27991630990242932);
          now := ledger_now();
          select coalesce(jsonb_agg(jsonb_build_object(
              'version', p.version,
              'effectiveFrom', floor(extract(epoch from p.effective_from) * 1000),
              'origin', p.origin,
              'publishedAt', floor(extract(epoch from p.published_at) * 1000),
              'publishedBy', p.published_by) order by p.effective_from), '[]')
            into publications from catalog_publication p;
        end $$;

      -- Publishes a catalog from 'wanted' on, or as soon as may be (null), and tells what came of it: 'published';
      -- 'repeated' (the very publication is there already); 'taken' (another one has that instant); 'late' (the
      -- instant is before 'earliest'). A file repeats the newest one that came from a file.
      create function publish_catalog(
        catalog_version text, source text, from_origin text, publisher text, wanted timestamptz,
        out result text, out effective timestamptz, out earliest timestamptz
      ) language plpgsql volatile as $$
        declare
          same catalog_publication;
          now timestamptz;
        begin
          perform pg_advisory_xact_lock(27991630990242932);
          now := ledger_now();
          earliest := now;
          if exists (select from catalog_publication) then earliest := now + interval '3 seconds'; end if;
          select * into same from catalog_publication p
            where p.effective_from = wanted or wanted is null and (from_origin <> 'FILE' or p.origin = 'FILE')
            order by p.effective_from desc limit 1;
          effective := coalesce(wanted, earliest);
          result := case when same.version = catalog_version then 'repeated'
            when same.effective_from = wanted then 'taken' when wanted < earliest then 'late' else 'published' end;
          if result = 'repeated' then effective := same.effective_from; end if;
          if result <> 'published' then return; end if;
          while exists (select from catalog_publication p where p.effective_from = effective) loop
            effective := effective + interval '1 millisecond';
          end loop;
          insert into rate_card (version, catalog) values (catalog_version, source) on conflict do nothing;
          insert into catalog_publication values (effective, catalog_version, from_origin, now, publisher);
        end $$;
    `)
  }
}
