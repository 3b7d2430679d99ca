import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { buildServer } from '../../../web/build-server.ts'
import { ask } from '../../setup/gateway.ts'
import { resultOf } from '../../setup/operator.ts'

const run = promisify(execFile)

export type Product = {
  /** Runs a program to its end. */
  run(program: readonly string[], env: Record<string, string>): Promise<{ stdout: string; stderr: string }>
  start(program: readonly string[], env: Record<string, string>): Running
  remove(): Promise<void>
}

export type Running = {
  readonly child: ChildProcess
  /** The first line from now on that has this text. */
  line(text: string): Promise<string>
}

/** A project outside of the repository with the files of an example, the built server package, and these packages. */
export async function openProduct(example: string, packages: readonly string[] = []): Promise<Product> {
  const folder = await mkdtemp(join(tmpdir(), 'credits-product-'))
  await cp(join('examples', example), folder, { recursive: true })
  const installed = join(folder, 'node_modules/@credits-gateway/server')
  await mkdir(installed, { recursive: true })
  await buildServer(join(installed, 'dist'))
  await cp('web/server/package.json', join(installed, 'package.json'))
  for (const name of ['eventsource-parser', ...packages]) {
    await symlink(resolve('node_modules', name), join(folder, 'node_modules', name))
  }
  const settingsOf = (env: Record<string, string>) => ({ cwd: folder, env: { PATH: process.env.PATH, ...env } })
  return {
    run: ([command = '', ...rest], env) => run(command, rest, settingsOf(env)),
    start([command = '', ...rest], env) {
      const child = spawn(command, rest, { ...settingsOf(env), stdio: ['ignore', 'pipe', 'inherit'] })
      const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
      return {
        child,
        async line(text) {
          for (;;) {
            const { value, done } = await lines.next()
            if (done) throw new Error(`The program ended before it said "${text}"`)
            if (value.includes(text)) return value
          }
        },
      }
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

/** The secret of a new key of the team. */
export async function keyOf(url: string, teamId: string, scopes: readonly string[]): Promise<string> {
  const mutation = `mutation ($input: CreateApiKeyInput!) { result: createApiKey(input: $input) { ... on CreatedApiKey { secret } } }`
  const answer = await ask(url, mutation, { input: { name: 'an example', scopes, teamId } })
  return resultOf<{ secret: string }>(answer).secret
}
