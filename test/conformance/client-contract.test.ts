import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { contractFolders, contractTypes } from '../../web/codegen.ts'

test.each(contractFolders)(
  "the types in web/%s are those of the schema and of the folder's operations",
  async (folder) => {
    const kept = readFileSync(new URL(`../../web/${folder}/contract.ts`, import.meta.url), 'utf8')
    expect(await contractTypes(folder), 'run `npm run codegen`').toBe(kept)
  },
)
