import { keyScopes, roleOf } from '../../../../src/access/key-scope.ts'
import type { Viewer } from '../../../../src/access/viewer.ts'
import { type Role, roles } from '../../../../src/domain/role.ts'
import { caller, type Gateway, operator } from '../gateway.ts'

/** A caller of the matrix. The objects of the scene are of team `acme`, and the member `ana` placed and limits hers. */
export type Column = {
  readonly name: string
  /** Null: nobody. */
  readonly role: Role | null
  readonly foreign: boolean
  readonly key: boolean
  readonly ana: boolean
}

const column = (name: string, role: Role | null, more: Partial<Column> = {}): Column => ({
  name,
  role,
  foreign: false,
  key: false,
  ana: false,
  ...more,
})

export const columns: readonly Column[] = [
  column('nobody', null),
  ...roles.map((role) => column(role, role, { ana: role === 'MEMBER' })),
  ...keyScopes.map((scope) => column(`a key with ${scope}`, roleOf([scope]), { key: true })),
  column('another member', 'MEMBER'),
  column("another team's admin", 'ADMIN', { foreign: true }),
  column("another team's key", 'ADMIN', { foreign: true, key: true }),
]

export type Viewers = ReadonlyMap<string, Viewer | null>

const createKey =
  'mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { ... on CreatedApiKey { secret } } }'

async function keyOf({ ask, services }: Gateway, scope: string, team: string): Promise<Viewer | null> {
  const input = { name: scope, scopes: [scope], teamId: scope === 'PLATFORM' ? null : team }
  const { createApiKey } = await ask(operator, createKey, { input })
  return services.access.read(`Bearer ${createApiKey.secret}`)
}

/** The callers themselves, by the names of their columns. */
export async function openColumns(gateway: Gateway): Promise<Viewers> {
  const viewers = new Map<string, Viewer | null>([
    ['nobody', null],
    ['VIEWER', caller('VIEWER', 'acme', 'vera')],
    ['MEMBER', caller('MEMBER', 'acme', 'ana')],
    ['ADMIN', caller('ADMIN', 'acme', 'ada')],
    ['PLATFORM', operator],
    ['another member', caller('MEMBER', 'acme', 'ben')],
    ["another team's admin", caller('ADMIN', 'globex', 'gus')],
    ["another team's key", await keyOf(gateway, 'BILLING', 'globex')],
  ])
  for (const scope of keyScopes) viewers.set(`a key with ${scope}`, await keyOf(gateway, scope, 'acme'))
  return viewers
}
