import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { build, type InlineConfig } from 'vite'

const web = fileURLToPath(new URL('.', import.meta.url))
export const pagesFolder = fileURLToPath(new URL('../dist/pages', import.meta.url))

const shared: InlineConfig = { configFile: false, logLevel: 'warn' }

/**
 * Into `target`, anew: the pages that a gateway serves, and `pill.js` with the chunks that it loads when they are needed. Text is
 * there in gzip and Brotli, too.
 */
export async function buildPages(target: string = pagesFolder): Promise<void> {
  const pages = readdirSync(join(web, 'pages')).filter((name) => name.endsWith('.html'))
  await build({
    ...shared,
    root: join(web, 'pages'),
    build: {
      outDir: target,
      emptyOutDir: true,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: pages.map((name) => join(web, 'pages', name)) },
    },
  })
  await build({
    ...shared,
    root: join(web, 'elements'),
    publicDir: false,
    base: './',
    build: {
      outDir: target,
      emptyOutDir: false,
      modulePreload: false,
      rolldownOptions: {
        input: join(web, 'elements/pill.ts'),
        output: { entryFileNames: '[name].js', chunkFileNames: 'elements/[name]-[hash].js' },
      },
    },
  })
  compress(target)
}

function compress(folder: string): void {
  for (const { name, parentPath } of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!/\.(js|css|html|svg|json)$/.test(name)) continue
    const file = join(parentPath, name)
    const text = readFileSync(file)
    writeFileSync(`${file}.br`, brotliCompressSync(text))
    writeFileSync(`${file}.gz`, gzipSync(text, { level: 9 }))
  }
}

if (import.meta.main) await buildPages()
