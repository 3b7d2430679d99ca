import { writeFileSync } from 'node:fs'
import { printSchema } from 'graphql'
import { catalogJsonSchema } from '../catalog/json-schema.ts'
import { referencePage } from '../catalog/reference-page.ts'
import { schema } from '../schema/schema.ts'

/** The generated files: the API's schema; and the catalog's schema, for editors and for readers. */
const files = {
  'schema.graphql': `${printSchema(schema)}\n`,
  'catalogs/catalog.schema.json': `${JSON.stringify(catalogJsonSchema(), null, 2)}\n`,
  'docs/catalog.md': referencePage(),
}

for (const [path, text] of Object.entries(files)) writeFileSync(new URL(`../../${path}`, import.meta.url), text)
