import { readFileSync, writeFileSync } from 'node:fs'
import { codegen } from '@graphql-codegen/core'
import * as typedDocuments from '@graphql-codegen/typed-document-node'
import * as operations from '@graphql-codegen/typescript-operations'
import { buildSchema, parse } from 'graphql'

const from = (path: string) => new URL(path, import.meta.url)
const read = (path: string) => readFileSync(from(path), 'utf8')
const target = './client/contract.ts'

/** The operations of `client/operations.graphql` as typed documents, and their types, by the API's `schema.graphql`. */
export async function contractTypes(): Promise<string> {
  const schema = buildSchema(read('../schema.graphql'))
  const document = parse(read('./client/operations.graphql'))
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
    filename: target,
    schema: parse(read('../schema.graphql')),
    schemaAst: schema,
    documents: [{ document, location: 'operations.graphql' }],
    config,
    plugins: [{ operations: {} }, { typedDocuments: {} }],
    pluginMap: { operations, typedDocuments },
  })
  return `// Generated from schema.graphql and operations.graphql by \`npm run codegen\`.\n${code.trimEnd()}\n`
}

if (import.meta.main) writeFileSync(from(target), await contractTypes())
