import type { ActivityFilter, ActivityType, PostingFragment } from '../billing/contract.ts'

export type ActivityKind = 'use' | 'refund' | 'added' | 'reserved' | 'expired' | 'corrected'

/** Null and empty text let everything pass. */
export type ActivityChoice = {
  readonly days: 1 | 7 | 30 | null
  readonly kind: ActivityKind | null
  /** The `sub` of a member's token, or the prefix of an API key. */
  readonly member: string | null
  /** Part of a reference or of a reason, in any case. */
  readonly text: string
}

export const everything: ActivityChoice = { days: 30, kind: null, member: null, text: '' }

const typesOf: Readonly<Record<ActivityKind, readonly ActivityType[]>> = {
  use: ['CHARGE'],
  refund: ['REFUND'],
  added: ['GRANT'],
  reserved: ['HOLD', 'RELEASE'],
  expired: ['EXPIRY'],
  corrected: ['ADJUSTMENT', 'CLAWBACK'],
}

/** The part of a choice that the API filters by. The text of a reference is compared here. */
export function filterOf({ days, kind, member }: ActivityChoice, now: Date): ActivityFilter {
  const from = days === null ? undefined : new Date(now.getTime() - days * 86_400_000).toISOString()
  return { from, types: kind === null ? undefined : [...typesOf[kind]], memberId: member ?? undefined }
}

export function hasText({ reference, reason, lines }: PostingFragment, text: string): boolean {
  const wanted = text.trim().toLocaleLowerCase()
  if (wanted === '') return true
  const searched = [reference, reason, ...lines.flatMap(({ rate, name }) => [rate, name])]
  return searched.some((field) => field?.toLocaleLowerCase().includes(wanted))
}
