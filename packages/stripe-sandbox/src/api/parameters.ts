import { z } from 'zod'
import type { FormFields } from '../http/form.ts'
import { type Failure, invalidParameter } from './failure.ts'

const refuse = (context: z.RefinementCtx, message: string, code?: string) => {
  context.addIssue({ code: 'custom', message, params: { code } })
  return z.NEVER
}

/** Text that is not empty. */
export const text = (most = 5000) =>
  z.string().transform((value, context) => {
    if (value === '') {
      return refuse(
        context,
        'You passed an empty string. We assume empty values are an attempt to unset a parameter; however it cannot be unset.',
        'parameter_invalid_empty',
      )
    }
    if (value.length > most) {
      return refuse(context, `Invalid string: must be at most ${most} characters`, 'parameter_invalid_string')
    }
    return value
  })

export const integer = (least = Number.MIN_SAFE_INTEGER, most = Number.MAX_SAFE_INTEGER) =>
  z.string().transform((value, context) => {
    if (!/^-?\d{1,15}$/.test(value)) return refuse(context, `Invalid integer: ${value}`, 'parameter_invalid_integer')
    const number = Number(value)
    if (number < least) {
      return refuse(context, `This value must be greater than or equal to ${least}.`, 'parameter_invalid_integer')
    }
    if (number > most) {
      return refuse(context, `This value must be less than or equal to ${most}.`, 'parameter_invalid_integer')
    }
    return number
  })

export const flag = z.string().transform((value, context) => {
  if (value === 'true' || value === 'false') return value === 'true'
  return refuse(context, `Invalid boolean: ${value}`)
})

const currencies: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'))

/** An ISO currency in lower case, as Stripe writes it. */
export const currency = z.string().transform((value, context) => {
  const code = value.toLowerCase()
  if (currencies.has(code.toUpperCase())) return code
  return refuse(context, `Invalid currency: ${code}.`)
})

export const oneOf = <const T extends string>(values: readonly T[]) =>
  z.string().transform((value, context) => {
    const found = values.find((known) => known === value)
    return found ?? refuse(context, `Invalid value: must be one of ${values.join(', ')}`)
  })

/** `payment_method_types`, which API 2026-09-30 has replaced by `allowed_payment_method_types`. */
export const noMethodTypes = z
  .unknown()
  .transform((_, context) =>
    refuse(
      context,
      'The `payment_method_types` parameter is no longer supported. Use `allowed_payment_method_types` or dynamic payment methods instead.',
      'payment_method_types_no_longer_supported',
    ),
  )
  .optional()

/** An address of the web. */
export const address = text().refine((value) => URL.canParse(value.replaceAll(/[{}]/g, '')), {
  message: 'Not a valid URL',
  params: { code: 'url_invalid' },
})

export const email = text(512).refine((value) => /^[^\s@]+@[^\s@]+$/.test(value), {
  message: 'Invalid email address',
  params: { code: 'email_invalid' },
})

/** The empty text unsets the parameter: null. */
export const emptyable = <T extends z.ZodType>(schema: T) => z.union([z.literal('').transform(() => null), schema])

/** `name[]`, `name[0]`: in the order given. */
export const list = <T extends z.ZodType>(item: T) =>
  z.preprocess((value) => (typeof value === 'object' && value !== null ? Object.values(value) : value), z.array(item))

/** Refuses parameters that the schema does not name, as Stripe does. */
export const parameters = z.strictObject

/** Keys to texts; the empty text unsets a key, the empty parameter all. */
export const metadata = emptyable(
  z.record(z.string(), z.string()).superRefine((given, context) => {
    const entries = Object.entries(given)
    if (entries.length > 50) refuse(context, 'Metadata can have up to 50 keys.')
    for (const [key, value] of entries) {
      if (key.length > 40) refuse(context, `Metadata keys can have up to 40 characters: ${key}`)
      if (value.length > 500)
        refuse(
          context,
          `Metadata values can have up to 500 characters, but you passed in a value that is ${value.length} characters. Key: ${key}`,
        )
    }
  }),
)

/** The metadata after an update; undefined: unchanged. */
export function mergeMetadata(
  before: Readonly<Record<string, string>>,
  given: Readonly<Record<string, string>> | null | undefined,
): Record<string, string> {
  if (given === null) return {}
  return Object.fromEntries(Object.entries({ ...before, ...given }).filter(([, value]) => value !== ''))
}

const range = z.union([
  integer().transform((at) => ({ gte: at, lte: at })),
  parameters({
    gt: integer().optional(),
    gte: integer().optional(),
    lt: integer().optional(),
    lte: integer().optional(),
  }),
])

/** The parameters that every list has; spread it into the list's own parameters. */
export const paging = {
  limit: integer(1, 100).default(10),
  starting_after: text().optional(),
  ending_before: text().optional(),
  created: range.optional(),
}

/** Reads the form; throws Stripe's refusal of the first parameter that is wrong. */
export function readParameters<T extends z.ZodType>(schema: T, form: FormFields): z.output<T> {
  const result = schema.safeParse(form)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw issue === undefined ? invalidParameter('Invalid request', {}) : refusal(issue, form, [])
}

function refusal(issue: z.core.$ZodIssue, form: FormFields, outer: readonly PropertyKey[]): Failure {
  const path = [...outer, ...issue.path]
  if (issue.code === 'invalid_union') {
    const told = issue.errors.map(([first]) => first).findLast((first) => first !== undefined)
    if (told !== undefined) return refusal(told, form, path)
  }
  if (issue.code === 'unrecognized_keys') {
    const param = named([...path, issue.keys[0] ?? ''])
    return invalidParameter(`Received unknown parameter: ${param}`, { code: 'parameter_unknown', param })
  }
  const param = named(path)
  if (valueAt(form, path) === undefined) {
    return invalidParameter(`Missing required param: ${param}.`, { code: 'parameter_missing', param })
  }
  if (issue.code === 'custom') {
    const code = issue.params?.code
    return invalidParameter(issue.message, { param, ...(typeof code === 'string' ? { code } : {}) })
  }
  return invalidParameter(`Invalid ${param}: ${issue.message}`, { param })
}

const named = ([first, ...inner]: readonly PropertyKey[]) =>
  `${String(first ?? '')}${inner.map((key) => `[${String(key)}]`).join('')}`

function valueAt(form: FormFields, path: readonly PropertyKey[]): unknown {
  let value: FormFields | string | undefined = form
  for (const key of path) {
    if (value === undefined || typeof value === 'string') return undefined
    value = typeof key === 'number' ? Object.values(value)[key] : value[String(key)]
  }
  return value
}
