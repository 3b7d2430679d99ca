import { beforeAll, describe, expect, test } from 'vitest'
import { MICRO } from '../../../src/domain/amounts/credits.ts'
import { teamId } from '../../../src/domain/identity.ts'
import { StripeUnavailable } from '../../../src/payments/payments.ts'
import { seed } from '../../setup/random.ts'
import { closedGate } from './gate.ts'
import type { Lived, Orders, Standing } from './orders.ts'
import type { Story } from './stories.ts'
import { integersOf, type Variant, variantsOf } from './variants.ts'

const atOnce = 150

/** Each story ends the same in all orders and with all repetitions of its events; `drawn`: see `ordersOf`. */
export function describeOrderings(stories: readonly Story[], orders: () => Orders, drawn?: number): void {
  describe.each(stories)('$name', (story) => {
    let lived: Lived
    let variants: readonly Variant[]
    beforeAll(async () => {
      lived = await orders().live(story)
      variants = variantsOf(lived.events.length, integersOf(seed), drawn)
    })

    test('ends the same, in whichever order and however often it is told, answered or not', async () => {
      const inOrder = { told: [...lived.events.keys()], answeredAfter: 0, askedBefore: null }
      const first = await retell(orders(), lived, inOrder)
      const before = story.cause === 'RECHARGE' ? 400n : 500n
      expect(first).toMatchObject({
        purchase: { state: story.state, isPosted: true },
        account: { available: `${before * MICRO + story.left}`, owed: '0', held: '0' },
      })
      const ends = await each(variants, (variant) => retell(orders(), lived, variant))
      const comparable = ({ postings, episode, ...end }: typeof first) => ({
        ...end,
        ...(story.oneWay ? { postings } : {}),
        ...(story.givenUp ? {} : { episode }),
      })
      for (const [index, end] of ends.entries()) {
        const how = JSON.stringify({ seed, ...variants[index], types: lived.events.map(({ type }) => type) })
        expect(comparable(end), how).toEqual(comparable(first))
      }
    })

    test('takes back no more and no less of a team that spends all the while', async () => {
      const some = variants.filter((_, index) => index % Math.ceil(variants.length / 60) === 0)
      const spend = async (team: string) => {
        await orders().use(teamId(team), 20)
        await orders().use(teamId(team), 2)
      }
      for (const { account, grants, spent } of await each(some, (variant) => retell(orders(), lived, variant, spend))) {
        const lost = story.frozen === undefined ? 0n : lostOf(grants[0])
        const had = 500n * MICRO + story.left + lost
        expect(BigInt(account.available) - BigInt(account.owed) + spent, JSON.stringify({ seed, grants })).toBe(had)
      }
    })
  })
}

/** Tells the story of another purchase as the variant says; how it ends. */
async function retell(
  orders: Orders,
  lived: Lived,
  { told, answeredAfter, askedBefore }: Variant,
  between = async (_: string) => {},
) {
  const { operatorRefunds, isPaidTwice } = lived.story
  const echo = await orders.echo(lived)
  const team = teamId(echo.team)
  const gate = closedGate()
  echo.making = answeredAfter === null ? 'cut' : gate
  const answered = orders.advance(0, team).catch((error: unknown) => {
    if (!(error instanceof StripeUnavailable)) throw error
  })
  if (answeredAfter === null) {
    await answered
    echo.making = gate
    gate.open()
  }
  if (isPaidTwice) {
    // A second payment names a purchase that was asked for.
    await Promise.race([echo.asked.opened, answered])
  }
  for (const [index, number] of told.entries()) {
    if (index === answeredAfter) {
      gate.open()
      await answered
    }
    const event = lived.events[number]
    if (event === undefined) throw new Error(`There is no event ${number}`)
    if (index === askedBefore && (answeredAfter === null || answeredAfter <= index)) {
      await orders.advance(1, team)
      if (operatorRefunds !== undefined) await orders.refund(1, team, operatorRefunds)
    }
    await orders.tell(index, echo, event)
    await between(team)
  }
  gate.open()
  await answered
  if (isPaidTwice) await orders.endOthers(1, team)
  return orders.end(echo)
}

async function each<T, R>(all: readonly T[], run: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  const waiting = [...all.entries()]
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) results[next[0]] = await run(next[1])
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return results
}

/** The used part of a grant, less what its payer has taken back of it. */
function lostOf(grant: Standing | undefined): bigint {
  if (grant === undefined) throw new Error('Nothing was granted')
  const [granted, spent, taken] = [BigInt(grant.granted), BigInt(grant.spent), BigInt(grant.clawed_back)]
  const unpaid = spent + taken - granted
  return unpaid > 0n ? spent - unpaid : spent
}
