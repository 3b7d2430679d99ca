import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openProduct, type Product } from './product.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'credits-zones-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** The product as it would be in Rome, whose clocks turn on 28 March and 31 October 2027. */
async function inRome(name: string, start: string, changed: (text: string) => string = (text) => text) {
  const file = join(folder, `${name}.yaml`)
  const text = await readFile(`catalogs/${name}.yaml`, 'utf8')
  await writeFile(file, changed(text.replace('timeZone: UTC', 'timeZone: Europe/Rome')))
  return openProduct(name, start, file)
}

describe('where clocks turn', () => {
  test('W1: the week is 167 and 169 hours long, and the grant lands on Monday at midnight on the wall', async () => {
    const product: Product = await inRome('wevion', '2027-03-24T12:00:00.000Z')
    try {
      const team = await product.team('free')
      const window = async () => {
        const { startsAt, resetsAt } = (await product.balance(team)).period
        return [startsAt, resetsAt, (Date.parse(resetsAt) - Date.parse(startsAt)) / 3_600_000]
      }
      expect(await window()).toEqual(['2027-03-21T23:00:00.000Z', '2027-03-28T22:00:00.000Z', 167])
      await product.moveTo('2027-03-28T22:00:00.000Z')
      expect(await window()).toEqual(['2027-03-28T22:00:00.000Z', '2027-04-04T22:00:00.000Z', 168])
      await product.moveTo('2027-10-27T12:00:00.000Z')
      expect(await window()).toEqual(['2027-10-24T22:00:00.000Z', '2027-10-31T23:00:00.000Z', 169])
      expect((await product.activity(team, { types: ['GRANT'] })).length).toBe(32)
    } finally {
      await product.close()
    }
  })

  test('G8: a GB stored over a day of 23 or 25 hours is one GB-day', async () => {
    const freely = (text: string) => text.replace(/unit: GB_DAY\n +requires: \[TOP_UPS_ENABLED\]/, 'unit: GB_DAY')
    const product: Product = await inRome('videogen', '2027-03-26T23:00:00.000Z', freely)
    try {
      const team = await product.team('pro')
      const stored = { teamId: team, rate: 'storage.flexible', amount: '100' }
      expect((await product.mutate('setStoredAmount', stored)).__typename).toBe('Team')
      await product.moveTo('2027-03-30T00:00:00.000Z')
      const days = async (from: string) =>
        (await product.activity(team, { types: ['CHARGE'], from })).map(({ lines }) => lines[0].quantity).reverse()
      expect((await days('2027-03-28T00:00:00.000Z')).slice(-2)).toEqual(['100', '100'])
      await product.moveTo('2027-11-02T00:00:00.000Z')
      expect(await days('2027-10-30T12:00:00.000Z')).toEqual(['100', '100', '100'])
    } finally {
      await product.close()
    }
  })
})
