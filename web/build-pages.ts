import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { rolldown } from 'rolldown'
import { build, type Plugin } from 'vite'

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
    plugins: [framed, styleFirst, lateStart],
    build: {
      outDir: target,
      emptyOutDir: true,
      modulePreload: { polyfill: false },
      rolldownOptions: {
        input: pages.map((name) => join(web, 'pages', name)),
        output: { codeSplitting: { groups: sharedChunks } },
      },
    },
  })
  await buildPill(target)
  writeFileSync(join(target, 'licenses.txt'), licenses())
  compress(target)
}

/** The frame stands in the HTML of a page, so that it is painted before any script. */
const framed: Plugin = {
  name: 'framed',
  transformIndexHtml: {
    order: 'pre',
    handler(page, { path }) {
      const here = `<a href="${path.replace(/index\.html$|\.html$/, '')}">`
      const frame = readFileSync(join(web, 'pages/shell/frame.html'), 'utf8')
      return page.replace('<!-- frame -->', frame.replace(here, here.replace('>', ' aria-current="page">')))
    },
  },
}

/** A browser that has few connections loads what it finds first: the style sheet, without which it paints nothing. */
const styleFirst: Plugin = {
  name: 'style-first',
  transformIndexHtml: {
    order: 'post',
    handler(page) {
      const [sheet] = page.match(/ *<link rel="stylesheet"[^>]*>\n/) ?? []
      return sheet === undefined ? page : page.replace(sheet, '').replace(/ *<script type="module"/, `${sheet}$&`)
    },
  },
}

/** A page whose entry imports `start.ts` after the first paint has it fetched from the beginning, after what the paint needs. */
const lateStart: Plugin = {
  name: 'late-start',
  transformIndexHtml: {
    order: 'post',
    handler(page, { bundle = {}, chunk }) {
      const start = chunk?.dynamicImports.filter((file) => file.includes('/start-')) ?? []
      if (start.length === 0) return page
      const files = new Set(start)
      for (const file of files) {
        const found = bundle[file]
        for (const imported of found?.type === 'chunk' ? found.imports : []) files.add(imported)
      }
      const links = [...files].filter((file) => !page.includes(file)).map((file) => `    ${preload} href="/${file}">\n`)
      return page
        .replace(/ *<\/head>/, `${links.join('')}$&`)
        .replaceAll(/(<script type="module"|<link rel="modulepreload")/g, '$1 fetchpriority="low"')
    },
  },
}
const preload = '<link rel="modulepreload" crossorigin'

/** The code that pages share, in few files: over HTTP/1.1 each file more costs a slow phone a part of a round trip. */
const sharedChunks = [
  { name: 'client', test: /\/web\/client\/|\/graphql-ws\/|\/pages\/shell\/(session|theme)/ },
  {
    name: 'base',
    test: /\/node_modules\/(@lit|lit)|preload-helper|\/pages\/shell\/(frame|select)|\/elements\/(open-dialog|locales\/languages|billing\/formats|controllers\/(amounts|store))\.ts/,
  },
  { name: 'sign-in', test: /\/pages\/shell\/start\.ts/ },
].map((group) => ({ ...group, tags: ['$initial' as const] }))

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
