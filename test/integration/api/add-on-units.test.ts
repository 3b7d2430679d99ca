import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { loadCatalog } from '../../../src/catalog/load.ts'
import type { FollowSubscription } from '../../../src/domain/decisions/command.ts'
import { teamId } from '../../../src/domain/identity.ts'
import { keyless } from '../../../src/ledger/deciding/team-state.ts'
import { caller, type Data, type Gateway, newKey, openGateway, operator } from './gateway.ts'
import { pretendPayments } from './pretend-payments.ts'

let gateway: Gateway
let team = ''
const payments = pretendPayments()
const day = 86_400_000

beforeAll(async () => {
  gateway = await openGateway({ payments: payments.api }, { catalog: loadCatalog('catalogs/ai-studios.yaml') })
  payments.of(gateway)
})
beforeEach(async () => {
  payments.tell({})
  payments.units({ kind: 'done' })
  payments.asked.length = 0
  team = `team-${newKey()}`
  const now = Date.now()
  const periods = { interval: 'MONTH', anchor: now - day, paidThrough: now + 20 * day, renews: true } as const
  const standing: FollowSubscription = {
    kind: 'follow-subscription',
    subscription: 'sub_1',
    planId: 'personal',
    seats: 1,
    addOnUnits: 0,
    ended: false,
    refunded: false,
    isTrialing: false,
    ...periods,
  }
  await gateway.services.ledger.submit(keyless(teamId(team), standing))
})
afterAll(() => gateway.close())

const text = `mutation ($units: Int!, $key: String!, $team: ID) {
  result: setAddOnUnits(units: $units, idempotencyKey: $key, teamId: $team) { __typename
    ... on Team { id addOnUnits } ... on Error { code message } ... on PurchaseNotAllowed { admins { memberId } }
    ... on PaymentDeclined { declineCode } ... on PaymentActionRequired { actionUrl }
    ... on NoPaymentMethod { setupUrl } ... on PaymentUnavailable { retryAfterSeconds } } }`
const set = async (units: number, key = newKey(), viewer = caller('ADMIN', team)): Promise<Data> =>
  (await gateway.ask(viewer, text, { units, key, team })).result

describe('setAddOnUnits of a team that follows a subscription', () => {
  it.each([
    ['an admin', () => caller('ADMIN', team)],
    ['the platform', () => operator],
  ])('is paid by it, for %s', async (_, viewer) => {
    expect(await set(2, 'first', viewer())).toMatchObject({ __typename: 'Team' })
    expect(payments.asked).toEqual([`units ${team} first 2`])
    expect(await set(2, 'first', viewer())).toMatchObject({ __typename: 'Team' })
    expect(await set(3, 'first', viewer())).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' })
    expect(payments.asked).toHaveLength(2)
  })

  it.each([
    [{ kind: 'declined', reason: 'Your card was declined.', declineCode: 'generic_decline' }, 'PaymentDeclined'],
    [{ kind: 'action-required', actionUrl: 'https://pay.example/confirm' }, 'PaymentActionRequired'],
    [{ kind: 'no-method' }, 'NoPaymentMethod'],
    [{ kind: 'not-available' }, 'AddOnNotAvailable'],
  ] as const)('tells what came of the payment: %o', async (came, typeName) => {
    payments.units(came)
    const result = await set(1)
    expect(result).toMatchObject({ __typename: typeName })
    if (came.kind === 'declined') expect(result.declineCode).toBe(came.declineCode)
    if (came.kind === 'action-required') expect(result.actionUrl).toBe(came.actionUrl)
    if (came.kind === 'no-method') expect(result.setupUrl).toContain('https://pay.example/setup')
    if (came.kind === 'not-available') expect(result.message).toContain('active subscription')
  })

  it('tells that Stripe is out of reach, and goes on under the same key', async () => {
    payments.tell('unreachable')
    expect(await set(1, 'again')).toMatchObject({ __typename: 'PaymentUnavailable', retryAfterSeconds: 30 })
    payments.tell({})
    expect(await set(1, 'again')).toMatchObject({ __typename: 'Team' })
  })

  it('G4: is for admins; others are told whom to ask', async () => {
    await set(0)
    for (const role of ['VIEWER', 'MEMBER'] as const) {
      const refused = await set(1, newKey(), caller(role, team))
      expect(refused).toMatchObject({ __typename: 'PurchaseNotAllowed', message: expect.stringContaining('Admin') })
    }
    expect(payments.asked).toHaveLength(1)
  })

  it('D6: is over when the subscription is', async () => {
    const ended = { subscription: 'sub_1', planId: 'personal', seats: 1, interval: null, anchor: 0, addOnUnits: 0 }
    const command = {
      kind: 'follow-subscription',
      ...ended,
      paidThrough: 0,
      renews: false,
      ended: true,
      refunded: false,
      isTrialing: false,
    } as const
    await gateway.services.ledger.submit(keyless(teamId(team), command))
    expect(await set(1)).toMatchObject({ code: 'ADD_ON_NOT_AVAILABLE' })
    expect(payments.asked).toEqual([])
  })
})
