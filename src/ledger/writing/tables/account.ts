import { type Account, nextBoundary } from '../../../domain/account.ts'
import type { Instant } from '../../../domain/identity.ts'
import type { AccountEntity } from '../../../entities/account.ts'
import {
  storeAlertLevel,
  storeLent,
  storeMove,
  storeRecharge,
  storeSurplus,
  storeTrial,
} from '../../../entities/json/stored.ts'
import { bigint, boolean, type Column, type Described, instant, integer, json, listed, text } from '../table.ts'

type Context = {
  /** The version that the account is to have then. */
  readonly version: number
  readonly at: Instant
}

/** The columns that the database fills. */
type ByDatabase = 'createdAt' | 'availableRoot' | 'activeMinute'

/** The columns that every batch writes. */
const position = {
  teamId: text((account) => account.teamId),
  version: bigint((account) => account.version),
  nextVersion: bigint((_, { version }) => version),
  revision: bigint((account) => account.revision),
  available: bigint((account) => account.available),
  held: bigint((account) => account.held),
  owed: bigint((account) => account.owed),
  lastAt: instant((account) => account.lastAt),
  activeAt: instant((account) => account.activeAt),
} satisfies Record<string, Column<Account, Context>>

/** The columns that change rarely: written only if they did, or may have. */
const settings: Described<typeof AccountEntity, Account, Pick<Context, 'at'>, keyof typeof position | ByDatabase> = {
  name: text((account) => account.name),
  planId: text((account) => account.planId),
  seats: integer((account) => account.seats),
  topUpsEnabled: boolean((account) => account.topUpsEnabled),
  addOnUnits: integer((account) => account.addOn.units),
  addOnGranted: integer((account) => account.addOn.granted),
  purchases: integer((account) => account.purchases),
  recharge: json((account) => account.recharge, storeRecharge),
  paidThrough: instant((account) => account.paidThrough),
  renews: boolean((account) => account.renews),
  surplus: json(
    (account) => account.surplus,
    (surplus) => (surplus.length === 0 ? null : surplus.map(storeSurplus)),
  ),
  trial: json((account) => account.trial, storeTrial),
  currency: text((account) => account.currency),
  lent: json((account) => account.lent, storeLent),
  move: json((account) => account.move, storeMove),
  unpaidBills: json(
    (account) => account.unpaidBills,
    (bills) => (bills.length === 0 ? null : bills),
  ),
  lowThreshold: bigint(({ threshold }) => (threshold !== null && 'credits' in threshold ? threshold.credits : null)),
  lowThresholdPercent: bigint(({ threshold }) =>
    threshold !== null && 'percent' in threshold ? threshold.percent : null,
  ),
  levels: json(
    (account) => account.levels,
    (levels) => (levels.length === 0 ? null : levels.map(storeAlertLevel)),
  ),
  alert: text((account) => account.alert),
  lastEventRevision: bigint((account) => account.lastEvent.revision),
  lastEventNumber: integer((account) => account.lastEvent.number),
  nextHoldDeadline: instant((account) => account.nextHoldDeadline),
  nextBoundary: instant((account, { at }) => nextBoundary(account, at)),
}

const accountOf = (description: Readonly<Record<string, Column<Account, Context>>>) => {
  const { columns, cells } = listed(description)
  return { columns: [['ix', 'integer'] as const, ...columns], cells }
}

export const accountPosition = accountOf(position)
export const accountWhole = accountOf({ ...position, ...settings })

const settingColumns = Object.values(settings)
const always = { at: -Infinity }

/** Whether all of an account that changes rarely is as it was. */
export function keepsSettings(before: Account, account: Account, at: Instant): boolean {
  const now = { at }
  return settingColumns.every(({ of, compared }) =>
    compared ? compared(before) === compared(account) : of(before, always) === of(account, now),
  )
}
