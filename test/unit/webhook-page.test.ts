import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { teamId } from '../../src/domain/identity.ts'
import { bodyOf } from '../../src/partners/body.ts'
import { eventJsonSchema, withEventTable } from '../../src/programs/webhook-page.ts'

const again = 'run `npm run print-schema`'
const read = (path: string) => readFileSync(path, 'utf8')

test('the page and the JSON Schema of webhooks are those of the descriptions', () => {
  expect(JSON.parse(read('docs/webhook-events.schema.json')), again).toEqual(eventJsonSchema())
  expect(withEventTable(read('docs/webhooks.md')), again).toBe(read('docs/webhooks.md'))
})

test('a thin body and a full one are of the JSON Schema, and another one is not', () => {
  const isBody = new Ajv2020({ strict: false, validateFormats: false }).compile(eventJsonSchema())
  const event = {
    id: 'event',
    type: 'CREDITS_CHARGED' as const,
    at: 1_790_000_000_000,
    teamId: teamId('acme'),
    revision: 4,
  }
  for (const selected of [null, { event: { amount: '-4' } }, { event: null, errors: [{ message: 'No' }] }]) {
    expect(isBody(JSON.parse(bodyOf(event, selected)))).toBe(true)
  }
  expect(isBody({ ...JSON.parse(bodyOf(event, null)), type: 'CREDITS_LOST' })).toBe(false)
})
