import { Migration } from '@mikro-orm/migrations'

/** Credits that a new team buys may become available later. */
export class Migration20261201000000Locks extends Migration {
  override up(): void {
    this.addSql(`
      -- lock_amount: credits of the grant that become available at unlocks_at. Until then they are the rest of the grant, less
      -- what is revoked: no column repeats it.
      alter table credit_grant
        add column lock_amount bigint,
        add column unlocks_at timestamptz(3),
        add constraint credit_grant_lock_check check ((lock_amount is null) = (unlocks_at is null)
          and lock_amount between 1 and granted
          and unlocks_at > starts_at and (expires_at is null or unlocks_at < expires_at)),
        drop constraint credit_grant_check2,
        add constraint credit_grant_conserved_check check (granted = available + held + spent + expired + revoked
          or (lock_amount is not null and open and not frozen and revoked < lock_amount
            and granted = available + held + spent + expired + lock_amount));
      alter table entry
        drop constraint entry_states_check,
        add constraint entry_states_check check ((from_state, to_state) in (
          ('none','none'), ('none','available'), ('available','held'), ('available','spent'), ('available','expired'),
          ('available','revoked'), ('available','repaid'), ('held','available'), ('held','spent'),
          ('spent','available'), ('none','owed'), ('revoked','available'), ('owed','none'),
          ('available','locked'), ('locked','available'), ('locked','revoked'), ('revoked','locked')));
    `)
  }
}
