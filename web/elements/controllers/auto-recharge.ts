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
import { CurrencyChoice, isOtherCurrency } from './currency-choice.ts'
import { tabStorage } from './intents.ts'
import { type Outcome, outcomeOf } from './outcome.ts'
import { LiveReading, type Reading } from './reading.ts'
import type { BalanceChange } from './recharge-cost.ts'
import { fieldOf, ledgerNow, type TeamScope, teamOf } from './scope.ts'
import type { Store } from './store.ts'

export type LastMonth = { readonly startingBalance: string; readonly changes: readonly BalanceChange[] }

export type AutoRechargeReading = {
  readonly mayConfigure: boolean
  /** The currency of the prices: the team's, or the chosen one of `currencies` while the team has none. */
  readonly currency: string
  /** The currencies in which the team may pay now. */
  readonly currencies: readonly string[]
  readonly recharge: RechargeFragment
  readonly packages: readonly PackageFragment[]
  /** Null: credits are sold in packages only. */
  readonly anyAmount: AutoRechargeQuery['customTopUp']
  readonly plan: NonNullable<AutoRechargeQuery['team']>['plan']
  /** For `rechargeCost`. */
  readonly lastMonth: LastMonth
}

/** A package by its code or id, or a balance to reach: the other one is null. */
export type AutoRechargeSettings = {
  readonly enabled: boolean
  readonly threshold: string | null
  readonly packageId: string | null
  readonly targetBalance: string | null
  readonly monthlyCap: string | null
  readonly maxPerDay: number | null
  /** The currency of the cap and of the purchases. */
  readonly currency: string
}

export type AutoRechargeController = Store<Reading<AutoRechargeReading>> & {
  readonly retry: () => Promise<void>
  /** Reads the prices in one of `currencies`, which the dialog that sells credits shows then, too. */
  readonly chooseCurrency: (currency: string) => void
  /** The text that turning it on with the settings consents to; null: it can't be turned on with them. */
  readonly mandateFor: (settings: AutoRechargeSettings) => Promise<string | null>
  readonly configure: (settings: AutoRechargeSettings) => Promise<Outcome<unknown>>
}

const days = 30

/** Auto-recharge as it is configured, with what is needed to say what it would have cost. */
export function createAutoRecharge(scope: TeamScope): AutoRechargeController {
  const { client, teamId } = scope
  const choice = new CurrencyChoice({ client, teamId, storage: tabStorage, changed: () => void reading.read() })
  let watchers = 0
  const reading = new LiveReading<AutoRechargeReading>({
    scope,
    follows: ({ type }) => type.startsWith('RECHARGE_') || type === 'PLAN_CHANGED',
    read: async (signal) => {
      const to = await ledgerNow(scope, signal)
      const from = new Date(to.getTime() - days * 86_400_000)
      const range = { teamId, from: from.toISOString(), to: to.toISOString() }
      const [data, month] = await Promise.all([
        pricedIn(scope, choice, signal),
        client.request(MonthDocument, range, { signal }),
      ])
      const { autoRecharge, plan } = teamOf(data)
      const { role } = data.viewer
      return {
        currency: data.currency,
        currencies: teamOf(data).currencies,
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
    subscribe: (changed) => {
      const end = reading.subscribe(changed)
      watchers += 1
      return () => {
        end()
        watchers -= 1
        if (watchers === 0) choice.close()
      }
    },
    getSnapshot: reading.getSnapshot,
    retry: reading.retry,
    chooseCurrency: (currency) => {
      choice.choose(currency)
      void reading.read()
    },
    mandateFor: async ({ enabled: _, ...settings }) =>
      (await client.request(MandateDocument, settings)).rechargeMandate,
    configure: async (settings) => {
      const outcome = await outcomeOf('AutoRecharge', async () => {
        const input = { ...settings, teamId }
        return (await client.request(ConfigureAutoRechargeDocument, { input })).configureAutoRecharge
      })
      const { value } = reading.getSnapshot()
      if (outcome.ok && value !== null) {
        // Turning it on has chosen the team's currency.
        const { currencies } = value
        reading.set({
          ...value,
          recharge: outcome.value,
          currencies: settings.enabled ? [settings.currency] : currencies,
        })
      } else if (!outcome.ok && isOtherCurrency(outcome)) await reading.read()
      return outcome
    },
  }
}

/** Reads what is sold, in the team's currency, or in the one that a team without any chooses. */
async function pricedIn(
  { client, teamId }: TeamScope,
  choice: CurrencyChoice,
  signal: AbortSignal,
): Promise<AutoRechargeQuery & { readonly currency: string }> {
  const data = await client.request(AutoRechargeDocument, { teamId }, { signal })
  const currency = await choice.wanted(teamOf(data))
  // A PLATFORM caller has no team, and sees the main prices.
  const shown = data.viewer.role === 'PLATFORM' ? data.currencies[0] : teamOf(data).currency
  if (shown === currency) return { ...data, currency }
  return { ...(await client.request(AutoRechargeDocument, { teamId, currency }, { signal })), currency }
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
