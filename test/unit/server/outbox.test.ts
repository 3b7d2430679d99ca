import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Credits, createCredits } from '../../../web/server/index.ts'
import { MemoryOutbox } from '../../setup/memory-outbox.ts'

type Event = { readonly reference: string; readonly idempotencyKey: string }
type Fetch = NonNullable<Parameters<typeof createCredits>[0]['fetch']>

const usage = [{ rate: 'chat.light' }]
const opened: Credits[] = []

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] })
})
afterEach(async () => {
  for (const credits of opened.splice(0)) await credits.close()
  vi.useRealTimers()
})

const answer = (body: object, init: ResponseInit = {}) => new Response(JSON.stringify(body), init)
const failed = (code: string) => ({ data: null, errors: [{ message: 'It broke', extensions: { code } }] })

/** A gateway that answers each event by `resultOf`, and breaks wholly where that throws. */
function gateway(resultOf: (event: Event) => object) {
  const requests: string[][] = []
  const fetch: Fetch = async (_, init) => {
    const { variables } = JSON.parse(`${init?.body}`)
    const events: Event[] = variables.events ?? [variables.input]
    requests.push(events.map(({ reference }) => reference))
    try {
      const results = events.map(resultOf)
      return answer({ data: { result: variables.events ? results : results[0] } })
    } catch {
      return answer(failed('INTERNAL_SERVER_ERROR'))
    }
  }
  return { requests, fetch }
}

function open(fetch: Fetch, outbox = new MemoryOutbox()): Credits {
  const quiet = { onError: () => undefined, onParked: () => undefined }
  const credits = createCredits({ url: 'https://gateway.example/graphql', token: 't', outbox, fetch, ...quiet })
  opened.push(credits)
  return credits
}

const item = (reference: string) => ({
  id: reference,
  text: JSON.stringify({ usage, reference, teamId: reference, idempotencyKey: reference }),
})
const charge = { __typename: 'Charge' }

test('an item that breaks each request it is in waits alone, and the others are charged', async () => {
  const charged = new Set<string>()
  let isRepaired = false
  const { fetch, requests } = gateway(({ reference }) => {
    if (reference === 'broken' && !isRepaired) throw new Error()
    charged.add(reference)
    return charge
  })
  const outbox = new MemoryOutbox()
  const references = Array.from({ length: 150 }, (_, index) => (index === 30 ? 'broken' : `good-${index}`))
  await outbox.add(references.map(item))
  const credits = open(fetch, outbox)

  await vi.advanceTimersByTimeAsync(30_000)
  expect(await credits.outbox.size()).toEqual({ waiting: 1, parked: 0 })
  expect(charged.size).toBe(149)
  const before = requests.length
  await vi.advanceTimersByTimeAsync(3_600_000)
  // At most one attempt in a quarter of an hour, once the pause has grown.
  expect(requests.length - before).toBeLessThan(20)
  isRepaired = true
  await vi.advanceTimersByTimeAsync(1_000_000)
  expect(await credits.outbox.size()).toEqual({ waiting: 0, parked: 0 })
})

test('an event that fails alone in an answered request waits, and no other event is sent apart', async () => {
  const failure = { __typename: 'InternalServerError', code: 'INTERNAL_SERVER_ERROR', message: 'Try it again' }
  const { fetch, requests } = gateway(({ reference }) => (reference === 'broken' ? failure : charge))
  const outbox = new MemoryOutbox()
  await outbox.add(['first', 'broken', 'last'].map(item))
  const credits = open(fetch, outbox)
  await vi.advanceTimersByTimeAsync(500)
  expect(requests).toEqual([['first', 'broken', 'last']])
  expect(await credits.outbox.size()).toEqual({ waiting: 1, parked: 0 })
  await vi.advanceTimersByTimeAsync(10_000)
  expect(requests.slice(1).every((request) => request.join() === 'broken')).toBe(true)
})

test('all items wait together where the gateway breaks for each of them', async () => {
  let isRepaired = false
  const { fetch, requests } = gateway(() => {
    if (!isRepaired) throw new Error()
    return charge
  })
  const outbox = new MemoryOutbox()
  await outbox.add(Array.from({ length: 10 }, (_, index) => item(`${index}`)))
  const credits = open(fetch, outbox)
  await vi.advanceTimersByTimeAsync(3_600_000)
  expect(await credits.outbox.size()).toEqual({ waiting: 10, parked: 0 })
  expect(requests.length).toBeLessThan(500)
  isRepaired = true
  await vi.advanceTimersByTimeAsync(1_000_000)
  expect(await credits.outbox.size()).toEqual({ waiting: 0, parked: 0 })
})

test('a text that is no record is parked with its reason, and the others are charged', async () => {
  const { fetch } = gateway(() => charge)
  const outbox = new MemoryOutbox()
  await outbox.add([{ id: 'torn', text: '{"usage":[{"ra' }, { id: 'null', text: 'null' }, item('good')])
  const credits = open(fetch, outbox)
  await vi.advanceTimersByTimeAsync(500)
  expect(await credits.outbox.size()).toEqual({ waiting: 0, parked: 2 })
  expect(await credits.outbox.parked()).toMatchObject([
    { id: 'torn', usage: null, refusal: { code: 'UNREADABLE' } },
    { id: 'null', usage: null, refusal: { code: 'UNREADABLE' } },
  ])
})

test('a flush and a record wait for the pause that the gateway asks for', async () => {
  let attempts = 0
  const headers = { 'retry-after': '60' }
  const credits = open(async () => {
    attempts += 1
    return answer(failed('OVERLOADED'), { status: 503, headers })
  })
  await credits.record(usage)
  const flushed = credits.flush({ timeoutMs: 50_000 })
  await vi.advanceTimersByTimeAsync(20_000)
  await credits.record(usage)
  await vi.advanceTimersByTimeAsync(30_000)
  expect(await flushed).toBe(2)
  expect(attempts).toBe(1)
  await vi.advanceTimersByTimeAsync(15_000)
  expect(attempts).toBe(2)
})

test('an idle line sends at once what is recorded', async () => {
  const { fetch, requests } = gateway(() => charge)
  const credits = open(fetch)
  await vi.advanceTimersByTimeAsync(5_010)
  await credits.record(usage, { reference: 'now' })
  await vi.advanceTimersByTimeAsync(0)
  expect(requests).toEqual([['now']])
})
