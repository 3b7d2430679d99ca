import { describe, expect, it } from 'vitest'
import { createActivity, merge, type Posting } from '../../../web/elements/controllers/activity.ts'
import { everything, filterOf, hasText } from '../../../web/elements/controllers/activity-filter.ts'
import type { TeamScope } from '../../../web/elements/controllers/scope.ts'

const posting = (id: string, more: Partial<Posting> = {}): Posting => ({
  id,
  type: 'CHARGE',
  at: '2026-11-29T10:00:00Z',
  amount: '-1',
  balanceAfter: '9',
  revision: 1,
  reference: null,
  reason: null,
  grantKind: null,
  member: null,
  lines: [],
  ...more,
})

describe('a choice of activity', () => {
  const now = new Date('2026-11-29T12:00:00Z')

  it('asks the API for its days, types and member', () => {
    expect(filterOf({ days: 7, kind: 'reserved', member: 'ana', text: 'x' }, now)).toEqual({
      from: '2026-11-22T12:00:00.000Z',
      types: ['HOLD', 'RELEASE'],
      memberId: 'ana',
    })
    expect(filterOf({ ...everything, days: null }, now)).toEqual({
      from: undefined,
      types: undefined,
      memberId: undefined,
    })
  })

  it('finds a text in references, reasons and rates, in any case', () => {
    const row = posting('1', { reference: 'Job-17', lines: [{ rate: 'image.flux', name: 'Flux 2 Pro' }] })
    expect(['', ' job-1 ', 'FLUX'].map((text) => hasText(row, text))).toEqual([true, true, true])
    expect(hasText(row, 'kling')).toBe(false)
  })
})

describe('two lists of postings', () => {
  it('are one, the newer first, with each posting once', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((id) => posting(id)) as [Posting, Posting, Posting]
    expect(merge([c, b], [b, a]).map(({ id }) => id)).toEqual(['c', 'b', 'a'])
  })
})

describe('the activity', () => {
  const pageInfo = { hasNextPage: false, hasPreviousPage: false, startCursor: 'start', endCursor: 'end' }
  const page = (...ids: string[]) => ({ team: { activity: { nodes: ids.map((id) => posting(id)), pageInfo } } })

  it('has what happened while its first page was read', async () => {
    let happen: () => void = () => undefined
    const first = Promise.withResolvers<unknown>()
    const answers: Readonly<Record<string, () => unknown>> = {
      Now: () => ({ team: { balance: { asOf: '2026-11-29T12:00:00Z' } } }),
      Usage: () => ({ team: { usage: { total: '0', rows: [] } } }),
      Activity: () => first.promise,
      NewerActivity: () => page('late'),
    }
    const request = async (document: object) => answers[/query (\w+)/.exec(String(document))?.[1] ?? '']?.()
    const subscribe = (listener: (event: object) => void) => {
      happen = () => listener({ type: 'CREDITS_CHARGED' })
      return () => undefined
    }
    const activity = createActivity({ client: { request, events: { subscribe } } } as unknown as TeamScope)
    const shown = new Promise<void>((resolve) => {
      activity.subscribe(() => {
        if (activity.getSnapshot().rows.length === 2) resolve()
      })
    })
    happen()
    first.resolve(page('early'))
    await shown
    expect(activity.getSnapshot().rows.map(({ id }) => id)).toEqual(['late', 'early'])
  })
})
