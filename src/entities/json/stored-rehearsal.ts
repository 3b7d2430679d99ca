import type { Account } from '../../domain/account.ts'
import type { Allowance } from '../../domain/allowance.ts'
import type { RefundableCharge } from '../../domain/charge.ts'
import type { ImportedGrant, ImportTeam } from '../../domain/decisions/command.ts'
import { InvalidUsage } from '../../domain/errors.ts'
import { noGroups } from '../../domain/member-group.ts'
import type { ByTimeEntry } from '../../domain/rehearsal/by-time.ts'
import type { ReplayState } from '../../domain/rehearsal/rehearse.ts'
import type { Divergence, RehearsedEvent } from '../../domain/rehearsal/rehearsed-event.ts'
import type { Usage } from '../../domain/usage.ts'
import {
  readCharged,
  readGrant,
  readLent,
  readRollover,
  readSurplus,
  readTotal,
  readTrial,
  type Stored,
  type StoredChargedHold,
  type StoredGrant,
  type StoredLent,
  type StoredSurplus,
  type StoredTotal,
  type StoredTrial,
  storeCharged,
  storeGrant,
  storeLent,
  storeRollover,
  storeSurplus,
  storeTotal,
  storeTrial,
} from './stored.ts'

type StoredAllowance = Stored<Omit<Allowance, 'rollover' | 'total' | 'creditLine'>> & {
  rollover: string
  creditLine: string | null
  total: StoredTotal | null
}
/** The parts of an account that a shadow is decided from. A part that is absent is as in a new account. */
type StoredShadow = Pick<Account, 'name' | 'planId' | 'seats' | 'revision' | 'currency' | 'addOn' | 'lastAt'> & {
  available: string
  owed: string
  lent: StoredLent | null
  trial: StoredTrial | null
  surplus: StoredSurplus[]
  grants: StoredGrant[]
  allowances: StoredAllowance[]
}
type StoredCharge = StoredChargedHold & { name: string; refunded: string; since: number }
type StoredEntry = Stored<ByTimeEntry>
export type StoredDivergence = Stored<Divergence>
export type StoredReplay = {
  account: StoredShadow
  charges: StoredCharge[]
  theirs: string
  waiting: { theirs: StoredEntry[]; ours: StoredEntry[] }
  firstDivergence: StoredDivergence | null
}
export type StoredStanding = Omit<ImportTeam, 'kind' | 'grants'> & { grants: Stored<ImportedGrant>[] }
export type StoredRehearsedEvent = Stored<Omit<RehearsedEvent, 'usage'>> & {
  usage: Stored<Usage>[] | { path: readonly string[]; reason: string } | null
}

export const storeReplay = ({ account, charges, theirs, waiting, firstDivergence }: ReplayState): StoredReplay => ({
  account: storeShadow(account),
  charges: charges.map(([name, charge]) => storeCharge(name, charge)),
  theirs: `${theirs}`,
  waiting: { theirs: waiting.theirs.map(storeEntry), ours: waiting.ours.map(storeEntry) },
  firstDivergence: firstDivergence && storeDivergence(firstDivergence),
})

/** `fresh`: a new account of the team. */
export const readReplay = (stored: StoredReplay, fresh: Account): ReplayState => ({
  account: readShadow(stored.account, fresh),
  charges: stored.charges.map((charge) => [charge.name, readCharge(charge)] as const),
  theirs: BigInt(stored.theirs),
  waiting: { theirs: stored.waiting.theirs.map(readEntry), ours: stored.waiting.ours.map(readEntry) },
  firstDivergence: stored.firstDivergence && readDivergence(stored.firstDivergence),
})

const storeShadow = (account: Account): StoredShadow => {
  const { name, planId, seats, revision, currency, addOn, lastAt } = account
  return {
    ...{ name, planId, seats, revision, currency, addOn, lastAt },
    available: `${account.available}`,
    owed: `${account.owed}`,
    lent: account.lent && storeLent(account.lent),
    trial: account.trial && storeTrial(account.trial),
    surplus: account.surplus.map(storeSurplus),
    grants: account.grants.map(storeGrant),
    allowances: account.allowances.map(storeAllowance),
  }
}

const readShadow = (stored: StoredShadow, fresh: Account): Account => ({
  ...fresh,
  ...stored,
  available: BigInt(stored.available),
  owed: BigInt(stored.owed),
  lent: stored.lent && readLent(stored.lent),
  trial: stored.trial && readTrial(stored.trial),
  surplus: stored.surplus.map(readSurplus),
  grants: stored.grants.map(readGrant),
  allowances: stored.allowances.map(readAllowance),
})

const storeAllowance = (allowance: Allowance): StoredAllowance => ({
  ...allowance,
  credits: `${allowance.credits}`,
  rollover: storeRollover(allowance.rollover),
  creditLine: allowance.creditLine === null ? null : `${allowance.creditLine}`,
  total: allowance.total && storeTotal(allowance.total),
})

const readAllowance = (stored: StoredAllowance): Allowance => ({
  ...stored,
  credits: BigInt(stored.credits),
  rollover: readRollover(stored.rollover),
  creditLine: stored.creditLine === null ? null : BigInt(stored.creditLine),
  total: stored.total && readTotal(stored.total),
})

const storeCharge = (name: string, charge: RefundableCharge): StoredCharge => ({
  ...storeCharged(charge),
  name,
  refunded: `${charge.refunded}`,
  since: charge.since,
})

const readCharge = ({ refunded, since, ...stored }: StoredCharge): RefundableCharge => ({
  ...readCharged(stored),
  refunded: BigInt(refunded),
  since,
  ...{ unconfirmed: false, memberId: null, groupIds: noGroups, reference: null },
})

const storeEntry = (entry: ByTimeEntry): StoredEntry => ({ ...entry, amount: `${entry.amount}` })
const readEntry = (entry: StoredEntry): ByTimeEntry => ({ ...entry, amount: BigInt(entry.amount) })

export const storeDivergence = ({ theirs, ours, ...divergence }: Divergence): StoredDivergence => ({
  ...divergence,
  theirs: `${theirs}`,
  ours: `${ours}`,
})

export const readDivergence = ({ theirs, ours, ...divergence }: StoredDivergence): Divergence => ({
  ...divergence,
  theirs: BigInt(theirs),
  ours: BigInt(ours),
})

export const storeStanding = ({ kind: _, grants, ...standing }: ImportTeam): StoredStanding => ({
  ...standing,
  grants: grants.map((grant) => ({ ...grant, amount: `${grant.amount}` })),
})

export const readStanding = ({ grants, ...standing }: StoredStanding): Omit<ImportTeam, 'kind'> => ({
  ...standing,
  grants: grants.map((grant) => ({ ...grant, amount: BigInt(grant.amount) })),
})

export function storeRehearsedEvent({ usage, amount, balanceAfter, ...event }: RehearsedEvent): StoredRehearsedEvent {
  const stored = { ...event, amount: `${amount}`, balanceAfter: `${balanceAfter}` }
  if (usage === null) return { ...stored, usage }
  if (usage instanceof InvalidUsage) return { ...stored, usage: { path: usage.path, reason: usage.reason } }
  return { ...stored, usage: usage.map((line) => ({ ...line, quantity: `${line.quantity}` })) }
}

export function readRehearsedEvent({ usage, amount, balanceAfter, ...stored }: StoredRehearsedEvent): RehearsedEvent {
  const event = { ...stored, amount: BigInt(amount), balanceAfter: BigInt(balanceAfter) }
  if (usage === null) return { ...event, usage }
  if (!Array.isArray(usage)) return { ...event, usage: new InvalidUsage(usage as { path: string[]; reason: string }) }
  return { ...event, usage: usage.map((line) => ({ ...line, quantity: BigInt(line.quantity) })) }
}
