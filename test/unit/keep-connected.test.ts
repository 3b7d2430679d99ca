import { pino } from 'pino'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { pauseBefore } from '../../src/concurrency/pauses.ts'
import { type HintConnection, keepConnected } from '../../src/live/hints/keep-connected.ts'

const log = pino({ level: 'silent' })
const patienceMs = 15_000

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

/** Lets time pass until there are so many. */
async function untilThereAre(count: number, list: readonly unknown[]): Promise<void> {
  const end = performance.now() + patienceMs
  while (list.length < count && performance.now() < end) await vi.advanceTimersByTimeAsync(5)
  expect(list).toHaveLength(count)
}

type End = HintConnection & { readonly number: number; lose(): void; hang(): void; readonly closed: () => boolean }

/** The other end: how often it was asked, when, and what becomes of each connection, by the test's decision. */
function otherEnd() {
  const made: End[] = []
  const askedAt: number[] = []
  let away = false
  const begun = performance.now()
  return {
    made,
    askedAt,
    away(is: boolean) {
      away = is
    },
    async open(): Promise<End> {
      askedAt.push(performance.now() - begun)
      if (away) throw new Error('away')
      const { promise: over, resolve: lose } = Promise.withResolvers<void>()
      let hangs = false
      let closed = false
      const end: End = {
        number: made.length,
        over,
        lose,
        hang() {
          hangs = true
        },
        async prove() {
          if (hangs) throw new Error('no answer')
        },
        async close() {
          closed = true
          lose()
        },
        closed: () => closed,
      }
      made.push(end)
      return end
    },
  }
}

async function keptWith(there: ReturnType<typeof otherEnd>) {
  const opened: [number, boolean][] = []
  const kept = await keepConnected({
    open: there.open,
    opened: ({ number }, missed) => opened.push([number, missed]),
    check: 'Check nothing',
    log,
  })
  return { kept, opened }
}

test('the first connection missed nothing; one that comes after a loss, or late, did', async () => {
  const there = otherEnd()
  const { kept, opened } = await keptWith(there)
  expect(opened).toEqual([[0, false]])
  there.made[0]?.lose()
  await untilThereAre(2, opened)
  expect(opened[1]).toEqual([1, true])
  await kept.close()

  const late = otherEnd()
  late.away(true)
  const begun = await keptWith(late)
  expect([begun.kept.current, begun.opened]).toEqual([null, []])
  late.away(false)
  await untilThereAre(1, begun.opened)
  expect(begun.opened).toEqual([[0, true]])
  await begun.kept.close()
})

test('one that hangs is given up and made anew', async () => {
  const there = otherEnd()
  const { kept } = await keptWith(there)
  there.made[0]?.hang()
  await untilThereAre(2, there.made)
  expect([there.made[0]?.closed(), kept.current]).toEqual([true, there.made[1]])
  await kept.close()
})

test('pauses grow to two seconds and no further', () => {
  for (let tries = 0; tries < 2_000; tries += 1) {
    const longest = Math.min(50 * 2 ** tries, 2_000)
    const pause = pauseBefore(tries)
    expect([pause >= longest / 2, pause <= longest]).toEqual([true, true])
  }
})

test.each([
  ['that is away', true],
  ['that lets in and throws out at once', false],
])('another end %s is asked with growing pauses', async (_, away) => {
  const there = otherEnd()
  there.away(away)
  const kept = await keepConnected({ open: there.open, opened: ({ lose }) => lose(), check: 'Check nothing', log })
  await untilThereAre(6, there.askedAt)
  const pauses = there.askedAt.slice(1).map((at, index) => at - (there.askedAt[index] ?? 0))
  // A timer may be a millisecond early.
  pauses.forEach((pause, tries) => {
    expect(pause).toBeGreaterThan(25 * 2 ** tries - 2)
  })
  await kept.close()
})

test('closing hangs up, also while nobody is there', async () => {
  const there = otherEnd()
  const { kept } = await keptWith(there)
  await kept.close()
  expect([there.made.length, there.made[0]?.closed(), kept.current]).toEqual([1, true, null])

  const away = otherEnd()
  away.away(true)
  const waiting = await keptWith(away)
  await waiting.kept.close()
  expect(away.askedAt).toHaveLength(1)
})
