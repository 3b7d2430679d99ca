import {
  AutoRechargeDocument,
  type AutoRechargeQuery,
  ConfigureAutoRechargeDocument,
  MandateDocument,
  MonthDocument,
  type MonthQuery,
  type PackageFragment,
  type RechargeFragment,
} from '../billing/contract.ts'
import { type Outcome, outcomeOf } from './outcome.ts'
import { LiveReading, type Reading } from './reading.ts'
import type { BalanceChange } from './recharge-cost.ts'
import { fieldOf, ledgerNow, type TeamScope, teamOf } from './scope.ts'
import type { Store } from './store.ts'

export type LastMonth = { readonly startingBalance: string; readonly changes: readonly BalanceChange[] }

export type AutoRechargeReading = {
  readonly mayConfigure: boolean
  readonly recharge: RechargeFragment
  readonly packages: readonly PackageFragment[]
  /** Null: credits are sold in packages only. */
  readonly anyAmount: AutoRechargeQuery['customTopUp']
  readonly plan: NonNullable<AutoRechargeQuery['team']>['plan']
  /** For `rechargeCost`. */
  readonly lastMonth: LastMonth
}

/** A package, or a balance to reach: the other one is null. */
export type AutoRechargeSettings = {
  readonly enabled: boolean
  readonly threshold: string | null
  readonly packageId: string | null
  readonly targetBalance: string | null
  readonly monthlyCap: string | null
  readonly maxPerDay: number | null
}

export type AutoRechargeController = Store<Reading<AutoRechargeReading>> & {
  readonly retry: () => Promise<void>
  /** The text that turning it on with the settings consents to; null: it can't be turned on with them. */
  readonly mandateFor: (settings: AutoRechargeSettings) => Promise<string | null>
  readonly configure: (settings: AutoRechargeSettings) => Promise<Outcome<unknown>>
}

const days = 30

/** Auto-recharge as it is configured, with what is needed to say what it would have cost. */
export function createAutoRecharge(scope: TeamScope): AutoRechargeController {
  const { client, teamId } = scope
  const reading = new LiveReading<AutoRechargeReading>({
    scope,
    follows: ({ type }) => type.startsWith('RECHARGE_') || type === 'PLAN_CHANGED',
    read: async (signal) => {
      const to = await ledgerNow(scope, signal)
      const from = new Date(to.getTime() - days * 86_400_000)
      const range = { teamId, from: from.toISOString(), to: to.toISOString() }
      const [data, month] = await Promise.all([
        client.request(AutoRechargeDocument, { teamId }, { signal }),
        client.request(MonthDocument, range, { signal }),
      ])
      const { autoRecharge, plan } = teamOf(data)
      const { role } = data.viewer
      return {
        mayConfigure: role === 'ADMIN' || role === 'PLATFORM',
        recharge: autoRecharge,
        packages: data.packages,
        anyAmount: data.customTopUp,
        plan,
        lastMonth: lastMonthOf(teamOf(month)),
      }
    },
  })
  return {
    subscribe: reading.subscribe,
    getSnapshot: reading.getSnapshot,
    retry: reading.retry,
    mandateFor: async ({ enabled: _, ...settings }) =>
      (await client.request(MandateDocument, settings)).rechargeMandate,
    configure: async (settings) => {
      const outcome = await outcomeOf('AutoRecharge', async () => {
        const input = { ...settings, teamId }
        return (await client.request(ConfigureAutoRechargeDocument, { input })).configureAutoRecharge
      })
      const { value } = reading.getSnapshot()
      if (outcome.ok && value !== null) reading.set({ ...value, recharge: outcome.value })
      return outcome
    },
  }
}

/** Purchases of the running auto-recharge are left out: the trial buys in its place. A day's use counts at the day's end. */
export function lastMonthOf({ balance, usage, activity }: NonNullable<MonthQuery['team']>): LastMonth {
  const used = fieldOf(usage).rows.map(({ day, credits }) => ({
    at: new Date(Date.parse(day ?? '') + 86_400_000 - 1).toISOString(),
    amount: credits.startsWith('-') ? credits.slice(1) : `-${credits}`,
  }))
  const others = fieldOf(activity).nodes.filter(({ grantKind }) => grantKind !== 'AUTO_RECHARGE')
  const changes = [...used, ...others].sort((one, other) => Date.parse(one.at) - Date.parse(other.at))
  return { startingBalance: balance.available, changes }
}
