import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { readConfig } from '../../../src/config.ts'
import { createTestDatabase, type TestDatabase } from '../../setup/database.ts'
import { makeFolder } from '../../setup/folders.ts'
import { freePort } from '../../setup/free-port.ts'
import { compileCache, stopped } from '../../setup/gateway.ts'

type Environment = Record<string, string>

const read = (path: string) => readFile(path, 'utf8')
const installed = resolve('node_modules/.bin')
/** Stripe is out of reach, and nobody writes to the log. */
const away = { STRIPE_API_URL: 'http://127.0.0.1:9', LOG_LEVEL: 'silent', NODE_COMPILE_CACHE: compileCache }

let home: TestDatabase
let dir: string
let child: ChildProcess | undefined

beforeAll(async () => {
  home = await createTestDatabase()
  dir = await makeFolder('credits-deploy-')
})

afterEach(() => {
  child?.kill('SIGKILL')
})

afterAll(async () => {
  await home?.drop()
  await rm(dir, { recursive: true, force: true })
})

/** Resolves when the gateway has printed its address. */
async function start([program = '', ...args]: readonly string[], env: Environment, cwd: string): Promise<ChildProcess> {
  const path = `${installed}:${process.env.PATH}`
  const started = spawn(program, args, {
    cwd,
    env: { PATH: path, ...away, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  child = started
  for await (const line of createInterface(started.stdout)) {
    if (!line.startsWith('Credits Gateway is at ')) continue
    started.stdout.resume()
    return started
  }
  throw new Error('The gateway printed no address')
}

async function exitCodeOf([program = '', ...args]: readonly string[], env: Environment, cwd?: string): Promise<number> {
  const path = `${installed}:${process.env.PATH}`
  const [code] = await once(spawn(program, args, { cwd, env: { PATH: path, ...env }, stdio: 'inherit' }), 'exit')
  return code
}

/** The environment that a block of the documentation, or a unit, sets. */
const settingsIn = (text: string): Environment =>
  Object.fromEntries([...text.matchAll(/^ *([A-Z_]+)=(.*)$/gm)].map(([, name = '', value]) => [name, value ?? '']))

describe('Dockerfile and compose.yaml', () => {
  /** The instructions by name, each with its arguments. */
  let instructions: Record<string, string[]>
  let compose: Record<string, { environment: Environment; healthcheck: { test: string[] }; ports: string[] }>
  const secrets: Environment = {
    PUBLIC_URL: 'https://credits.example.com',
    POSTGRES_PASSWORD: 'hunter2',
    AUTH_SECRET: 'a secret of the tests'.padEnd(32, '.'),
    STRIPE_SECRET_KEY: 'sk_test_1',
    STRIPE_WEBHOOK_SECRET: 'whsec_1',
  }

  beforeAll(async () => {
    instructions = {}
    for (const [, name = '', rest = ''] of (await read('Dockerfile')).matchAll(/^([A-Z]+) (.*)$/gm)) {
      instructions[name] = [...(instructions[name] ?? []), rest]
    }
    compose = parse(await read('compose.yaml')).services
  })

  const json = (instruction: string) => JSON.parse(/\[.*\]/.exec(instructions[instruction]?.[0] ?? '')?.[0] ?? '[]')

  /** The environment of the gateway in a container, as compose sets it. */
  function environmentWith(given: Environment): Environment {
    const image = Object.fromEntries(
      (instructions.ENV ?? [])
        .join(' ')
        .split(' ')
        .map((pair) => pair.split('=')),
    )
    const filled = Object.entries(compose.gateway?.environment ?? {}).map(([name, value]) => {
      const text = value.replace(/\$\{([A-Z_]+)[^}]*\}/g, (_, variable) => given[variable] ?? '')
      return [name, text]
    })
    return { ...image, ...Object.fromEntries(filled) }
  }

  test('name every secret, and the settings are what production expects', () => {
    const { databaseUrl, host, publicUrl } = readConfig(environmentWith(secrets))
    expect([databaseUrl, host, publicUrl]).toEqual([
      'postgres://credits:hunter2@postgres:5432/credits',
      '0.0.0.0',
      'https://credits.example.com',
    ])
    const demanded = [...JSON.stringify(compose).matchAll(/\$\{([A-Z_]+):\?/g)].map(([, name]) => name)
    expect([...new Set(demanded)].sort()).toEqual(Object.keys(secrets).sort())
  })

  test('the image has all that the command needs; the health checks follow the gateway to its end', async () => {
    const image = join(dir, 'image')
    const ignored = await read('.dockerignore')
    for (const copied of instructions.COPY ?? []) {
      const paths = copied.split(' ').slice(0, -1)
      if (paths[0] === '--from=pages') {
        await cp('dist/pages', join(image, 'dist/pages'), { recursive: true })
        continue
      }
      for (const path of paths) {
        expect(ignored.split('\n')).toContain(`!${path}`)
        await cp(path, join(image, path), { recursive: true })
      }
    }
    await symlink(resolve('node_modules'), join(image, 'node_modules'))
    const port = await freePort()
    const compiled = join(dir, 'compiled')
    const own = { DATABASE_URL: home.url, DATA_DIR: join(dir, 'data'), PORT: `${port}`, NODE_COMPILE_CACHE: compiled }
    const env = { ...environmentWith(secrets), ...own }
    const [, ...healthy] = compose.gateway?.healthcheck.test ?? []
    const probes = [json('HEALTHCHECK'), healthy] as string[][]
    const compiling = JSON.parse(instructions.RUN?.find((command) => command.startsWith('[')) ?? '[]')
    expect(await exitCodeOf(compiling, env, image)).toBe(0)
    expect((await readdir(compiled, { recursive: true })).length).toBeGreaterThan(1_000)
    const gateway = await start(json('CMD'), env, image)
    expect(await Promise.all(probes.map((probe) => exitCodeOf(probe, env)))).toEqual([0, 0])
    const script = await fetch(`http://127.0.0.1:${port}/pill.js`)
    expect(script.status).toBe(200)
    gateway.kill(instructions.STOPSIGNAL?.[0] as NodeJS.Signals)
    await stopped(gateway)
    expect(gateway.exitCode).toBe(0)
    expect(await Promise.all(probes.map((probe) => exitCodeOf(probe, env)))).toEqual([1, 1])
  })
})

describe('the systemd unit', () => {
  const unitHere = async () =>
    (await read('deploy/credits-gateway.service')).replaceAll('/opt/credits-gateway', process.cwd())
  const settingOf = (unit: string, name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1] ?? ''

  test('starts a gateway with the settings of the documentation, and its signal ends it with 0', async () => {
    const unit = await unitHere()
    const documented = settingsIn((await read('docs/deploy.md')).split('## PostgreSQL')[0] ?? '')
    const environment = Object.fromEntries(
      settingOf(unit, 'Environment')
        .split(' ')
        .map((pair) => pair.split('=')),
    )
    expect(environment.NODE_COMPILE_CACHE).toBe(`/var/cache/${settingOf(unit, 'CacheDirectory')}`)
    const own = { PORT: '0', AUTH_SECRET: 's'.repeat(32), METRICS_TOKEN: 't'.repeat(32), DATABASE_URL: home.url }
    const folders = { DATA_DIR: join(dir, 'unit'), NODE_COMPILE_CACHE: compileCache }
    const env = { ...environment, ...documented, ...own, ...folders }
    const gateway = await start(settingOf(unit, 'ExecStart').split(' '), env, settingOf(unit, 'WorkingDirectory'))
    gateway.kill(settingOf(unit, 'KillSignal') as NodeJS.Signals)
    await stopped(gateway)
    expect(gateway.exitCode).toBe(0)
  })

  const noSystemd = spawnSync('systemd-analyze', ['--version']).status !== 0

  test.skipIf(noSystemd)(`is valid${noSystemd ? ' (skipped: no systemd-analyze on this machine)' : ''}`, async () => {
    const path = join(dir, 'credits-gateway.service')
    await writeFile(path, await unitHere())
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', path], { encoding: 'utf8' })
    expect([status, stderr]).toEqual([0, ''])
  })
})
