import { execFile } from 'node:child_process'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { createTestDatabase } from '../../setup/database.ts'
import { makeFolder } from '../../setup/folders.ts'
import { startGateway } from '../../setup/gateway.ts'
import { makeTeam } from '../../setup/operator.ts'
import { spaceKey } from '../../setup/test-space.ts'

test('the CI of docs/recipes.md passes again and again, against one test space', async () => {
  const recipes = await readFile('docs/recipes.md', 'utf8')
  const [, code = ''] = /## A CI beside production[\s\S]*?```js\n([\s\S]*?)```/.exec(recipes) ?? []
  const dir = await makeFolder('credits-recipe-')
  const home = await createTestDatabase()
  const gateway = await startGateway({ env: { TEST_DATABASE_URL: home.url } })
  try {
    await makeTeam(gateway.url, 'acme', 'pro')
    const { secret } = await spaceKey(gateway.url)
    const file = join(dir, 'credits.test.mjs')
    await writeFile(file, code)
    const env = { PATH: process.env.PATH, CREDITS_URL: gateway.url, CREDITS_TEST_KEY: secret }
    for (const _ of [1, 2]) {
      const { stdout } = await promisify(execFile)(resolve('node_modules/.bin/node'), ['--test', file], { env })
      expect(stdout).toMatch(/pass 3\b[\s\S]*fail 0\b/)
    }
  } finally {
    await gateway.close()
    await home.drop()
    await rm(dir, { recursive: true, force: true })
  }
})
