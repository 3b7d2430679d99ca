import { z } from 'zod'
import type { Path } from './faults.ts'

/** The value that is expected at `path`, in the words of the schema's own descriptions. */
export function expectedAt(schema: z.core.$ZodType, path: Path): string {
  return describe(schemaAt(schema, path)) ?? 'nothing'
}

/** The keys that a mapping at `path` may have. */
export function keysAt(schema: z.core.$ZodType, path: Path): string {
  const keys = forms(schemaAt(schema, path)).flatMap((form) =>
    form instanceof z.ZodObject ? Object.keys(form.shape) : [],
  )
  return keys.length > 0 ? `one of ${keys.join(', ')}` : 'nothing'
}

function schemaAt(schema: z.core.$ZodType, path: Path): z.core.$ZodType | undefined {
  let at: z.core.$ZodType | undefined = schema
  for (const step of path) {
    at = forms(at)
      .map((form) => memberOf(form, step))
      .find((member) => member !== undefined)
  }
  return at
}

function memberOf(form: z.core.$ZodType, step: PropertyKey): z.core.$ZodType | undefined {
  if (typeof step === 'number') return form instanceof z.ZodArray ? form.element : undefined
  if (form instanceof z.ZodRecord) return form.valueType
  return form instanceof z.ZodObject ? form.shape[String(step)] : undefined
}

/** The forms that a value may have: several if the schema is a union. */
export function forms(schema: z.core.$ZodType | undefined): readonly z.core.$ZodType[] {
  const form = inner(schema)
  if (form === undefined) return []
  return form instanceof z.ZodUnion ? form.options.flatMap(forms) : [form]
}

/** The description of a schema, or of a schema that wraps it or that it wraps. */
export function describe(schema: z.core.$ZodType | undefined): string | undefined {
  for (let at = schema; at; at = unwrapped(at)) {
    const description = z.globalRegistry.get(at)?.description
    if (description !== undefined) return description
  }
  return undefined
}

function inner(schema: z.core.$ZodType | undefined): z.core.$ZodType | undefined {
  const within = schema && unwrapped(schema)
  return within ? inner(within) : schema
}

function unwrapped(schema: z.core.$ZodType): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return schema.unwrap()
  }
  return schema instanceof z.ZodPipe ? schema.in : undefined
}
