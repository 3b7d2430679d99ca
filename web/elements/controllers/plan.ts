import {
  type LimitPeriod,
  PlanDocument,
  type PlanQuery,
  SetAddOnUnitsDocument,
  SetLowBalanceThresholdDocument,
  SetSpendingLimitDocument,
} from '../billing/contract.ts'
import { type Outcome, outcomeOf } from './outcome.ts'
import { LiveReading, type Reading } from './reading.ts'
import { type TeamScope, teamOf } from './scope.ts'
import type { Store } from './store.ts'

export type PlanReading = NonNullable<PlanQuery['team']> & { readonly mayConfigure: boolean }
export type SpendingLimit = NonNullable<PlanReading['spendingLimits']>[number]
export type Contract = PlanReading['contracts'][number]
/** `credits` null lifts the limit. */
export type LimitChange = {
  readonly memberId?: string | undefined
  readonly callerId?: string | undefined
  readonly groupId?: string | undefined
  readonly per: LimitPeriod
  readonly credits: string | null
}

export type PlanController = Store<Reading<PlanReading>> & {
  readonly retry: () => Promise<void>
  /** The same key tried again orders once. */
  readonly setUnits: (units: number, key: string) => Promise<Outcome<unknown>>
  readonly setLimit: (change: LimitChange) => Promise<Outcome<unknown>>
  /** Null: the catalog's default. */
  readonly setLowThreshold: (credits: string | null) => Promise<Outcome<unknown>>
}

/** The plan, add-on units, contracts and limits of a team. */
export function createPlan(scope: TeamScope): PlanController {
  const { client, teamId } = scope
  const reading = new LiveReading<PlanReading>({
    scope,
    follows: () => true,
    read: async (signal) => {
      const data = await client.request(PlanDocument, { teamId }, { signal })
      const { role } = data.viewer
      return { ...teamOf(data), mayConfigure: role === 'ADMIN' || role === 'PLATFORM' }
    },
  })
  const change = <Value extends object>(outcome: Outcome<Value>, part: (value: Value) => Partial<PlanReading>) => {
    const { value } = reading.getSnapshot()
    if (outcome.ok && value !== null) reading.set({ ...value, ...part(outcome.value) })
    return outcome
  }
  return {
    subscribe: reading.subscribe,
    getSnapshot: reading.getSnapshot,
    retry: reading.retry,
    setUnits: async (units, key) =>
      change(
        await outcomeOf('Team', async () => {
          const variables = { teamId, units, idempotencyKey: key }
          return (await client.request(SetAddOnUnitsDocument, variables)).setAddOnUnits
        }),
        ({ addOnUnits }) => ({ addOnUnits }),
      ),
    setLimit: async (limit) =>
      change(
        await outcomeOf('Team', async () => {
          const input = { ...limit, teamId }
          return (await client.request(SetSpendingLimitDocument, { input })).setSpendingLimit
        }),
        ({ spendingLimits }) => ({ spendingLimits }),
      ),
    setLowThreshold: async (credits) =>
      change(
        await outcomeOf('Team', async () => {
          const input = { credits, teamId }
          return (await client.request(SetLowBalanceThresholdDocument, { input })).setLowBalanceThreshold
        }),
        ({ lowBalanceThreshold }) => ({ lowBalanceThreshold }),
      ),
  }
}
