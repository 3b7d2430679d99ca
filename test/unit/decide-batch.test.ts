import { expect, test } from 'vitest'
import type { Outcome, PlaceHold } from '../../src/domain/decisions/command.ts'
import type { Ask } from '../property/model/ask.ts'
import { PureLedger } from '../property/model/pure-ledger.ts'
import { commandOf } from '../property/model/world.ts'

const at = Date.parse('2026-11-18T12:00:00Z')
const plan: Ask = { do: 'plan', plan: 'weekly', seats: 1, interval: null }
const charge = (amount: bigint): Ask => ({ do: 'charge', amounts: [amount] })

function ledgerAfter(...asked: [string, Ask][]): PureLedger {
  const ledger = new PureLedger()
  ledger.submit(
    asked.map(([key, ask]) => submission(ledger, key, ask)),
    at,
  )
  return ledger
}
const submission = (ledger: PureLedger, key: string, ask: Ask) => ({
  teamId: ledger.team,
  key,
  fingerprint: `${key} ${ask.do} ${'amounts' in ask ? ask.amounts : ''}`,
  command: commandOf(ask, { holds: [], charges: [] }, at),
})
const told = (outcome: Outcome) => (outcome.kind === 'refused' ? outcome.failure.code : outcome.kind)

test('a team that its first command creates is there for the next one of the batch', () => {
  const ledger = ledgerAfter(['plan', plan], ['spend', charge(15n)])
  expect(ledger.account).toMatchObject({ available: 25n, revision: 2 })
})

test('a key that comes twice in a batch has its effect once', () => {
  const ledger = ledgerAfter(['plan', plan], ['spend', charge(15n)], ['spend', charge(15n)])
  expect(ledger.account?.available).toBe(25n)
})

test('a conflict does not hide the first answer from the same batch', () => {
  const ledger = ledgerAfter(['plan', plan], ['spend', charge(15n)])
  const batch = [charge(9n), charge(15n)].map((ask) => submission(ledger, 'spend', ask))
  expect(ledger.submit(batch, at).outcomes.map(told)).toEqual(['IDEMPOTENCY_CONFLICT', 'charge'])
  expect(ledger.account?.available).toBe(25n)
})

test('a hold that fits takes what the commands before it in the batch left', () => {
  const ledger = ledgerAfter(['plan', plan])
  const M = 1_000_000n
  const grant: Ask = { do: 'grant', source: 'gift', amount: 9n * M, kind: 'PROMOTION', lasts: null }
  const fitting = (key: string, atMost: bigint) => ({
    teamId: ledger.team,
    key,
    fingerprint: `${key} ${atMost}`,
    command: {
      ...commandOf({ do: 'hold', amount: M, lasts: 60_000, start: false }, { holds: [], charges: [] }, at),
      usage: { usage: [{ rate: 'credit', quantity: M, count: 1 }], fit: { atLeast: M, atMost: atMost * M } },
    } as PlaceHold,
  })
  const batch = [submission(ledger, 'gift', grant), fitting('a', 2n), fitting('b', 100n), fitting('c', 1n)]
  const { outcomes } = ledger.submit([...batch, fitting('b', 100n)], at)
  const fitted = outcomes.map((outcome) => (outcome.kind === 'hold' ? outcome.hold.fitted : told(outcome)))
  expect(fitted).toEqual(['grant', 2n * M, 7n * M, 'INSUFFICIENT_CREDITS', 7n * M])
  expect(ledger.submit([fitting('b', 100n)], at).outcomes).toMatchObject([{ hold: { fitted: 7n * M } }])
})

test('time never runs backwards in a ledger, whatever the clock says', () => {
  const ledger = ledgerAfter(['plan', plan])
  const { change } = ledger.submit([submission(ledger, 'late', charge(1n))], at - 5_000)
  expect(change.postings.map((posting) => posting.at)).toEqual([at])
})
