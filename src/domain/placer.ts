import type { MemberId } from './identity.ts'
import { isAtLeast, type Role } from './role.ts'

/**
 * The caller of the API. Its own limits count beside those of the member that it spends for, and its role is the one
 * that is checked.
 */
export type Caller = { readonly id: MemberId | null; readonly role: Role }

/** Callers of a class share their idempotency keys: the operator's backend, or the team with its members and API keys. */
export const callerClasses = ['TEAM', 'PLATFORM'] as const
export type CallerClass = (typeof callerClasses)[number]

export const classOf = ({ role }: Caller): CallerClass => (role === 'PLATFORM' ? 'PLATFORM' : 'TEAM')

/**
 * Whether two callers count as one. All PLATFORM callers are one: the operator's backend. In a team each member and each
 * API key is one of its own, whatever its role is now. A caller without an id is nobody else.
 */
export const isSameCaller = (one: Caller, other: Caller): boolean =>
  classOf(one) === classOf(other) && (one.role === 'PLATFORM' || (one.id !== null && one.id === other.id))

/**
 * Whether the caller may act on what `placer` placed. The placer itself may, and callers of a higher role. The placer's
 * role is the one with which it placed.
 */
export const mayActOn = (placer: Caller, caller: Caller): boolean =>
  isSameCaller(placer, caller) || (caller.role !== placer.role && isAtLeast(caller.role, placer.role))

/**
 * Whether the caller may see the stored result of a key of its class. The caller that used the key may, and callers
 * with the same role or a higher one.
 */
export const mayRepeat = (first: Caller, caller: Caller): boolean =>
  classOf(first) === classOf(caller) && (isSameCaller(first, caller) || isAtLeast(caller.role, first.role))
