import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { compileCache } from '../setup/gateway.ts'

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['src/programs/catalog.ts', ...args], {
    env: { ...process.env, NODE_COMPILE_CACHE: compileCache },
    encoding: 'utf8',
    timeout: 30_000,
  })
  return { status, stdout, stderr }
}

test('the catalog program prints the rate card of a good file, and succeeds', () => {
  const { status, stdout, stderr } = run('check', 'catalogs/wevion.yaml')
  expect([status, stderr]).toEqual([0, ''])
  expect(stdout).toContain('Plans (a new team begins on free)')
})

test('the catalog program tells of a file that is not there without a stack, and fails', () => {
  const { status, stdout, stderr } = run('check', 'catalogs/nowhere.yaml')
  expect([status, stdout]).toEqual([1, ''])
  expect(stderr).toContain('cannot be read')
  expect(stderr).not.toMatch(/^\s+at /m)
})

test('the catalog program used wrongly says how to use it, and fails', () => {
  const { status, stdout, stderr } = run()
  expect([status, stdout]).toEqual([1, ''])
  expect(stderr).toContain('npm run -s catalog -- check FILE')
})
