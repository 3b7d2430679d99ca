import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

export const run = promisify(execFile)

/** Packs a package of `web/` into the folder, and returns the file. */
export async function pack(name: string, folder: string): Promise<string> {
  const { stdout } = await run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: `web/${name}` })
  return join(folder, stdout.trim().split('\n').at(-1) ?? '')
}

/** Checks run in plain Node: under the conditions of tests, attw resolves to its own sources. */
async function printed(script: string, given: string): Promise<unknown> {
  const flags = ['--input-type=module', '--eval', script]
  const env = { PATH: process.env.PATH, given }
  return JSON.parse((await run(process.execPath, flags, { cwd: 'test/clients', env })).stdout)
}

/** The messages of publint about an unpacked package. */
export const publintFinds = (pkgDir: string): Promise<unknown> =>
  printed(
    `import { publint } from 'publint'
    const { messages } = await publint({ pkgDir: process.env.given, strict: true, pack: false })
    console.log(JSON.stringify(messages))`,
    pkgDir,
  )

/** The result of attw for a packed package: whether it has types, and the kinds of problems, each once. */
export const attwFinds = (packed: string, excluded: readonly string[] = []): Promise<unknown> =>
  printed(
    `import { readFileSync } from 'node:fs'
    import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
    const packed = createPackageFromTarballData(new Uint8Array(readFileSync(process.env.given)))
    const { types, problems } = await checkPackage(packed, { excludeEntrypoints: ${JSON.stringify(excluded)} })
    console.log(JSON.stringify({ types, problems: [...new Set(problems.map(({ kind }) => kind))] }))`,
    packed,
  )
