/**
 * Names of things. Each is branded, so that a member can't stand where a team is meant.
 *
 * What a team owns is numbered by the ledger revision that created it: (team, number) is its whole identity,
 * so no look-up can forget the team.
 */
declare const brand: unique symbol
type Branded<Base, Name extends string> = Base & { readonly [brand]: Name }

export type TeamId = Branded<string, 'team'>
export type MemberId = Branded<string, 'member'>
export type Revision = number
export type GrantId = Branded<number, 'grant'>
export type HoldId = Branded<number, 'hold'>
export type ChargeId = Branded<number, 'charge'>
/** Purchases of a team are numbered from 1 in their own order. */
export type PurchaseId = Branded<number, 'purchase'>

export const teamId = (id: string) => id as TeamId
export const memberId = (id: string) => id as MemberId
export const grantId = (id: number) => id as GrantId
export const holdId = (id: number) => id as HoldId
export const chargeId = (id: number) => id as ChargeId
export const purchaseId = (id: number) => id as PurchaseId

/** Milliseconds since 1970 in UTC: the ledger's finest time. */
export type Instant = number
