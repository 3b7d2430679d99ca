import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { resuming } from '../../../web/client/resuming.ts'

type Payload = { query: string; variables?: Record<string, unknown> | null }
type Sink = { next(answer: object): void; error(error: unknown): void; complete(): void }

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

function scene(variables: Record<string, unknown>) {
  const asked: { payload: Payload; sink: Sink; ended: boolean }[] = []
  const client = resuming({
    subscribe(payload: Payload, sink: Sink) {
      const one = { payload: structuredClone(payload), sink, ended: false }
      asked.push(one)
      return () => {
        one.ended = true
      }
    },
  })
  const heard: unknown[] = []
  const stop = client.subscribe(
    { query: 'subscription ($after: ID) { accountEvents(after: $after) { type } }', variables },
    {
      next: (answer) => heard.push(answer),
      error: (error) => heard.push({ error }),
      complete: () => heard.push('complete'),
    },
  )
  const at = (index: number) => {
    const one = asked[index]
    if (one === undefined) throw new Error(`Only ${asked.length} were asked`)
    return one
  }
  return { asked, at, heard, stop }
}

const event = (id: string) => ({ data: { accountEvents: { type: 'CREDITS_CHARGED', _resumeId: id } } })
const refusal = (code: string) => [{ message: code, extensions: { code } }]

test('a temporary refusal is retried behind the last event, and the subscriber hears nothing of it', () => {
  const { asked, at, heard } = scene({ after: '1' })
  at(0).sink.next(event('2'))
  at(0).sink.error(refusal('LEDGER_UNAVAILABLE'))
  vi.runAllTimers()
  expect(at(1).payload.variables).toEqual({ after: '2' })
  at(1).sink.next({ data: null, errors: refusal('OVERLOADED') })
  expect(at(1).ended).toBe(true)
  at(1).sink.complete()
  vi.runAllTimers()
  at(2).sink.next(event('3'))
  expect(asked).toHaveLength(3)
  expect(heard).toEqual(Array(2).fill({ data: { accountEvents: { type: 'CREDITS_CHARGED' } } }))
})

test('the place is read until it is known', () => {
  const { at, heard } = scene({ after: null })
  at(0).sink.error(refusal('OVERLOADED'))
  vi.runAllTimers()
  expect(at(1).payload.query).toBe('query { team { lastEventId } }')
  at(1).sink.next({ data: { team: { lastEventId: '7' } } })
  at(1).sink.complete()
  expect(at(2).payload.variables).toEqual({ after: '7' })
  expect(heard).toEqual([])
})

test('what is final is told, once', () => {
  const { at, heard } = scene({ after: '1' })
  at(0).sink.error(refusal('FORBIDDEN'))
  vi.runAllTimers()
  expect(heard).toEqual([{ error: refusal('FORBIDDEN') }])
})

test('a subscription that was stopped is not retried', () => {
  const { asked, at, heard, stop } = scene({ after: '1' })
  at(0).sink.error(refusal('OVERLOADED'))
  stop()
  vi.runAllTimers()
  at(0).sink.next(event('2'))
  expect(asked).toHaveLength(1)
  expect(heard).toEqual([])
})

test('the variables of the caller stay as they are', () => {
  const variables = Object.freeze({ after: '1' })
  const { at } = scene(variables)
  at(0).sink.next(event('2'))
  expect(variables).toEqual({ after: '1' })
})
