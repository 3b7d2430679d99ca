import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { detached, writeTypedDocument } from './build.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

const entries = {
  index: `${root}web/elements/index.ts`,
  pill: `${root}web/elements/pill.ts`,
  buy: `${root}web/elements/buy.ts`,
  billing: `${root}web/elements/billing.ts`,
  controllers: `${root}web/elements/controllers/index.ts`,
}

/** Modules that define custom elements when they are loaded: bundlers must keep them, as `sideEffects` of the package says. */
const defines = (id: string): boolean => /\/(webawesome|billing|buy)\//.test(id) && !id.endsWith('/contract.ts')

/**
 * Into `target`, anew: a module for each entry with the chunks that it loads when they are needed, for bundlers; `billing.css`;
 * `licenses.md` of what is in it; and their types. The client and Web Awesome are in it; Lit and the other dependencies are imported.
 */
export async function buildElements(target: string): Promise<void> {
  const common = { configFile: false, logLevel: 'warn', root: `${root}web/elements`, publicDir: false } as const
  await build({
    ...common,
    build: {
      outDir: target,
      emptyOutDir: true,
      target: 'es2022',
      minify: false,
      sourcemap: true,
      license: { fileName: 'licenses.md' },
      lib: { entry: entries, formats: ['es'] },
      rolldownOptions: {
        external: /^(@?lit|@?nanostores)(\/|$)/,
        output: {
          entryFileNames: '[name].js',
          chunkFileNames: ({ moduleIds }) => `${moduleIds.some(defines) ? 'elements' : 'chunks'}/[name]-[hash].js`,
        },
      },
    },
  })
  await build({
    ...common,
    build: {
      outDir: target,
      emptyOutDir: false,
      rolldownOptions: {
        input: { billing: `${root}web/elements/billing/theme.css` },
        output: { assetFileNames: '[name][extname]' },
      },
    },
  })
  const types = join(target, 'types')
  const flags = ['--noEmit', 'false', '--declaration', '--emitDeclarationOnly', '--outDir', types]
  execFileSync(`${root}node_modules/.bin/tsc`, ['-p', 'web/elements', ...flags], { cwd: root, stdio: 'inherit' })
  writeTypedDocument(types)
  for (const { name, parentPath } of readdirSync(types, { recursive: true, withFileTypes: true })) {
    if (!name.endsWith('.d.ts')) continue
    const file = join(parentPath, name)
    const declarations = readFileSync(file, 'utf8').replace(/^import '[^']+';\n/gm, '')
    writeFileSync(file, detached(declarations, relative(parentPath, types) || '.'))
  }
}

if (import.meta.main) await buildElements(`${root}web/elements/dist`)
