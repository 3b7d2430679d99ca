import { globSync, readFileSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { openSandbox } from '../src/sandbox.ts'
import { type Difference, type Recording, replay } from './recordings/replay.ts'

const folder = new URL('./recordings/', import.meta.url)
const read = (file: string) => parse(readFileSync(new URL(file, folder), 'utf8'))

const notModelled: Record<string, string> = read('not-modelled.yml')
const recordings: Recording[] = globSync('*.yml', { cwd: folder })
  .filter((file) => file !== 'not-modelled.yml')
  .toSorted()
  .flatMap(read)
const needed = new Set<string>()

/** The entry that excuses the field: its own, or that of a field around it. */
const excuseOf = (field: string, excuses: Readonly<Record<string, string>>) =>
  Object.keys(excuses).find((name) => field === name || field.startsWith(`${name}.`))

async function unexcused(recording: Recording): Promise<Difference[]> {
  const sandbox = await openSandbox({ dir: null })
  try {
    const found = await replay(sandbox, recording)
    return found.filter(({ field }) => {
      if (excuseOf(field, recording.otherwise ?? {}) !== undefined) return false
      const excuse = excuseOf(field, notModelled)
      if (excuse !== undefined) needed.add(excuse)
      return excuse === undefined
    })
  } finally {
    await sandbox.close()
  }
}

test.each(recordings)('Stripe and the sandbox answer alike: $name ($version)', async (recording) => {
  expect(await unexcused(recording)).toEqual([])
})

test('an answer that differs is found', async () => {
  const recording = recordings.find(({ name }) => name === 'a customer is read')
  if (recording === undefined) throw new Error('There is no such recording')
  const wrong = {
    ...recording,
    answer: { object: 'customer', id: 'cus_1', balance: 1, email: null, created: '<time>', nickname: null },
  }
  const fields = (await unexcused(wrong)).map(({ field }) => field)
  expect(fields).toEqual(['customer.id', 'customer.balance', 'customer.email', 'customer.nickname'])
  expect(await unexcused({ ...recording, status: 404 })).toMatchObject([{ field: 'status', recorded: 404 }])
})

afterAll(() => {
  expect(
    Object.keys(notModelled).filter((name) => !needed.has(name)),
    'no exchange needs these',
  ).toEqual([])
})
