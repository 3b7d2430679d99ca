import Stripe from 'stripe'
import type { Json } from '../../packages/stripe-sandbox/src/api/shown.ts'
import type { Exchange } from '../../packages/stripe-sandbox/src/http/exchanges.ts'
import type { FormValue } from '../../packages/stripe-sandbox/src/http/form.ts'

/** The parts of a request, an answer or a refusal that types can tell apart. `value` has `0` for numbers and `text` for free texts. */
export type Shape = {
  readonly kind: 'request' | 'answer' | 'refusal'
  readonly endpoint: string
  readonly value: Json
}

/** Metadata has any keys. */
const freeKeys = new Set(['metadata'])
const word = /^[a-z]{2,}(_[a-z0-9]{1,25})*(\.[a-z_]+)*$/
const id = /_(?=[a-z]*[A-Z0-9])[A-Za-z0-9]{8,}$/
const number = /^-?\d+(\.\d+)?$/

/**
 * The shapes of an exchange. A request that is refused may be wrong on purpose, so that it has none. Each entry of a list
 * is an answer of its own. Events of an older version are not what the SDK's types describe. `isKnown`: an event never
 * changes, so that one that was listed before is left out.
 */
export function shapesOf(
  { endpoint, form, apiVersion, status, answer }: Exchange,
  isKnown: (event: string) => boolean,
): Shape[] {
  if (apiVersion !== Stripe.API_VERSION) return []
  if (status >= 400) return [{ kind: 'refusal', endpoint, value: shapeOf(answer) }]
  const request: Shape = { kind: 'request', endpoint, value: formShape(form) }
  const answers = entriesOf(answer).filter((value) => isWanted(value, isKnown))
  return [request, ...answers.map((value): Shape => ({ kind: 'answer', endpoint, value: shapeOf(value) }))]
}

function entriesOf(answer: Json): Json[] {
  if (!isObject(answer) || answer.object !== 'list' || !Array.isArray(answer.data)) return [answer]
  if (answer.data.length === 0) return [answer]
  return answer.data.map((entry) => ({ ...answer, data: [entry] }))
}

function isWanted(answer: Json, isKnown: (event: string) => boolean): boolean {
  const [entry = null] = isObject(answer) && Array.isArray(answer.data) ? answer.data : [answer]
  if (!isObject(entry) || entry.object !== 'event') return true
  return entry.api_version === Stripe.API_VERSION && !isKnown(String(entry.id))
}

function shapeOf(value: Json): Json {
  if (typeof value === 'string') return textShape(value)
  if (typeof value === 'number') return 0
  if (Array.isArray(value)) return distinct(value.map(shapeOf))
  if (isObject(value)) return fields(Object.entries(value), shapeOf)
  return value
}

/** A form has texts alone, and numbers its lists. */
function formShape(value: FormValue): Json {
  if (typeof value === 'string') return number.test(value) ? '0' : textShape(value)
  const entries = Object.entries(value)
  if (entries.length > 0 && entries.every(([key]) => /^\d+$/.test(key))) {
    return distinct(entries.map(([, inner]) => formShape(inner)))
  }
  return fields(entries, formShape)
}

function fields<T>(entries: readonly (readonly [string, T])[], inner: (value: T) => Json): Json {
  const shapes = entries.map(
    ([key, value]) => [key, freeKeys.has(key) ? freeShape(inner(value)) : inner(value)] as const,
  )
  return Object.fromEntries(shapes.toSorted(([one], [other]) => (one < other ? -1 : 1)))
}

const freeShape = (value: Json): Json => (isObject(value) && Object.keys(value).length > 0 ? { key: 'text' } : value)

const textShape = (value: string) => (value === '' || (word.test(value) && !id.test(value)) ? value : 'text')

const distinct = (values: readonly Json[]): Json[] => {
  const byText = new Map(values.map((value) => [JSON.stringify(value), value]))
  return [...byText.keys()].toSorted().map((text) => byText.get(text) ?? null)
}

const isObject = (value: Json): value is { [name: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
