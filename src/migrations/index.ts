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
import { Migration20261121190000Placers } from './20261121190000-placers.ts'
import { Migration20261129100000Audit } from './20261129100000-audit.ts'
import { Migration20261129120000PeriodTotals } from './20261129120000-period-totals.ts'
import { Migration20261129130000RefundDays } from './20261129130000-refund-days.ts'
import { Migration20261129150000PillTokens } from './20261129150000-pill-tokens.ts'
import { Migration20261130090000Losses } from './20261130090000-losses.ts'
import { Migration20261130100000UnitInvoices } from './20261130100000-unit-invoices.ts'
import { Migration20261130110000ListedEvents } from './20261130110000-listed-events.ts'
import { Migration20261130120000CustomTopUps } from './20261130120000-custom-top-ups.ts'
import { Migration20261130130000BillStates } from './20261130130000-bill-states.ts'
import { Migration20261130140000Taxes } from './20261130140000-taxes.ts'
import { Migration20261130150000Books } from './20261130150000-books.ts'
import { Migration20261130160000Fraud } from './20261130160000-fraud.ts'
import { Migration20261130170000CreditLines } from './20261130170000-credit-lines.ts'
import { Migration20261130180000ReturnCodes } from './20261130180000-return-codes.ts'
import { Migration20261130190000Currencies } from './20261130190000-currencies.ts'
import { Migration20261130200000PromotionCodes } from './20261130200000-promotion-codes.ts'
import { Migration20261130230000DepositCosts } from './20261130230000-deposit-costs.ts'
import { Migration20261201000000Locks } from './20261201000000-locks.ts'
import { Migration20261201010000Webhooks } from './20261201010000-webhooks.ts'
import { Migration20261201020000Fits } from './20261201020000-fits.ts'
import { Migration20261201020001WaitingExtensions } from './20261201020001-waiting-extensions.ts'
import { Migration20261201030000Receipts } from './20261201030000-receipts.ts'
import { Migration20261201040000StableClock } from './20261201040000-stable-clock.ts'
import { Migration20261201050000GrantScopes } from './20261201050000-grant-scopes.ts'
import { Migration20261201060000PlatformEvents } from './20261201060000-platform-events.ts'
import { Migration20261201080000KeyRotation } from './20261201080000-key-rotation.ts'
import { Migration20261201090000AlertLevels } from './20261201090000-alert-levels.ts'
import { Migration20261201100000Budgets } from './20261201100000-budgets.ts'
import { Migration20261201110000Trials } from './20261201110000-trials.ts'
import { Migration20261202100000Spaces } from './20261202100000-spaces.ts'
import { Migration20261202120000Moves } from './20261202120000-moves.ts'
import { Migration20261202130000TeamOrders } from './20261202130000-team-orders.ts'
import { Migration20261202160000FollowAfterCutOver } from './20261202160000-follow-after-cut-over.ts'
import { Migration20261202180000RestoredOrder } from './20261202180000-restored-order.ts'
import { migrationNames } from './names.ts'

const classes = {
  Migration20261121000000Ledger,
  Migration20261121090000Products,
  Migration20261121100000Metered,
  Migration20261121110000Catalogs,
  Migration20261121120000Limits,
  Migration20261121130000Payments,
  Migration20261121140000Subscriptions,
  Migration20261121150000MeteredBills,
  Migration20261121160000Sweeping,
  Migration20261121170000LiveSessions,
  Migration20261121180000Access,
  Migration20261121190000Placers,
  Migration20261129100000Audit,
  Migration20261129120000PeriodTotals,
  Migration20261129130000RefundDays,
  Migration20261129150000PillTokens,
  Migration20261130090000Losses,
  Migration20261130100000UnitInvoices,
  Migration20261130110000ListedEvents,
  Migration20261130120000CustomTopUps,
  Migration20261130130000BillStates,
  Migration20261130140000Taxes,
  Migration20261130150000Books,
  Migration20261130160000Fraud,
  Migration20261130170000CreditLines,
  Migration20261130180000ReturnCodes,
  Migration20261130190000Currencies,
  Migration20261130200000PromotionCodes,
  Migration20261130230000DepositCosts,
  Migration20261201000000Locks,
  Migration20261201010000Webhooks,
  Migration20261201020000Fits,
  Migration20261201020001WaitingExtensions,
  Migration20261201030000Receipts,
  Migration20261201040000StableClock,
  Migration20261201050000GrantScopes,
  Migration20261201060000PlatformEvents,
  Migration20261201080000KeyRotation,
  Migration20261201090000AlertLevels,
  Migration20261201100000Budgets,
  Migration20261201110000Trials,
  Migration20261202100000Spaces,
  Migration20261202120000Moves,
  Migration20261202130000TeamOrders,
  Migration20261202160000FollowAfterCutOver,
  Migration20261202180000RestoredOrder,
}

/** Every migration, in order. Whoever needs only names imports `migrationNames`, which loads no MikroORM. */
export const migrations = migrationNames.map((name) => ({ name, class: classes[name] }))
