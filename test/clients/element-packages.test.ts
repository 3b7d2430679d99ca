import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { attwFinds, pack, publintFinds, run } from './package-checks.ts'

describe.each([
  // TypeScript's resolution of before 2022, which knows no `exports`, finds the main entry alone.
  ['elements', ['NoResolution', 'CJSResolvesToESM'], ['./billing.css']],
  ['react', ['CJSResolvesToESM'], []],
] as const)('the package %s', (name, known, excluded) => {
  let folder: string
  let packed: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'credits-packed-'))
    packed = await pack(name, folder)
    await mkdir(join(folder, 'unpacked'))
    await run('tar', ['-xzf', packed, '-C', join(folder, 'unpacked')])
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  test('publint finds nothing', async () => {
    expect(await publintFinds(join(folder, 'unpacked/package'))).toEqual([])
  })

  test('attw finds nothing but that it is an ES module', async () => {
    const { problems, ...rest } = (await attwFinds(packed, excluded)) as { problems: string[] }
    expect(rest).toEqual({ types: { kind: 'included' } })
    expect(problems.toSorted()).toEqual([...known].toSorted())
  })
})
