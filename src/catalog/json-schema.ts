import { z } from 'zod'
import { catalogContent } from './content.ts'

/**
 * The catalog file as JSON Schema (2020-12), for editors: keys, kinds of value, defaults and a description of each.
 * Only `npm run catalog -- check` checks how the parts of a catalog fit together.
 */
export function catalogJsonSchema(): object {
  const { $schema, ...schema } = z.toJSONSchema(catalogContent, { io: 'input', unrepresentable: 'any' })
  return { $schema, title: 'Catalog of the Credits Gateway', ...schema }
}
