import type { IncomingMessage } from 'node:http'

export type JsonType = 'application/json' | 'application/graphql-response+json'

/** Whether the body is JSON, in UTF-8 as every JSON is. */
export function sendsJson({ headers }: IncomingMessage): boolean {
  const type = headers['content-type']
  return type === 'application/json' || /^application\/json\s*(;|$)/i.test(type ?? '')
}

/**
 * The type of JSON that the client accepts first; null: it accepts none, or names another charset than UTF-8. The preference
 * `q` does not count, as with Yoga.
 */
export function acceptedJson({ headers }: IncomingMessage): JsonType | null {
  const { accept } = headers
  if (accept === undefined || accept === '' || accept === '*/*') return 'application/json'
  if (accept.includes('charset')) return null
  for (const range of accept.replace(/\s/g, '').toLowerCase().split(',')) {
    const type = jsonTypes.get(range.split(';', 1)[0] ?? '')
    if (type !== undefined) return type
  }
  return null
}

const jsonTypes: ReadonlyMap<string, JsonType> = new Map([
  ['*/*', 'application/json'],
  ['application/*', 'application/json'],
  ['*/json', 'application/json'],
  ['application/json', 'application/json'],
  ['*/graphql-response+json', 'application/graphql-response+json'],
  ['application/graphql-response+json', 'application/graphql-response+json'],
])
