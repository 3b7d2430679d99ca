import { execFile } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { makeFolder } from '../../setup/folders.ts'
import { ask, compileCache, spawnGateway, stopped } from '../../setup/gateway.ts'

const node = resolve('node_modules/.bin/node')
let dataDir: string

beforeAll(async () => {
  dataDir = await makeFolder('credits-start-')
})

afterAll(() => rm(dataDir, { recursive: true, force: true }))

const run = (file: string, args: string[], env: Record<string, string> = {}) =>
  promisify(execFile)(node, [file, ...args], {
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: compileCache, DATA_DIR: dataDir, ...env },
  })

describe('a gateway that is started as a newcomer would', () => {
  test('says what it does, has a demo team, and takes the token that is printed; later it finds its data again', async () => {
    const first = await spawnGateway({ DATA_DIR: dataDir, AUTH_SECRET: '', NODE_ENV: 'development' })
    expect(first.output()).toMatch(
      /Preparing the database[\s\S]*demo team[\s\S]*stand-in for Stripe[\s\S]*Credits Gateway is at http/,
    )
    const demoAdmin = ['--team', 'demo', '--member', 'ana', '--role', 'admin']
    const { stdout, stderr } = await run('src/programs/token.ts', demoAdmin)
    expect([stdout.trim().split('.').length, stderr]).toEqual([3, ''])
    const hint = /A token: +(DATA_DIR=.*)/
    await expect.poll(() => first.output()).toMatch(hint)
    const command = hint.exec(first.output())?.[1] ?? ''
    const env = { PATH: process.env.PATH, HOME: process.env.HOME }
    const printed = await promisify(execFile)('sh', ['-c', command], { env })
    expect((await ask(first.url, '{ viewer { memberId } }', {}, printed.stdout.trim())).data).toEqual({
      viewer: { memberId: 'ana' },
    })
    const query =
      '{ viewer { role } team { name balance { label available held } activity(first: 50) { nodes { type } } } }'
    const { data, errors } = await ask(first.url, query, {}, stdout.trim())
    expect(errors).toBeUndefined()
    expect(data).toMatchObject({ viewer: { role: 'ADMIN' }, team: { name: 'Demo team', balance: { held: '0' } } })
    const types = new Set(JSON.stringify(data).match(/GRANT|CHARGE|HOLD|RELEASE|REFUND/g))
    expect([...types].sort()).toEqual(['CHARGE', 'GRANT', 'HOLD', 'REFUND', 'RELEASE'])
    first.child.kill('SIGTERM')
    await stopped(first.child)

    const second = await spawnGateway({ DATA_DIR: dataDir, AUTH_SECRET: '', NODE_ENV: 'development' })
    expect(second.output()).not.toContain('demo team')
    second.child.kill('SIGINT')
    await stopped(second.child)
    expect(second.child.exitCode).toBe(0)
  })

  test.concurrent.each([
    ['a REDIS_URL that is none', () => ({ REDIS_URL: 'hunter2@redis' }), /REDIS_URL is not .*such as redis:\/\//],
    ['a wrong setting', () => ({ PORT: 'many' }), /PORT is "many"; expected a whole number/],
    [
      'a catalog that is not there',
      () => ({ CATALOG: '/nowhere.yaml' }),
      /nowhere\.yaml.*cannot be read[\s\S]*CATALOG/,
    ],
    ['a DATA_DIR that can not be made', () => ({ DATA_DIR: '/proc/credits' }), /Set DATA_DIR/],
    [
      'a database that refuses the password',
      () => ({ DATABASE_URL: wrongPassword() }),
      /Check user and password in DATABASE_URL/,
    ],
  ])('%s is told plainly, and ends the process', async (_, env, expected) => {
    const failure = await run('src/main.ts', [], { PORT: '0', ...env() }).catch((error) => error)
    expect(failure.code).toBe(1)
    expect(failure.stderr).toMatch(expected)
    expect(failure.stderr).not.toMatch(/\n\s+at |hunter2/)
  })
})

function wrongPassword(): string {
  return Object.assign(new URL(inject('postgresUrl')), { password: 'hunter2' }).href
}

describe('the token command', () => {
  test.concurrent.each([
    [['--member', 'ana'], /--team is missing/],
    [['--team', 'demo'], /--member is missing/],
    [['--team', 'demo', '--member', 'ana', '--role', 'king'], /--role is 'king'/],
    [['--team', 'demo', '--member', 'ana', '--hours', 'x'], /--hours is 'x'/],
    [['--what'], /--what/],
  ])('%j is refused with how to use it, and prints no token', async (args, expected) => {
    const failure = await run('src/programs/token.ts', args).catch((error) => error)
    expect(failure.code).toBe(1)
    expect(failure.stdout).toBe('')
    expect(failure.stderr).toMatch(expected)
    expect(failure.stderr).toContain('npm run -s token')
  })
})
