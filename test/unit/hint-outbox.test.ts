import { setTimeout as delay } from 'node:timers/promises'
import { pino } from 'pino'
import { expect, test, vi } from 'vitest'
import { teamId } from '../../src/domain/identity.ts'
import { type HintOutbox, openHintOutbox } from '../../src/live/hints/hint-outbox.ts'

const log = pino({ level: 'silent' })
const [one, two, three] = [teamId('one'), teamId('two'), teamId('three')]

type Sent = { teams: 'all' | Record<string, number>; revoked: boolean }

/** An outbox whose way to others is shut and opened by the test; a sending that has begun ends as it began. */
function scene(): { outbox: HintOutbox; sent: Sent[]; tried: () => number; shut: (is: boolean) => void } {
  const sent: Sent[] = []
  let tried = 0
  let shut = false
  const outbox = openHintOutbox({
    async send({ teams, revoked }) {
      tried += 1
      const fails = shut
      await delay(1)
      if (fails) throw new Error('shut')
      sent.push({ teams: teams === 'all' ? 'all' : Object.fromEntries(teams), revoked })
    },
    windowMs: 25,
    log,
  })
  return {
    outbox,
    sent,
    tried: () => tried,
    shut: (is) => {
      shut = is
    },
  }
}

test('the first hint goes at once with those of its turn; those of the window after it go together', async () => {
  const { outbox, sent } = scene()
  outbox.announce(one, 1)
  outbox.announce(two, 1)
  await vi.waitFor(() => expect(sent).toHaveLength(1), { interval: 1 })
  for (let revision = 2; revision <= 100; revision += 1) outbox.announce(one, revision)
  outbox.announceRevocations()
  outbox.announceRevocations()
  outbox.announce(three, 7)
  await expect.poll(() => sent).toHaveLength(2)
  expect(sent).toEqual([
    { teams: { one: 1, two: 1 }, revoked: false },
    { teams: { one: 100, three: 7 }, revoked: true },
  ])
  await outbox.close()
  expect(sent).toHaveLength(2)
})

test('a steady stream of hints is one sending a window at most', async () => {
  const { outbox, tried } = scene()
  const begun = performance.now()
  for (let revision = 1; revision <= 100; revision += 1) {
    outbox.announce(one, revision)
    await delay(2)
  }
  // A timer may be a millisecond early.
  expect(tried()).toBeLessThanOrEqual(1 + (performance.now() - begun) / 23)
  await outbox.close()
})

test('what could not be sent is sent later, with the newest revision of each team', async () => {
  const { outbox, sent, tried, shut } = scene()
  shut(true)
  outbox.announce(one, 1)
  outbox.announce(two, 5)
  outbox.announceRevocations()
  await expect.poll(() => tried()).toBe(2)
  outbox.announce(one, 2)
  shut(false)
  await expect.poll(() => sent).toEqual([{ teams: { one: 2, two: 5 }, revoked: true }])
  await outbox.close()
})

test('what waits is one hint a team, of 20,000 teams at most; beyond, others look at everything', async () => {
  const { outbox, sent, tried, shut } = scene()
  shut(true)
  for (let team = 0; team < 20_001; team += 1) outbox.announce(teamId(`${team}`), 1)
  await expect.poll(() => tried()).toBe(2)
  shut(false)
  outbox.poke()
  await expect.poll(() => sent).toEqual([{ teams: 'all', revoked: false }])
  await outbox.close()
})

test('closing sends what is left, and ends also where nothing can be sent', async () => {
  const { outbox, sent } = scene()
  outbox.announce(one, 1)
  await outbox.close()
  expect(sent).toEqual([{ teams: { one: 1 }, revoked: false }])

  const stuck = scene()
  stuck.shut(true)
  stuck.outbox.announce(one, 1)
  await stuck.outbox.close()
  expect(stuck.sent).toEqual([])
})
