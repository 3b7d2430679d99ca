import { planSource } from '../allowance.ts'
import { InvalidInput } from '../errors.ts'
import { isOpen, maxOpenGrants } from '../grant.ts'
import type { Instant } from '../identity.ts'
import type { Draft } from './draft.ts'

/** How many open grants the team has; `source`: of those whose source begins so. */
export const openGrants = ({ grants }: Draft, at: Instant, source = ''): number =>
  grants.filter((grant) => grant.source.startsWith(source) && isOpen(grant, at)).length

/**
 * The open grants that plans and units have given. They are counted apart, so that a team with many other grants can still
 * change its plan.
 */
export const openOfPlans = (draft: Draft, at: Instant): number => openGrants(draft, at, planSource)

/** A caller may not make plans and units give another grant. */
export const tooManyOfPlans = (field: 'seats' | 'units'): InvalidInput =>
  new InvalidInput({
    path: [field],
    reason: `plans and units have given the team ${maxOpenGrants.PLATFORM} open grants already: do this once some of them have ended or are used up`,
  })
