import { Migration } from '@mikro-orm/migrations'

/** Endpoints of partners that read a team's event sequence, or those of all teams. */
export class Migration20261201010000Webhooks extends Migration {
  override up(): void {
    this.addSql(`
      -- team_id: '' for the operator's, which read the events of all teams. types: empty for every type.
      -- secret, previous_secret: sealed with a key of the gateway. A deleted endpoint goes after its log.
      create table webhook_endpoint (
        id bigint generated always as identity primary key,
        team_id text collate "C" not null,
        url text not null check (length(url) <= 2000),
        types text[] not null,
        selection text check (length(selection) <= 4000),
        secret bytea not null,
        previous_secret bytea,
        previous_until timestamptz(3),
        public_key text not null,
        created_at timestamptz(3) not null,
        disabled_at timestamptz(3),
        deleted_at timestamptz(3),
        last_delivery_at timestamptz(3),
        last_failure text,
        check ((previous_secret is null) = (previous_until is null))
      );
      create index webhook_endpoint_team on webhook_endpoint (team_id, id);

      -- The place in a team's sequence up to which everything has been delivered. attempts, failing_since, retry_at and
      -- delivery: of the event behind it, where an attempt failed.
      create table webhook_position (
        endpoint_id bigint not null,
        team_id text collate "C" not null,
        revision bigint not null,
        number integer not null,
        attempts integer not null default 0 check (attempts >= 0),
        failing_since timestamptz(3),
        retry_at timestamptz(3),
        delivery bigint,
        primary key (endpoint_id, team_id),
        check ((attempts = 0) = (retry_at is null)),
        check ((attempts = 0) = (failing_since is null))
      ) with (fillfactor = 50);

      -- revision, place: of the event; null: it was a test event.
      create table webhook_delivery (
        number bigint generated always as identity primary key,
        endpoint_id bigint not null,
        team_id text collate "C" not null,
        revision bigint,
        place integer,
        type text not null,
        attempts integer not null check (attempts > 0),
        delivered boolean not null,
        status integer,
        latency_ms integer,
        answer text,
        failure text,
        at timestamptz(3) not null,
        next_attempt_at timestamptz(3),
        check ((revision is null) = (place is null))
      );
      create index webhook_delivery_endpoint on webhook_delivery (endpoint_id, number);

      insert into lease (name) values ('webhooks');
    `)
  }
}
