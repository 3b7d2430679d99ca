import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import { detached, writeTypedDocument } from './build.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

const entries = {
  index: `${root}web/elements/index.ts`,
  pill: `${root}web/elements/pill.ts`,
  buy: `${root}web/elements/buy/credits-buy.ts`,
  controllers: `${root}web/elements/controllers/index.ts`,
}

/**
 * Into `target`, anew: `index.js`, `pill.js`, `buy.js` and `controllers.js` with the chunks that they load when they are needed, for bundlers; and their types. The client
 * is in it; Lit and the other dependencies are imported.
 */
export async function buildElements(target: string): Promise<void> {
  rmSync(target, { recursive: true, force: true })
  const bundle = await rolldown({
    input: entries,
    platform: 'browser',
    external: /^(@?lit|@?nanostores)(\/|$)/,
    transform: { target: 'es2022' },
  })
  await bundle.write({ dir: target, format: 'esm', sourcemap: true, chunkFileNames: 'chunks/[name]-[hash].js' })
  await bundle.close()
  const types = join(target, 'types')
  const declarations = ['--noEmit', 'false', '--declaration', '--emitDeclarationOnly', '--outDir', types]
  execFileSync(`${root}node_modules/.bin/tsc`, ['-p', 'web/elements', ...declarations], { cwd: root, stdio: 'inherit' })
  writeTypedDocument(types)
  for (const { name, parentPath } of readdirSync(types, { recursive: true, withFileTypes: true })) {
    if (!name.endsWith('.d.ts')) continue
    const file = join(parentPath, name)
    writeFileSync(file, detached(readFileSync(file, 'utf8'), relative(parentPath, types) || '.'))
  }
}

if (import.meta.main) await buildElements(`${root}web/elements/dist`)
