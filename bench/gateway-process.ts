import type { GraphQLFieldConfig } from 'graphql'
import { createApp } from '../src/app.ts'
import { readConfig } from '../src/config.ts'
import { schema } from '../src/schema/schema.ts'

/**
 * A gateway as a process of its own. With `constant`, the field named behind it answers once for real and then always
 * with that same value: what the rest of the set-up costs.
 */
const [, , mode, type, field] = process.argv
if (mode === 'constant' && type !== undefined && field !== undefined) answerConstantly(type, field)

const app = await createApp(readConfig(process.env), { demo: false })
process.send?.({ url: app.url })
process.on('disconnect', () => void app.close())

function answerConstantly(typeName: string, fieldName: string): void {
  const type = schema.getType(typeName)
  if (type === undefined || !('getFields' in type)) throw new Error(`There is no type ${typeName}`)
  const fields = type.getFields() as Record<string, Pick<GraphQLFieldConfig<unknown, unknown>, 'resolve'>>
  const target = fields[fieldName]
  const resolve = target?.resolve
  if (target === undefined || !resolve) throw new Error(`There is no field ${typeName}.${fieldName}`)
  let first: unknown
  target.resolve = (...args) => {
    first ??= resolve(...args)
    return first
  }
}
