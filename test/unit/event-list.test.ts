import type { Stripe } from 'stripe'
import { expect, test } from 'vitest'
import { type ListEvents, readEvents } from '../../src/payments/event-list.ts'

/** Stripe's list with one event at each of these seconds. */
function listOf(seconds: readonly number[]) {
  const events = seconds
    .map((created, index) => ({ id: `evt_${index}`, created }) as Stripe.Event)
    .toSorted((one, other) => other.created - one.created)
  let requests = 0
  const list: ListEvents = async ({ created: { gte, lt = Number.POSITIVE_INFINITY }, starting_after: after }) => {
    requests += 1
    const all = events.filter(({ created }) => created >= gte && created < lt)
    const rest = after === undefined ? all : all.slice(all.findIndex(({ id }) => id === after) + 1)
    return { data: rest.slice(0, 100), has_more: rest.length > 100 }
  }
  return { events, list, requests: () => requests }
}

async function read(seconds: readonly number[], since: number) {
  const { events, list, requests } = listOf(seconds)
  const slices: number[] = []
  const found: Stripe.Event[] = []
  for await (const slice of readEvents(list, since)) {
    slices.push(slice.length)
    found.push(...slice)
  }
  return { events, found, longest: Math.max(...slices), requests: requests() }
}

test('a list without events is one request', async () => {
  const { found, requests } = await read([], 0)
  expect([found.length, requests]).toEqual([0, 1])
})

test('the events since a second are read oldest first', async () => {
  const { found } = await read([5, 9, 2, 7], 5)
  expect(found.map(({ created }) => created)).toEqual([5, 7, 9])
})

test('the events of days without the gateway are all read once, with a bounded number of them held', async () => {
  const seconds = Array.from({ length: 20_000 }, (_, index) => 1_000 + index * 13 + (index % 7))
  const { found, longest, requests } = await read(seconds, 1_000)
  expect(new Set(found.map(({ id }) => id)).size).toBe(20_000)
  expect(found.every(({ created }, index) => created >= (found[index - 1]?.created ?? 0))).toBe(true)
  expect(longest).toBeLessThanOrEqual(1_100)
  expect(requests).toBeLessThan(2_000)
})

test('the events of one second are all read, however many there are', async () => {
  const { found } = await read([...Array.from({ length: 2_500 }, () => 50), 51, 40], 40)
  expect(found).toHaveLength(2_502)
})
