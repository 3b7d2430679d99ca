import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { codegen } from '@graphql-codegen/core'
import * as typedDocuments from '@graphql-codegen/typed-document-node'
import * as operations from '@graphql-codegen/typescript-operations'
import { buildSchema, parse } from 'graphql'

const from = (path: string) => new URL(path, import.meta.url)
const read = (path: string) => readFileSync(from(path), 'utf8')

/** Folders with `operations.graphql`, beside which `contract.ts` is generated. */
export const contractFolders = ['client', 'server', ...['elements', 'pages'].flatMap(foldersOf)]

function foldersOf(root: string): string[] {
  const found = readdirSync(from(`./${root}`), { recursive: true, encoding: 'utf8' })
  return found.filter((path) => basename(path) === 'operations.graphql').map((path) => join(root, dirname(path)))
}

const shared = './client/contract.ts'

/** The operations of a folder as typed documents, and their types, by the API's `schema.graphql`. */
export async function contractTypes(folder: string): Promise<string> {
  const schema = buildSchema(read('../schema.graphql'))
  const document = parse(read(`./${folder}/operations.graphql`))
  const config = {
    documentMode: 'string',
    enumType: 'string-literal',
    useTypeImports: true,
    skipTypename: true,
    immutableTypes: true,
    scalars: {
      Credits: 'string',
      Decimal: 'string',
      DateTime: 'string',
      Revision: 'number',
      ID: 'string',
    },
    strictScalars: true,
  }
  const code = await codegen({
    filename: `./${folder}/contract.ts`,
    schema: parse(read('../schema.graphql')),
    schemaAst: schema,
    documents: [{ document, location: 'operations.graphql' }],
    config,
    plugins: [{ operations: {} }, { typedDocuments: {} }],
    pluginMap: { operations, typedDocuments },
  })
  const own = folder === 'client' ? code : withSharedDocuments(code, folder)
  return `// Generated from schema.graphql and operations.graphql by \`npm run codegen\`.\n${own.trimEnd()}\n`
}

/** The class of documents is the client's. */
function withSharedDocuments(code: string, folder: string): string {
  const path = relative(folder, shared).replaceAll('\\', '/')
  return code
    .replace(/^import type \{ DocumentTypeDecoration \}.*$/m, `import { TypedDocumentString } from '${path}'`)
    .replace(/^export class TypedDocumentString[\s\S]*?^\}\n/m, '')
}

if (import.meta.main) {
  for (const folder of contractFolders) writeFileSync(from(`./${folder}/contract.ts`), await contractTypes(folder))
}
