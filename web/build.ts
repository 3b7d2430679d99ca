import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * Into `target`, anew: `index.js`, the client as one module that imports nothing, for pages as they are, for bundlers and for Node; its
 * types beside it.
 */
export async function buildClient(target: string): Promise<void> {
  rmSync(target, { recursive: true, force: true })
  const bundle = await rolldown({ input: `${root}web/client/index.ts`, platform: 'browser' })
  await bundle.write({ file: `${target}/index.js`, format: 'esm', minify: true, sourcemap: true })
  await bundle.close()
  const declarations = ['--noEmit', 'false', '--declaration', '--emitDeclarationOnly', '--outDir', target]
  execFileSync(`${root}node_modules/.bin/tsc`, ['-p', 'web/client', ...declarations], { cwd: root, stdio: 'inherit' })
}

if (import.meta.main) await buildClient(`${root}dist/client`)
