import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Announcer } from '../../../web/elements/view/announcer.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('a screen reader hears the latest change at most every 10 seconds', () => {
  const heard: string[] = []
  const announcer = new Announcer((text) => heard.push(text))
  for (const text of ['500', '400', '300']) announcer.tell(text, false)
  expect(heard).toEqual(['500'])
  vi.advanceTimersByTime(9_999)
  expect(heard).toEqual(['500'])
  vi.advanceTimersByTime(1)
  expect(heard).toEqual(['500', '300'])
  vi.advanceTimersByTime(60_000)
  announcer.tell('200', false)
  expect(heard).toEqual(['500', '300', '200'])
  announcer.stop()
})

test('a threshold is heard at once, and what waited is not heard after it', () => {
  const heard: string[] = []
  const announcer = new Announcer((text) => heard.push(text))
  announcer.tell('500', false)
  announcer.tell('120', false)
  announcer.tell('90 Low', true)
  expect(heard).toEqual(['500', '90 Low'])
  vi.advanceTimersByTime(20_000)
  expect(heard).toEqual(['500', '90 Low'])
  announcer.stop()
})
