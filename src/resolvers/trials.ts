import type { Catalog, Plan } from '../catalog/catalog.ts'
import type { Trial } from '../domain/trial.ts'
import type { GatewayContext } from './request/context.ts'
import type { TeamView } from './request/results.ts'

export type TrialView = Trial & { readonly catalog: Catalog }

export function teamTrial({ account, at }: TeamView, _: unknown, { services }: GatewayContext): TrialView | null {
  const { trial } = account
  return trial && { ...trial, catalog: services.catalogs.catalogAt(at, account) }
}

export const trialPlan = ({ planId, catalog }: TrialView): Plan | null =>
  catalog.plans.find(({ id }) => id === planId) ?? null
