import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { Election } from '../../../web/elements/controllers/sharing/election.ts'

const waitUntil = async (holds: () => boolean) => {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve))
}

/** Two tabs, and what happened to them, in order. */
function twoTabs() {
  const happened: string[] = []
  const name = randomUUID()
  const tab = (label: string) =>
    new Election(name, {
      elected: () => happened.push(`${label} leads`),
      deposed: () => happened.push(`${label} follows`),
    })
  return { happened, one: tab('one'), other: tab('other') }
}

test('one leads, and the next one only once the first has resigned', async () => {
  const { happened, one, other } = twoTabs()
  one.stand()
  await waitUntil(() => one.leads)
  other.stand()
  one.resign()
  await waitUntil(() => other.leads)
  expect(happened).toEqual(['one leads', 'other leads'])
  other.resign()
})

test('a leader that is silent is deposed, and leads again when the other one resigns', async () => {
  const { happened, one, other } = twoTabs()
  one.stand()
  await waitUntil(() => one.leads)
  other.stand()
  other.seize()
  await waitUntil(() => happened.includes('one follows'))
  expect([one.leads, other.leads]).toEqual([false, true])
  other.resign()
  await waitUntil(() => one.leads)
  expect(happened.at(-1)).toBe('one leads')
  one.resign()
})

test('a leader passes the lead to one that waits, and keeps it where nobody does', async () => {
  const { happened, one, other } = twoTabs()
  one.stand()
  await waitUntil(() => one.leads)
  await one.pass()
  expect(one.leads).toBe(true)
  other.stand()
  await one.pass()
  await waitUntil(() => other.leads)
  expect(happened).toEqual(['one leads', 'one follows', 'other leads'])
  one.resign()
  other.resign()
})

test('one that has resigned while it waited never leads', async () => {
  const { happened, one, other } = twoTabs()
  one.stand()
  await waitUntil(() => one.leads)
  other.stand()
  other.resign()
  one.resign()
  one.stand()
  await waitUntil(() => happened.length === 2)
  expect(happened).toEqual(['one leads', 'one leads'])
  one.resign()
})
