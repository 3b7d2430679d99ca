import { afterAll, beforeAll, expect, it } from 'vitest'
import { MICRO } from '../../../src/domain/amounts/credits.ts'
import { NANO } from '../../../src/domain/amounts/money.ts'
import type { Command } from '../../../src/domain/decisions/command.ts'
import { purchaseId, teamId } from '../../../src/domain/identity.ts'
import { encodeId } from '../../../src/resolvers/request/ids.ts'
import { submission } from '../ledger/scene.ts'
import { caller, type Gateway, makeTeam, openGateway } from './gateway.ts'

const team = teamId('acme')
const price = { amount: 5n * NANO, currency: 'USD' }
let gateway: Gateway

beforeAll(async () => {
  gateway = await openGateway()
  await makeTeam(gateway, team, '0')
})
afterAll(() => gateway.close())

async function submit(command: Command) {
  const { outcome } = await gateway.services.ledger.submit(submission(team, command))
  expect(outcome.kind).not.toBe('refused')
}
const configure = (threshold: number, packs: number | null, enabled = true) =>
  submit({
    kind: 'configure-recharge',
    enabled,
    threshold: BigInt(threshold) * MICRO,
    packageId: 'starter',
    monthlyCap: packs === null ? null : BigInt(packs) * price.amount,
    targetBalance: null,
    maxPerDay: null,
    caller: { id: null, role: 'ADMIN' },
  })
const spend = () =>
  submit({
    kind: 'charge-usage',
    usage: [{ rate: 'video.runway-gen-4', quantity: MICRO, count: 1 }],
    reference: null,
    memberId: null,
    caller: { id: null, role: 'MEMBER' },
  })
const land = (number: number) =>
  submit({
    kind: 'land-purchase',
    purchase: purchaseId(number),
    cause: 'RECHARGE',
    source: `payment ${number}`,
    ofNewTeam: false,
    loss: null,
    credits: 5_000n * MICRO,
    costBasis: null,
    price,
    memberId: null,
  })
const fail = (number: number, failure: Extract<Command, { kind: 'fail-purchase' }>['failure']) =>
  submit({ kind: 'fail-purchase', purchase: purchaseId(number), price, failure })

it('what becomes of a recharge is told as events, in words for a toast', async () => {
  const pack = gateway.services.catalogs.inForce().packages.find(({ id }) => id === 'starter')
  expect(pack).toMatchObject({ credits: 5_000n * MICRO, price })
  const last = (await gateway.services.teams.read(team))?.account.lastEvent
  const after = encodeId('Event', `${last?.revision}.${last?.number}`, team)
  const text = `subscription ($after: ID) { accountEvents(after: $after) { type message amount activity { type }
    subject { __typename id } } }`
  const result = await gateway.watch(caller('VIEWER'), text, { after })
  if (!(Symbol.asyncIterator in result)) throw new AggregateError(result.errors ?? [])
  const stream = result[Symbol.asyncIterator]()
  const nextOf = async (wanted: string) => {
    for (;;) {
      const { value } = await stream.next()
      const event = JSON.parse(JSON.stringify(value?.data?.accountEvents))
      if (event.type === wanted) return event
    }
  }

  const purchase = (number: number) => ({ __typename: 'Purchase', id: encodeId('Purchase', number, team) })
  await configure(6_000, 2)
  await spend()
  await fail(1, { kind: 'declined', reason: 'Your card was declined.' })
  expect(await nextOf('RECHARGE_FAILED')).toEqual({
    type: 'RECHARGE_FAILED',
    message: 'Auto-recharge failed: Your card was declined.',
    amount: null,
    activity: null,
    subject: purchase(1),
  })
  await land(1)
  expect(await nextOf('RECHARGE_SUCCEEDED')).toMatchObject({
    message: 'Auto-recharge added 5,000 credits',
    amount: '5000',
    activity: null,
  })
  await configure(6_000, 2, false)
  await configure(20_000, 2)
  await spend()
  await fail(2, { kind: 'action-required', url: 'https://pay.example/2' })
  expect(await nextOf('RECHARGE_ACTION_REQUIRED')).toMatchObject({
    message: 'Auto-recharge waits for you to confirm the payment',
    subject: purchase(2),
  })
  await land(2)
  expect(await nextOf('RECHARGE_CAPPED')).toMatchObject({
    message: 'Auto-recharge stopped: another purchase would pass the monthly cap',
    subject: null,
  })
  await stream.return?.()
})
