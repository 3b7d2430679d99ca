import { type NoticeType, noticeTypes } from './notice.ts'
import type { ActivityType } from './posting.ts'

/** The kinds of events that a team's sequence contains, and WEBHOOK_TEST, which only `sendTestEvent` sends. */
export const accountEventTypes = [
  'CREDITS_ADDED',
  'CREDITS_CHARGED',
  'CREDITS_REFUNDED',
  'CREDITS_EXPIRED',
  'CREDITS_CLAWED_BACK',
  'CREDITS_HELD',
  'CREDITS_RELEASED',
  ...noticeTypes,
  'WEBHOOK_TEST',
] as const
export type AccountEventType = (typeof accountEventTypes)[number]

const typeOfPosting = {
  GRANT: 'CREDITS_ADDED',
  ADJUSTMENT: 'CREDITS_ADDED',
  CHARGE: 'CREDITS_CHARGED',
  REFUND: 'CREDITS_REFUNDED',
  EXPIRY: 'CREDITS_EXPIRED',
  CLAWBACK: 'CREDITS_CLAWED_BACK',
  HOLD: 'CREDITS_HELD',
  RELEASE: 'CREDITS_RELEASED',
} as const satisfies Record<ActivityType, AccountEventType>

/** The notice type; undefined: it is the type of a posting. */
export const isNotice = (type: ActivityType | NoticeType): NoticeType | undefined =>
  noticeTypes.find((notice) => notice === type)

/** The kind of the event that a posting or a notice of this type makes. */
export const eventTypeOf = (type: ActivityType | NoticeType): AccountEventType =>
  isNotice(type) ?? typeOfPosting[type as ActivityType]

/** The types of postings and notices that make events of these kinds; empty: of every kind. */
export function storedTypesOf(types: readonly AccountEventType[]): readonly (ActivityType | NoticeType)[] {
  const stored = [...(Object.keys(typeOfPosting) as ActivityType[]), ...noticeTypes]
  return types.length === 0 ? stored : stored.filter((type) => types.includes(eventTypeOf(type)))
}
