import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import { detached, writeTypedDocument } from './build.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Into `target`, anew: `index.js`, the client for backends as one module, which imports Node and `eventsource-parser`; its types. */
export async function buildServer(target: string): Promise<void> {
  rmSync(target, { recursive: true, force: true })
  const bundle = await rolldown({
    input: `${root}web/server/index.ts`,
    platform: 'node',
    external: /^(node:|eventsource-parser)/,
  })
  await bundle.write({ file: `${target}/index.js`, format: 'esm', minify: true, sourcemap: true })
  await bundle.close()
  const declarations = [
    '--noEmit',
    'false',
    '--declaration',
    '--emitDeclarationOnly',
    '--rootDir',
    'web',
    '--outDir',
    target,
  ]
  execFileSync(`${root}node_modules/.bin/tsc`, ['-p', 'web/server', ...declarations], { cwd: root, stdio: 'inherit' })
  for (const { name, parentPath } of readdirSync(target, { recursive: true, withFileTypes: true })) {
    if (!name.endsWith('.d.ts')) continue
    const file = join(parentPath, name)
    const types = readFileSync(file, 'utf8').replaceAll(/import\("([^"]+)"\)/g, "import('$1')")
    writeFileSync(file, detached(types, '.'))
  }
  writeTypedDocument(join(target, 'client'))
}

if (import.meta.main) await buildServer(`${root}web/server/dist`)
