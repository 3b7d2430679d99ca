import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { teamId } from '../../src/domain/identity.ts'
import { caller, type Gateway, newKey, openGateway, operator } from '../integration/api/gateway.ts'

let gateway: Gateway
beforeAll(async () => {
  gateway = await openGateway()
})
afterAll(() => gateway.close())

const assign = 'mutation ($input: AssignPlanInput!) { assignPlan(input: $input) { __typename } }'
const charge = 'mutation ($input: ChargeUsageInput!) { chargeUsage(input: $input) { __typename } }'

describe('an id that looks like another one', () => {
  test.each(['cafe\u0301', 'ac\u200bme', 'acme\u202e', ' acme', 'acme\u3164'])('makes no team: %j', async (id) => {
    const { codes } = await gateway.run(operator, assign, {
      input: { teamId: id, planId: 'free', idempotencyKey: newKey() },
    })
    expect(codes).toEqual(['INVALID_INPUT'])
    expect(await gateway.services.teams.read(teamId(id))).toBeNull()
  })

  test('is no member that the platform acts for', async () => {
    await gateway.ask(operator, assign, { input: { teamId: 'acme', planId: 'free', idempotencyKey: newKey() } })
    const input = { teamId: 'acme', usage: [{ rate: 'chat.light' }], idempotencyKey: newKey(), memberId: 'an\u200ba' }
    expect((await gateway.run(operator, charge, { input })).codes).toEqual(['INVALID_INPUT'])
  })

  test('is still found where an admin revokes the tokens of a member that had it', async () => {
    const revoke = 'mutation { revokeTokens(input: { memberId: "an\u200ba" }) { __typename } }'
    expect((await gateway.run(caller('ADMIN'), revoke)).codes).toEqual([])
  })
})
