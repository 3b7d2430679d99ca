'use client'
import {
  type AccountController,
  type ApiKeysController,
  type AutoRechargeController,
  createAccount,
  createApiKeys,
  createAutoRecharge,
  createPlan,
  createPurchases,
  createRateCard,
  createUsage,
  type PlanController,
  type PurchasesController,
  type RateCardController,
  type Reading,
  type Store,
  type TeamScope,
  type UsageController,
} from '@credits-gateway/elements/controllers'
import { useState } from 'react'
import { type Live, type SnapshotOf, useController } from './use-controller.ts'

type ValueOf<Controller> = Controller extends Store<Reading<infer Value>> ? Value : never
/** `initial`: the value that a server has read. Only the value of the first render is used. */
export type ReadingOptions<Controller> = TeamScope & { readonly initial?: ValueOf<Controller> }

function useReading<Controller extends Store<Reading<unknown>>>(
  create: (scope: TeamScope) => Controller,
  { initial, ...scope }: ReadingOptions<Controller>,
): Live<Controller> {
  const [first] = useState(() =>
    initial === undefined ? undefined : ({ phase: 'ready', value: initial, error: null } as const),
  )
  return useController(create, scope, first as SnapshotOf<Controller> | undefined)
}

/** The caller and its team. */
export const useAccount = (options: ReadingOptions<AccountController>) => useReading(createAccount, options)

/** The charges by day and feature or member, and how long the balance lasts. */
export const useUsage = (options: ReadingOptions<UsageController>) => useReading(createUsage, options)

/** The team's purchases, newest first. */
export const usePurchases = (options: ReadingOptions<PurchasesController>) => useReading(createPurchases, options)

/** The plan, add-on units, contracts and limits. */
export const usePlan = (options: ReadingOptions<PlanController>) => useReading(createPlan, options)

/** The configured auto-recharge. */
export const useAutoRecharge = (options: ReadingOptions<AutoRechargeController>) =>
  useReading(createAutoRecharge, options)

/** All present prices. */
export const useRateCard = (options: ReadingOptions<RateCardController>) => useReading(createRateCard, options)

/** The team's API keys, for its admins. */
export const useApiKeys = (options: ReadingOptions<ApiKeysController>) => useReading(createApiKeys, options)
