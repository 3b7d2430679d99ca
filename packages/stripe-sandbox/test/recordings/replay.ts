import type { Json } from '../../src/api/shown.ts'
import type { Sandbox } from '../../src/sandbox.ts'

/** A request: `POST /v1/customers/{customer}`, where names in braces stand for earlier ids. */
type Request = { readonly request: string; readonly parameters?: Json }

/** A recorded exchange; README.md says what its fields mean. */
export type Recording = Request & {
  readonly name: string
  readonly source: string
  readonly version: string
  readonly before?: readonly (Request & { readonly as: string; readonly also?: Readonly<Record<string, string>> })[]
  readonly leftOut?: Readonly<Record<string, string>>
  readonly otherwise?: Readonly<Record<string, string>>
  readonly status: number
  readonly answer: Json
}

/** A field that the answer has otherwise than it was recorded. `field`: the object's type, and the path in it. */
export type Difference = { readonly field: string; readonly recorded: Json; readonly came: Json | undefined }

/** The differences between the recorded answer and that of the sandbox, to which everything before happens first. */
export async function replay(sandbox: Sandbox, { before = [], ...recording }: Recording): Promise<Difference[]> {
  const ids = new Map<string, string>()
  for (const step of before) {
    const { status, answer } = await send(sandbox, step, ids)
    if (status !== 200) throw new Error(`${step.request} was refused: ${JSON.stringify(answer)}`)
    for (const [name, path] of [[step.as, 'id'], ...Object.entries(step.also ?? {})]) {
      ids.set(name ?? '', String(at(answer, (path ?? '').split('.'))))
    }
  }
  const { status, answer } = await send(sandbox, recording, ids)
  if (status !== recording.status) return [{ field: 'status', recorded: recording.status, came: answer }]
  return differences(recording.answer, answer, '')
}

async function send({ url, secretKey }: Sandbox, { request, parameters }: Request, ids: ReadonlyMap<string, string>) {
  const named = (text: string) => text.replaceAll(/\{([a-z]+)\}/g, (whole, name) => ids.get(name) ?? whole)
  const [method = '', path = ''] = named(request).split(' ')
  const form = new URLSearchParams()
  fill(form, '', JSON.parse(named(JSON.stringify(parameters ?? {}))))
  const isRead = method === 'GET'
  const address = isRead ? `${url}${path}?${form}` : `${url}${path}`
  const headers = { authorization: `Bearer ${secretKey}` }
  const response = await fetch(address, { method, headers, ...(isRead ? {} : { body: form }) })
  return { status: response.status, answer: (await response.json()) as Json }
}

function fill(form: URLSearchParams, name: string, value: Json): void {
  if (typeof value !== 'object' || value === null) form.append(name, String(value))
  else for (const [key, inner] of Object.entries(value)) fill(form, name === '' ? key : `${name}[${key}]`, inner)
}

function at(value: Json | undefined, [key, ...rest]: readonly string[]): Json | undefined {
  if (key === undefined) return value
  return at(isObject(value) ? value[key] : Array.isArray(value) ? value[Number(key)] : undefined, rest)
}

/** Fields that the recording lacks are no difference: later versions have more of them. */
function differences(recorded: Json, came: Json | undefined, field: string): Difference[] {
  if (Array.isArray(recorded)) {
    if (!Array.isArray(came) || came.length < recorded.length) return [{ field, recorded, came }]
    return recorded.flatMap((one, index) => differences(one, came[index], `${field}[]`))
  }
  if (!isObject(recorded)) return isAlike(recorded, came) ? [] : [{ field, recorded, came }]
  if (!isObject(came)) return [{ field, recorded, came }]
  const own = typeof recorded.object === 'string' ? recorded.object : field
  return Object.entries(recorded).flatMap(([key, value]) =>
    differences(value, came[key], own === '' ? key : `${own}.${key}`),
  )
}

/** Marks such as `<cus>` stand for what differs between two accounts or two times. */
function isAlike(recorded: Json, came: Json | undefined): boolean {
  const [, mark] = typeof recorded === 'string' ? (/^<(\w+)>$/.exec(recorded) ?? []) : []
  if (mark === undefined)
    return typeof recorded === 'string' && typeof came === 'string'
      ? unmarked(recorded) === unmarked(came)
      : recorded === came
  if (mark === 'time' || mark === 'number') return typeof came === 'number'
  if (mark === 'metadata') return isObject(came)
  return typeof came === 'string'
}

/** A text with ids in it. */
const unmarked = (text: string) => text.replaceAll(/<\w+>|\b[a-z]+(_test)?_[A-Za-z0-9]{8,}\b/g, '<id>')

const isObject = (value: Json | undefined): value is { [name: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
