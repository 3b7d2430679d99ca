import { rolldown } from 'rolldown'

const b = await rolldown({ input: 'web/client/index.ts', platform: 'browser' })
await b.write({ file: 'dist/client/index.js', format: 'esm', minify: true, sourcemap: true })
