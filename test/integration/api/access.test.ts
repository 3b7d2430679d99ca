import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { KeyScope } from '../../../src/access/key-scope.ts'
import type { Viewer } from '../../../src/access/viewer.ts'
import { teamId } from '../../../src/domain/identity.ts'
import { encodeId } from '../../../src/resolvers/request/ids.ts'
import { caller, type Gateway, makeTeam, newKey, openGateway, operator } from './gateway.ts'

/* Who is told each field and may give each argument is in `matrix/`. */

let gateway: Gateway
beforeAll(async () => {
  gateway = await openGateway()
  for (const team of ['acme', 'globex']) await makeTeam(gateway, team)
})
afterAll(() => gateway.close())

const key = () => `idempotencyKey: "${newKey()}"`
const usage = 'usage: [{ rate: "image.flux-2-pro" }]'
const acmeHold = encodeId('Hold', 1, teamId('acme'))

describe('access', () => {
  it('refuses spending by a viewer as data, and stores nothing under the key', async () => {
    const text = (
      mutation: string,
    ) => `mutation ($input: ${mutation === 'holdCredits' ? 'HoldCreditsInput' : 'ChargeUsageInput'}!) {
      ${mutation}(input: $input) { __typename ... on RequirementNotMet { blockers { code } } } }`
    for (const mutation of ['holdCredits', 'chargeUsage']) {
      const input = { usage: [{ rate: 'image.flux-2-pro' }], idempotencyKey: newKey() }
      const refused = await gateway.ask(caller('VIEWER'), text(mutation), { input })
      expect(refused[mutation]?.blockers).toEqual([{ code: 'ROLE_REQUIRED' }])
      const served = await gateway.ask(caller('MEMBER'), text(mutation), { input })
      expect(served[mutation]?.__typename).toMatch(/^(Hold|Charge)$/)
    }
  })

  it('lets a member act for itself only, and the platform for anyone', async () => {
    const text = `mutation ($input: ChargeUsageInput!) { chargeUsage(input: $input) { __typename ... on Charge { id } } }`
    const input = () => ({ usage: [{ rate: 'chat.light' }], idempotencyKey: newKey(), memberId: 'ana' })
    expect((await gateway.run(caller('ADMIN'), text, { input: input() })).codes).toEqual(['NOT_ALLOWED'])
    await gateway.ask(caller('MEMBER', 'acme', 'ana'), text, { input: input() })
    await gateway.ask(operator, text, { input: { ...input(), teamId: 'acme' } })
    const { team } = await gateway.ask(
      operator,
      '{ team(id: "acme") { activity(first: 2) { nodes { member { memberId name } } } } }',
    )
    expect(team.activity.nodes).toEqual([
      { member: { memberId: 'ana', name: 'Ana' } },
      { member: { memberId: 'ana', name: 'Ana' } },
    ])
  })

  it('asks a platform caller without a team which one it means', async () => {
    for (const text of [
      `{ estimate(${usage}) { __typename } }`,
      `mutation { chargeUsage(input: { ${usage}, ${key()} }) { __typename } }`,
    ]) {
      expect((await gateway.run(operator, text)).codes).toEqual(['INVALID_INPUT'])
    }
    const { viewer, team } = await gateway.ask(operator, '{ viewer { team { id } } team { id } }')
    expect([viewer.team, team]).toEqual([null, null])
  })

  it('refuses a foreign hold like an unknown one, and keeps neither under the key', async () => {
    const text = (id: string) =>
      `mutation { settleHold(input: { holdId: "${id}", idempotencyKey: "own" }) { ... on Error { code } } }`
    const viewer = caller('MEMBER', 'globex')
    expect((await gateway.ask(viewer, text(acmeHold))).settleHold.code).toBe('NOT_FOUND')
    expect((await gateway.ask(viewer, text(acmeHold))).settleHold.code).toBe('NOT_FOUND')
    expect((await gateway.ask(viewer, text('other'))).settleHold.code).toBe('NOT_FOUND')
  })

  it('of a key with several scopes is that of the highest one, in any order', async () => {
    expect((await keyOf(['SPEND', 'READ', 'SPEND'])).role).toBe('MEMBER')
    expect((await keyOf(['BILLING', 'READ'])).role).toBe('ADMIN')
  })
})

async function keyOf(scopes: readonly KeyScope[]): Promise<Viewer> {
  const created = await gateway.ask(
    operator,
    'mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { ... on CreatedApiKey { secret } } }',
    { input: { name: scopes.join(), scopes, teamId: scopes.includes('PLATFORM') ? null : 'acme' } },
  )
  const viewer = await gateway.services.access.read(`Bearer ${created.createApiKey.secret}`)
  if (viewer === null) throw new Error('A key is somebody')
  return viewer
}
