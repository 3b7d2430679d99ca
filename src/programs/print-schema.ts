import { readFileSync, writeFileSync } from 'node:fs'
import { printSchema } from 'graphql'
import { catalogJsonSchema } from '../catalog/json-schema.ts'
import { referencePage } from '../catalog/reference-page.ts'
import { schema } from '../schema/schema.ts'
import { eventJsonSchema, withEventTable } from './webhook-page.ts'

const pathOf = (path: string) => new URL(`../../${path}`, import.meta.url)
const webhookPage = 'docs/webhooks.md'

/** The generated files: the API's schema; the catalog's schema, for editors and for readers; and that of webhooks. */
const files = {
  'schema.graphql': `${printSchema(schema)}\n`,
  'catalogs/catalog.schema.json': `${JSON.stringify(catalogJsonSchema(), null, 2)}\n`,
  'docs/catalog.md': referencePage(),
  'docs/webhook-events.schema.json': `${JSON.stringify(eventJsonSchema(), null, 2)}\n`,
  [webhookPage]: withEventTable(readFileSync(pathOf(webhookPage), 'utf8')),
}

for (const [path, text] of Object.entries(files)) writeFileSync(pathOf(path), text)
