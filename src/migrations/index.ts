import { Migration20261121000000Ledger } from './20261121000000-ledger.ts'
import { Migration20261121090000Products } from './20261121090000-products.ts'
import { Migration20261121100000Metered } from './20261121100000-metered.ts'
import { Migration20261121110000Catalogs } from './20261121110000-catalogs.ts'
import { Migration20261121120000Limits } from './20261121120000-limits.ts'
import { Migration20261121130000Payments } from './20261121130000-payments.ts'
import { Migration20261121140000Subscriptions } from './20261121140000-subscriptions.ts'
import { Migration20261121150000MeteredBills } from './20261121150000-metered-bills.ts'
import { Migration20261121160000Sweeping } from './20261121160000-sweeping.ts'
import { Migration20261121170000LiveSessions } from './20261121170000-live-sessions.ts'
import { Migration20261121180000Access } from './20261121180000-access.ts'

/** In the order in which they run. Append only: a released migration is never edited. */
export const migrations = [
  { name: 'Migration20261121000000Ledger', class: Migration20261121000000Ledger },
  { name: 'Migration20261121090000Products', class: Migration20261121090000Products },
  { name: 'Migration20261121100000Metered', class: Migration20261121100000Metered },
  { name: 'Migration20261121110000Catalogs', class: Migration20261121110000Catalogs },
  { name: 'Migration20261121120000Limits', class: Migration20261121120000Limits },
  { name: 'Migration20261121130000Payments', class: Migration20261121130000Payments },
  { name: 'Migration20261121140000Subscriptions', class: Migration20261121140000Subscriptions },
  { name: 'Migration20261121150000MeteredBills', class: Migration20261121150000MeteredBills },
  { name: 'Migration20261121160000Sweeping', class: Migration20261121160000Sweeping },
  { name: 'Migration20261121170000LiveSessions', class: Migration20261121170000LiveSessions },
  { name: 'Migration20261121180000Access', class: Migration20261121180000Access },
]
