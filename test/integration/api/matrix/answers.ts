import { isNonNullType } from 'graphql'
import type { Viewer } from '../../../../src/access/viewer.ts'
import { schema } from '../../../../src/schema/schema.ts'
import type { Gateway } from '../gateway.ts'
import type { Route } from './routes.ts'
import type { Ids } from './scene.ts'

type Fault = {
  readonly path?: readonly unknown[]
  readonly message: string
  readonly extensions?: { readonly code?: string }
}
type Told = { readonly data?: Readonly<Record<string, unknown>> | null; readonly errors?: readonly Fault[] }

/** The alias of a field of the matrix. */
export const aliasOf = (field: string): string => `cell_${field}`
const isCell = (part: unknown): boolean => `${part}`.startsWith(aliasOf(''))

/** The answer to one selection of the root. */
export class Answer {
  readonly value: unknown
  readonly faults: readonly Fault[]

  constructor({ data, errors = [] }: Told, alias: string) {
    this.value = data?.[alias] ?? null
    this.faults = errors.filter(({ path }) => path === undefined || path[0] === alias)
  }

  /** The code of the error that took the value of `alias`, or what it is in, or all of the answer; null: none did. */
  codeOf(alias?: string): string | null {
    const fault = this.faults.find(
      ({ path = [] }) =>
        this.value === null || alias === undefined || path.includes(alias) || !path.some((part) => isCell(part)),
    )
    return fault === undefined ? null : (fault.extensions?.code ?? 'WITHOUT_CODE')
  }

  /** All of it, without the ids that were asked for. */
  without(ids: Ids): string {
    const told = this.faults.map(({ message, extensions }) => ({ message, extensions }))
    return Object.entries(ids).reduce(
      (text, [name, id]) => text.replaceAll(JSON.stringify(id).slice(1, -1), `(${name})`),
      JSON.stringify({ value: this.value, told }),
    )
  }
}

const perDocument = 6
/** An error of a root field that is never null would take the others of its document with it. */
function standsAlone(kind: Route['kind'], selection: string): boolean {
  const field = schema.getQueryType()?.getFields()[/^\w+/.exec(selection)?.[0] ?? '']
  return kind !== 'query' || field === undefined || isNonNullType(field.type)
}

/** The answers to selections of the root, in their order. Queries share documents where they may. */
export async function answersTo(
  gateway: Gateway,
  viewer: Viewer | null,
  kind: Route['kind'],
  selections: readonly string[],
): Promise<Answer[]> {
  const answers: Answer[] = []
  const run = async (places: readonly number[]) => {
    const aliased = places.map((place) => `a${place}: ${selections[place]}`)
    const told = await firstOf(gateway, viewer, kind, `${kind} { ${aliased.join(' ')} }`)
    for (const place of places) answers[place] = new Answer(told, `a${place}`)
  }
  const alone = [...selections.keys()].filter((place) => standsAlone(kind, selections[place] ?? ''))
  const together = [...selections.keys()].filter((place) => !alone.includes(place))
  const documents = Array.from({ length: Math.ceil(together.length / perDocument) }, (_, index) =>
    together.slice(index * perDocument, (index + 1) * perDocument),
  )
  // One after the other: of a caller's readings the last would wait too long in their line.
  for (const document of [...documents, ...alone.map((place) => [place])]) await run(document)
  return answers
}

/** The answer to a document; of a subscription its first result. */
async function firstOf(gateway: Gateway, viewer: Viewer | null, kind: Route['kind'], text: string): Promise<Told> {
  if (kind !== 'subscription') {
    const { data, errors } = await gateway.run(viewer, text)
    return JSON.parse(JSON.stringify({ data, errors }))
  }
  const result = await gateway.watch(viewer, text)
  if (!(Symbol.asyncIterator in result)) return JSON.parse(JSON.stringify(result))
  for await (const told of result) return JSON.parse(JSON.stringify(told))
  return {}
}
