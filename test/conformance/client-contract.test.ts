import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { contractTypes } from '../../web/codegen.ts'

test("the client's types are those of the schema and of its operations", async () => {
  const kept = readFileSync(new URL('../../web/client/contract.ts', import.meta.url), 'utf8')
  expect(await contractTypes(), 'run `npm run codegen`').toBe(kept)
})
