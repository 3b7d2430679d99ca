import type { Entry, Posting } from '../../../domain/posting.ts'
import type { EntryEntity } from '../../../entities/entry.ts'
import { storeTags } from '../../../entities/json/stored.ts'
import { bigint, type Described, instant, integer, json, jsonText, table, text } from '../table.ts'

/** The posting's own facts stand on its last entry. */
const onLast =
  <Value>(of: (posting: Posting) => Value) =>
  (entry: Entry, posting: Posting): Value | null =>
    entry.revision === posting.revision ? of(posting) : null

const description: Described<typeof EntryEntity, Entry, Posting, 'teamId' | 'postedAt' | 'platformPosition'> = {
  revision: bigint((entry) => entry.revision),
  grantId: bigint((entry) => entry.grantId),
  fromState: text((entry) => entry.from),
  toState: text((entry) => entry.to),
  amount: bigint((entry) => entry.amount),
  availableAfter: bigint((entry) => entry.availableAfter),
  heldAfter: bigint((entry) => entry.heldAfter),
  owedAfter: bigint((entry) => entry.owedAfter),
  effectiveAt: instant((_, posting) => posting.at),
  posting: bigint((_, posting) => posting.revision),
  size: integer(onLast((posting) => posting.entries.length)),
  type: text(onLast((posting) => posting.type)),
  change: bigint(onLast((posting) => posting.change)),
  memberId: text(onLast((posting) => posting.memberId)),
  callerId: text(onLast((posting) => posting.callerId)),
  groupIds: jsonText(onLast(({ groupIds }) => (groupIds.length === 0 ? null : JSON.stringify(groupIds)))),
  reference: text(onLast((posting) => posting.reference)),
  reason: text(onLast((posting) => posting.reason)),
  holdId: bigint(onLast((posting) => posting.holdId)),
  chargeId: bigint(onLast((posting) => posting.chargeId)),
  rateCardVersion: text(onLast((posting) => posting.rateCardVersion)),
  line: integer((entry) => entry.line),
  rate: text((entry) => entry.rate),
  quantity: bigint((entry) => entry.use?.quantity ?? null),
  count: integer((entry) => entry.use?.count ?? null),
  moneyAmount: bigint((entry) => entry.use?.money?.amount ?? null),
  moneyCurrency: text((entry) => entry.use?.money?.currency ?? null),
  tags: json((entry) => entry.tags, storeTags),
  category: text((entry) => entry.category),
}

export const entry = table('entry', description)
