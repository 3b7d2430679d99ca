import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { newAccount } from '../../src/domain/decisions/commands/assign-plan.ts'
import { teamId } from '../../src/domain/identity.ts'
import { contextAt } from '../../src/domain/rules.ts'
import type { TeamNow, TeamReading } from '../../src/ledger/team-reader.ts'
import { balances, presentBalance } from '../../src/live/balances.ts'
import type { Feed } from '../../src/live/feed.ts'
import { Hints } from '../../src/live/hints/hints.ts'
import { type Act, acts, broken, expectNoneLate, otherFailures, settled, Telling } from './model/telling.ts'
import { world } from './model/world.ts'

const team = teamId('team')
const at = Date.parse('2026-11-18T12:00:00Z')
const made = newAccount(team, contextAt(world, at))

describe('a state that many watch', () => {
  type Change = 'posting' | 'setting' | 'time' | 'nothing'

  /** A team whose readings are of any moment between question and answer, in whichever order they come. */
  class Team {
    readonly hints = new Hints()
    readonly states: TeamReading[] = [{ account: made, at, reading: 0 }]
    breaks = false
    readonly #scheduler: fc.Scheduler

    constructor(scheduler: fc.Scheduler) {
      this.#scheduler = scheduler
    }

    get now(): TeamReading {
      return this.states.at(-1) ?? { account: made, at, reading: 0 }
    }

    change(what: Change): void {
      const { account, at, reading } = this.now
      const changed = {
        posting: { revision: account.revision + 1, available: account.available + 7n },
        setting: { lowThreshold: (account.lowThreshold + 1n) % 3n },
        time: { lowThreshold: account.lowThreshold + 3n, version: account.version },
        nothing: {},
      }[what]
      // A version is another one after each write, and says nothing of which is the later.
      const version = (account.version * 7 + 3) % 1_000_003
      this.states.push({ account: { ...account, version, ...changed }, at, reading: reading + 1 })
      void this.step('hint').then(() => this.hints.publish(team))
    }

    async read(): Promise<TeamReading> {
      await this.step('read')
      const breaks = this.breaks
      this.breaks = false
      const { now } = this
      await this.step('answer')
      if (breaks) throw broken
      return now
    }

    step(label: string): Promise<void> {
      return this.#scheduler.schedule(Promise.resolve(), label)
    }

    feed(): Feed<TeamNow> {
      const teams = { read: () => this.read(), readPosted: () => this.read() }
      return {
        key: 'balance',
        delivers: 'latest',
        start: null,
        open: (alarm) => presentBalance({ teams }, team, alarm),
        follow: (from, alarm) => balances({ teams }, team, from, alarm),
        hear: (alarm) => this.hints.listen(team, () => alarm.ring()),
        [Symbol.asyncIterator]() {
          throw new Error('Many watch')
        },
      }
    }
  }

  const shown = ({ account }: TeamNow) => `${account.revision} ${account.available} ${account.lowThreshold}`

  async function lived(scheduler: fc.Scheduler, script: readonly Act<Change>[]) {
    const its = new Team(scheduler)
    const states: readonly TeamNow[] = its.states
    const telling = new Telling(its.feed(), async (now) => {
      const text = `${states.indexOf(now)}`
      await its.step('render')
      return text
    })
    const presentAtJoin: number[] = []
    scheduler.scheduleSequence(
      script.map((act) => async () => {
        if (act.kind === 'change') its.change(act.change)
        else if (act.kind === 'break') (act.what === 'reading' ? its : telling).breaks = true
        else if (act.kind === 'join') {
          for (let time = 0; time < act.times; time += 1) {
            presentAtJoin.push(its.states.length - 1)
            telling.join(act.slow, null)
          }
        } else telling.one(act.whose)?.[act.kind]()
      }),
    )
    await settled(scheduler, telling)
    for (const watcher of telling.watchers) {
      watcher.slow = false
      watcher.drain()
    }
    await settled(scheduler, telling)

    expectNoneLate(telling.watchers)
    telling.watchers.forEach((watcher, index) => {
      const told = watcher.told.map(Number)
      expect(told).toEqual(told.toSorted((one, other) => one - other))
      const states = told.map((state) => shown(its.states[state] ?? its.now))
      expect(states.slice(1).filter((state, before) => state === states[before])).toEqual([])
      if (told[0] !== undefined) expect(told[0]).toBeGreaterThanOrEqual(presentAtJoin[index] ?? 0)
      if (watcher.stays) expect(states.at(-1)).toBe(shown(its.now))
    })
    expect(its.hints.watched).toBe(telling.watchers.some(({ stays }) => stays) ? 1 : 0)
    expect(telling.runs).toBe(telling.watchers.some(({ stays }) => stays))
    for (const watcher of telling.watchers) watcher.leave()
    await settled(scheduler, telling)
    expect(its.hints.watched).toBe(0)
    expect(telling.runs).toBe(false)
    return { its, telling }
  }

  const changes = fc.constantFrom<Change>('posting', 'setting', 'time', 'nothing')

  test('is told forwards, never twice alike, and to its very end, whatever is read, told and said in which order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), acts(changes, fc.constant(null), false), async (scheduler, script) => {
        const { telling } = await lived(scheduler, script)
        expect(telling.watchers.flatMap(({ failures }) => failures)).toEqual([])
      }),
      { numRuns: 1_500 },
    )
  })

  test('that can not be read or rendered at times fails those who wait for that reading, and is told to the others as ever', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), acts(changes, fc.constant(null), true), async (scheduler, script) => {
        const { telling } = await lived(scheduler, script)
        expect(otherFailures(telling.watchers)).toEqual([])
      }),
      { numRuns: 1_500 },
    )
  })
})
