import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rulesOf } from '../../src/catalog/rules.ts'
import type { Account } from '../../src/domain/account.ts'
import type { Command, ImportTeam } from '../../src/domain/decisions/command.ts'
import { ExpectedError } from '../../src/domain/errors.ts'
import { teamId } from '../../src/domain/identity.ts'
import type { Posting } from '../../src/domain/posting.ts'
import { rehearse } from '../../src/domain/rehearsal/rehearse.ts'
import type { RehearsedEvent } from '../../src/domain/rehearsal/rehearsed-event.ts'
import { Shadow } from '../../src/domain/rehearsal/shadow.ts'
import type { World } from '../../src/domain/rules.ts'
import { decideTeam } from '../../src/ledger/deciding/decide-batch.ts'
import { keyless } from '../../src/ledger/deciding/team-state.ts'
import { charge, grantOf, plainIn, use } from '../integration/ledger/scene.ts'

const team = teamId('acme')
const rules = rulesOf(plainIn('Europe/Berlin'))
const world: World = { rulesAt: () => rules, cardOf: () => rules.card }
const worlds = { in: () => world }
const start = Date.parse('2026-11-18T12:00:00Z')
const credit = 1_000_000n

const moved: ImportTeam = {
  ...{ kind: 'import-team', planId: 'weekly', teamName: null, seats: 1, interval: null, anchor: null },
  grants: [
    { source: 'old:week', amount: 40n * credit, kind: 'INCLUDED', startsAt: null, expiresAt: null },
    { source: 'old:pack', amount: 60n * credit, kind: 'PACKAGE', startsAt: null, expiresAt: null },
  ],
}
const nothing = {
  holds: new Map(),
  nextHoldDeadline: null,
  charges: new Map(),
  stored: new Map(),
  usedBefore: new Map(),
  posted: new Map(),
}

/** A system with the gateway's own rules: the ledger's decisions, told as entries. */
class OtherSystem {
  readonly events: RehearsedEvent[] = []
  #account: Account | null = null

  /** The postings of the effects of time and of the command. */
  decide(command: Command, at: number): void {
    const state = { ...nothing, account: this.#account, leftover: [], hasPaid: false, checkpoint: 0 }
    const { account, postings } = decideTeam(state, [keyless(team, command)], worlds, at)
    const isOpening = this.#account === null
    this.#account = account
    if (!isOpening) this.events.push(...postings.map((posting) => this.#eventOf(posting, command)))
  }

  #eventOf({ type, at, revision, change, entries, reference }: Posting, command: Command): RehearsedEvent {
    const last = entries.at(-1)
    const grant = this.#account?.grants.find(({ source }) => source === reference)
    return {
      ...{ id: `${revision}`, at, type: type as RehearsedEvent['type'], source: reference, charge: null },
      amount: change < 0n ? -change : change,
      balanceAfter: (last?.availableAfter ?? 0n) - (last?.owedAfter ?? 0n),
      usage: type === 'CHARGE' && command.kind === 'charge-usage' ? command.usage : null,
      kind: grant?.kind ?? null,
      expiresAt: type === 'GRANT' ? (grant?.expiresAt ?? null) : null,
    }
  }
}

const turn = fc.record({
  wait: fc.integer({ min: 0, max: 3 * 86_400_000 }),
  quantity: fc.integer({ min: 1, max: 30 }),
  act: fc.constantFrom('charge', 'charge', 'double', 'grant'),
})

function history(turns: readonly { wait: number; quantity: number; act: string }[]): RehearsedEvent[] {
  const system = new OtherSystem()
  let at = start
  system.decide(moved, at)
  for (const [index, { wait, quantity, act }] of turns.entries()) {
    at += wait
    if (act === 'grant') system.decide(grantOf(quantity, `gift-${index}`, { grantKind: 'PROMOTION' }), at)
    else system.decide(charge(quantity, { usage: use(quantity, act === 'charge' ? 'credit' : 'double') }), at)
  }
  return system.events
}

function rehearsed(events: readonly RehearsedEvent[]) {
  const shadow = Shadow.open(world, team, moved, start)
  return shadow instanceof ExpectedError ? expect.unreachable(shadow.message) : rehearse(shadow, events, world)
}

test('a system with the same rules never diverges, and a changed price is found where it is', () => {
  fc.assert(
    fc.property(fc.array(turn, { minLength: 1, maxLength: 30 }), fc.nat(), (turns, chosen) => {
      const events = history(turns)
      if (events.length === 0) return
      const { firstDivergence, ours, theirs } = rehearsed(events)
      expect([firstDivergence, ours]).toEqual([null, theirs])

      const charges = events.filter(({ type }) => type === 'CHARGE')
      const dearer = charges[chosen % Math.max(charges.length, 1)]
      if (dearer === undefined) return
      const place = events.indexOf(dearer)
      const changed = events.map((event, index) => ({
        ...event,
        amount: event === dearer ? event.amount + credit : event.amount,
        balanceAfter: index < place ? event.balanceAfter : event.balanceAfter - credit,
      }))
      const found = rehearsed(changed)
      expect(found.firstDivergence).toMatchObject({
        event: dearer.id,
        theirs: dearer.amount + credit,
        ours: dearer.amount,
      })
      expect(found.ours - found.theirs).toBe(credit)
    }),
  )
})
