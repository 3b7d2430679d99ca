import { z } from 'zod'
import { catalogContent } from './content.ts'

/**
 * The catalog file as JSON Schema (2020-12), for editors: keys, kinds of value, defaults and what each says. What the
 * parts of a catalog must be to each other, only `npm run catalog -- check` tells.
 */
export function catalogJsonSchema(): object {
  const { $schema, ...schema } = z.toJSONSchema(catalogContent, { io: 'input', unrepresentable: 'any' })
  return { $schema, title: 'Catalog of the Credits Gateway', ...schema }
}
