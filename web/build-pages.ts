import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { rolldown } from 'rolldown'
import { build } from 'vite'

const web = fileURLToPath(new URL('.', import.meta.url))
export const pagesFolder = fileURLToPath(new URL('../dist/pages', import.meta.url))

/**
 * Builds into `target`, anew: the pages that a gateway serves, and `pill.js` with the chunks that it loads on demand.
 * Texts are there in gzip and Brotli, too.
 */
export async function buildPages(target: string = pagesFolder): Promise<void> {
  const pages = readdirSync(join(web, 'pages')).filter((name) => name.endsWith('.html'))
  await build({
    configFile: false,
    logLevel: 'warn',
    root: join(web, 'pages'),
    build: {
      outDir: target,
      emptyOutDir: true,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: pages.map((name) => join(web, 'pages', name)) },
    },
  })
  await buildPill(target)
  writeFileSync(join(target, 'licenses.txt'), licenses())
  compress(target)
}

/** Style sheets without the spaces and comments that are for people. */
const tightened = (code: string, file: string) =>
  file.endsWith('styles.ts')
    ? code.replace(/css`[^`]*`/g, (sheet) => sheet.replace(/\/\*.*?\*\//gs, '').replace(/\s+/g, ' '))
    : null

/** One module that any page can load, and chunks beside it that it loads on demand. */
export async function buildPill(target: string): Promise<void> {
  const bundle = await rolldown({
    input: join(web, 'elements/pill.ts'),
    platform: 'browser',
    plugins: [{ name: 'tight-styles', transform: tightened }],
    transform: { target: 'es2022', define: { 'process.env.NODE_ENV': '"production"' } },
  })
  const names = { entryFileNames: '[name].js', chunkFileNames: 'elements/[name]-[hash].js' }
  await bundle.write({ dir: target, format: 'esm', minify: true, comments: { legal: false }, ...names })
  await bundle.close()
}

/** The packages whose code the built files contain. */
const contained = [
  'lit',
  'nanostores',
  '@nanostores/i18n',
  '@awesome.me/webawesome',
  'uplot',
  'lucide-static',
  '@fontsource-variable/inter',
]

/** The notices of these packages, once for all files: in each file they would add to a visitor's loading time. */
function licenses(): string {
  const modules = join(web, '../node_modules')
  return contained
    .map((name) => {
      const file = readdirSync(join(modules, name)).find((entry) => entry.startsWith('LICENSE')) ?? ''
      return `${name}\n\n${readFileSync(join(modules, name, file), 'utf8').trim()}\n`
    })
    .join('\n\n')
}

function compress(folder: string): void {
  for (const { name, parentPath } of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!/\.(js|css|html|svg|json|txt)$/.test(name)) continue
    const file = join(parentPath, name)
    const text = readFileSync(file)
    writeFileSync(`${file}.br`, brotliCompressSync(text))
    writeFileSync(`${file}.gz`, gzipSync(text, { level: 9 }))
  }
}

if (import.meta.main) await buildPages()
