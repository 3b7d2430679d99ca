import { describe, expect, it } from 'vitest'
import { CreditsClientError } from '../../../web/client/index.ts'
import { LiveReading } from '../../../web/elements/controllers/reading.ts'
import type { TeamScope } from '../../../web/elements/controllers/scope.ts'

type Request = { answer(value: string): void; refuse(code: string): void; readonly signal: AbortSignal }

/** A reading whose requests the test answers. */
function open() {
  const requests: Request[] = []
  const read = (signal: AbortSignal) =>
    new Promise<string>((resolve, reject) => {
      requests.push({ answer: resolve, refuse: (code) => reject(new CreditsClientError(code, code)), signal })
    })
  const reading = new LiveReading<string>({ scope: {} as TeamScope, read })
  const stop = reading.subscribe(() => undefined)
  const settled = () => new Promise((resolve) => setImmediate(resolve))
  return { reading, requests, stop, settled }
}

describe('a reading', () => {
  it('keeps its value while it is read again, and where that fails', async () => {
    const { reading, requests, settled } = open()
    expect(reading.getSnapshot().phase).toBe('loading')
    requests[0]?.answer('one')
    await settled()
    reading.read()
    expect(reading.getSnapshot()).toEqual({ phase: 'ready', value: 'one', error: null })
    requests[1]?.refuse('OVERLOADED')
    await settled()
    expect(reading.getSnapshot()).toMatchObject({ phase: 'ready', value: 'one', error: { code: 'OVERLOADED' } })
  })

  it('shows what the latest request answered, whatever comes later', async () => {
    const { reading, requests, settled } = open()
    reading.read()
    requests[1]?.answer('new')
    requests[0]?.answer('old')
    await settled()
    expect(reading.getSnapshot().value).toBe('new')
  })

  it('is forbidden or failed without a value', async () => {
    const { reading, requests, settled } = open()
    requests[0]?.refuse('FORBIDDEN')
    await settled()
    expect(reading.getSnapshot().phase).toBe('forbidden')
    const retry = reading.retry()
    expect(reading.getSnapshot().phase).toBe('loading')
    requests[1]?.refuse('LEDGER_UNAVAILABLE')
    await retry
    expect(reading.getSnapshot().phase).toBe('failed')
  })

  it('stops when nobody looks', () => {
    const { requests, stop } = open()
    stop()
    expect(requests[0]?.signal.aborted).toBe(true)
  })
})
