import { z } from 'zod'
import type { Path } from './faults.ts'

/** What belongs at `path`, in the words of the schema's own descriptions. */
export function expectedAt(schema: z.core.$ZodType, path: Path): string {
  return describe(schemaAt(schema, path)) ?? 'nothing'
}

/** The keys that a mapping at `path` may have. */
export function keysAt(schema: z.core.$ZodType, path: Path): string {
  const found = inner(schemaAt(schema, path))
  return found instanceof z.ZodObject ? `one of ${Object.keys(found.shape).join(', ')}` : 'nothing'
}

function schemaAt(schema: z.core.$ZodType | undefined, path: Path): z.core.$ZodType | undefined {
  let at = schema
  for (const step of path) {
    const around = inner(at)
    if (around instanceof z.ZodArray) at = around.element
    else at = around instanceof z.ZodObject ? around.shape[String(step)] : undefined
  }
  return at
}

function describe(schema: z.core.$ZodType | undefined): string | undefined {
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
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return schema.unwrap()
  return schema instanceof z.ZodPipe ? schema.in : undefined
}
