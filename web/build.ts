import { execFileSync } from 'node:child_process'
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const root = fileURLToPath(new URL('..', import.meta.url))
const typedDocuments = '@graphql-typed-document-node/core'

/** The same type as in that package: TypeScript compares structures, so documents of any code generator fit. */
const typedDocument = `export interface DocumentTypeDecoration<TResult, TVariables> {
    __apiType?: (variables: TVariables) => TResult;
}
`

/**
 * Into `target`, anew: `index.js`, the client as one module that imports nothing, for pages as they are, for bundlers and for Node; its
 * types, which import nothing either; the schema.
 */
export async function buildClient(target: string): Promise<void> {
  rmSync(target, { recursive: true, force: true })
  const bundle = await rolldown({ input: `${root}web/client/index.ts`, platform: 'browser' })
  await bundle.write({ file: `${target}/index.js`, format: 'esm', minify: true, sourcemap: true })
  await bundle.close()
  const declarations = ['--noEmit', 'false', '--declaration', '--emitDeclarationOnly', '--outDir', target]
  execFileSync(`${root}node_modules/.bin/tsc`, ['-p', 'web/client', ...declarations], { cwd: root, stdio: 'inherit' })
  for (const name of readdirSync(target)) {
    if (!name.endsWith('.d.ts')) continue
    const file = join(target, name)
    writeFileSync(file, detached(readFileSync(file, 'utf8'), '.'))
  }
  writeTypedDocument(target)
  copyFileSync(`${root}schema.graphql`, join(target, 'schema.graphql'))
}

export const writeTypedDocument = (folder: string) => writeFileSync(join(folder, 'typed-document.d.ts'), typedDocument)

/** Declarations whose imports each TypeScript since 5.4 resolves, and none leads out of the package. `typesFolder`: from where they are. */
export const detached = (declarations: string, typesFolder: string): string =>
  declarations
    .replaceAll(`'${typedDocuments}'`, `'${typesFolder}/typed-document.js'`)
    .replace(/(from |import\()'(\.\.?\/[\w./-]+)\.ts'/g, "$1'$2.js'")

if (import.meta.main) await buildClient(`${root}web/client/dist`)
