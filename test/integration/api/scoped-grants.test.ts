import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseCatalog } from '../../../src/catalog/load.ts'
import { verifyLedger } from '../../../src/ledger/verify/verify-ledger.ts'
import { plainText } from '../ledger/scene.ts'
import { caller, type Data, type Gateway, newKey, openGateway, operator } from './gateway.ts'

const catalog = parseCatalog(
  `${plainText('UTC')}  - id: image
    name: Images
    rates:
      - { id: flux, name: Flux, credits: 1, unit: IMAGE }
      - { id: seed, name: Seed, credits: 2, unit: IMAGE }
      - { id: any-image, name: Any image, auto: [flux, seed], unit: IMAGE }
      - { id: any-still, name: Any still, auto: [flux, still], unit: IMAGE }
  - id: video
    name: Video
    rates:
      - { id: kling, name: Kling, credits: 1, unit: SECOND }
      - { id: still, name: Still, credits: 1, unit: IMAGE }
      - { id: veo, name: Veo, credits: 5, unit: SECOND }
`.replace('lowThreshold: 10', 'lowThreshold: 10\ndefaultPlan: none'),
  'scoped.yaml',
)

let gateway: Gateway
beforeAll(async () => {
  gateway = await openGateway({}, { catalog })
})
afterAll(async () => {
  const verdicts = await verifyLedger(gateway.database)
  await gateway.close()
  expect(verdicts.filter(({ violations }) => violations > 0)).toEqual([])
})

const errors = '... on Error { code message } ... on InvalidInput { path }'
const shown =
  'balance { available held included additional state scoped { available scope { categories rates } nextExpiry { amount at } } }'

let teams = 0
const newTeam = () => {
  teams += 1
  return `scoped-${teams}`
}

const grantText = `mutation ($input: GrantCreditsInput!) { grantCredits(input: $input) {
  __typename ... on CreditGrant { id available scope { categories rates } team { ${shown} } } ${errors} } }`
async function grant(teamId: string, amount: string, given: object = {}): Promise<Data> {
  const input = { teamId, amount, kind: 'PROMOTION', source: newKey(), idempotencyKey: newKey(), ...given }
  return (await gateway.ask(operator, grantText, { input })).grantCredits
}
const images = { scope: { categories: ['image'] } }

/** A member of a new team with these grants. */
async function memberWith(...grants: [amount: string, given?: object][]) {
  const team = newTeam()
  const member = caller('MEMBER', team)
  await gateway.ask(member, '{ viewer { team { id } } }')
  await gateway.ask(member, '{ team { id } }')
  for (const [amount, given] of grants) await grant(team, amount, given)
  return member
}
type Viewer = ReturnType<typeof caller>

const chargeText = `mutation ($input: ChargeUsageInput!) { chargeUsage(input: $input) {
  __typename ... on Charge { id amount burn { grantId amount } ${shown} }
  ... on InsufficientCredits { required available shortfall } ${errors} } }`
const charge = async (viewer: Viewer, ...usage: object[]): Promise<Data> =>
  (await gateway.ask(viewer, chargeText, { input: { usage, idempotencyKey: newKey() } })).chargeUsage

const holdText = `mutation ($input: HoldCreditsInput!) { holdCredits(input: $input) {
  __typename ... on Hold { id amount fitted ${shown} } ... on InsufficientCredits { required available shortfall } ${errors} } }`
const hold = async (viewer: Viewer, input: object): Promise<Data> =>
  (await gateway.ask(viewer, holdText, { input: { idempotencyKey: newKey(), ...input } })).holdCredits

const settleText = `mutation ($input: SettleHoldInput!) { settleHold(input: $input) {
  __typename ... on Charge { amount lines { rate credits } burn { amount } ${shown} }
  ... on InsufficientCredits { required available shortfall } ${errors} } }`
const settle = async (viewer: Viewer, holdId: string, usage?: object[]): Promise<Data> =>
  (await gateway.ask(viewer, settleText, { input: { holdId, usage, idempotencyKey: newKey() } })).settleHold

const balanceOf = async (viewer: Viewer, fields: string): Promise<Data> =>
  (await gateway.ask(viewer, `{ team { balance { ${fields} } } }`)).team.balance

const flux = (count: number) => ({ rate: 'flux', count })
const kling = (quantity: number) => ({ rate: 'kling', quantity: `${quantity}` })

describe('a promotion for images only', () => {
  it('is no part of the balance, and is told beside it', async () => {
    const team = newTeam()
    const member = caller('MEMBER', team)
    await gateway.ask(member, '{ team { id } }')
    const expiresAt = '2099-01-01T00:00:00.000Z'
    const granted = await grant(team, '50', { ...images, expiresAt })
    expect(granted).toMatchObject({
      __typename: 'CreditGrant',
      available: '50',
      scope: { categories: ['image'], rates: [] },
      team: {
        balance: {
          available: '0',
          additional: '0',
          state: 'EXHAUSTED',
          scoped: [
            {
              available: '50',
              scope: { categories: ['image'], rates: [] },
              nextExpiry: { amount: '50', at: expiresAt },
            },
          ],
        },
      },
    })
  })

  it('pays for images first, and never for video', async () => {
    const member = await memberWith(['20'], ['50', images])
    expect(await charge(member, flux(30))).toMatchObject({
      amount: '30',
      balance: { available: '20', scoped: [{ available: '20' }] },
    })
    expect(await charge(member, kling(21))).toMatchObject({
      __typename: 'InsufficientCredits',
      required: '21',
      available: '20',
      shortfall: '1',
    })
    expect(await charge(member, flux(25))).toMatchObject({ balance: { available: '15', scoped: [] } })
  })

  it('leaves other credits to the lines that it may not pay, whatever their order', async () => {
    const member = await memberWith(['20'], ['10', images])
    const both = await charge(member, flux(10), kling(20))
    expect(both).toMatchObject({ amount: '30', balance: { available: '0', scoped: [] } })
    const other = await memberWith(['20'], ['10', images])
    expect(await charge(other, kling(20), flux(10))).toMatchObject({ amount: '30', balance: { available: '0' } })
  })

  it('pays where scopes overlap, if any assignment does', async () => {
    const member = await memberWith(
      ['10', { scope: { rates: ['flux', 'kling'] } }],
      ['10', { scope: { rates: ['flux', 'seed'] } }],
    )
    expect(await charge(member, flux(10), kling(10))).toMatchObject({ __typename: 'Charge', amount: '20' })
  })

  it('is burned after credits for single rates', async () => {
    const member = await memberWith(['10'], ['10', images], ['10', { scope: { rates: ['flux'] } }])
    const { grants } = (await gateway.ask(member, '{ team { grants { available scope { categories rates } } } }')).team
    expect(grants.map((one: Data) => one.scope)).toEqual([
      { categories: [], rates: ['flux'] },
      { categories: ['image'], rates: [] },
      null,
    ])
    expect(await charge(member, flux(15))).toMatchObject({
      burn: [{ amount: '10' }, { amount: '5' }],
      balance: { available: '10' },
    })
  })

  it('has one of at most 20 different scopes among the open grants of a team', async () => {
    const names = ['flux', 'seed', 'kling', 'still', 'veo']
    const sets = Array.from({ length: 31 }, (_, set) => names.filter((_, bit) => ((set + 1) >> bit) & 1))
    const member = await memberWith(...sets.slice(0, 20).map((rates): [string, object] => ['1', { scope: { rates } }]))
    const [first, last] = [{ scope: { rates: sets[0] } }, { scope: { rates: sets[20] } }]
    const team = member.teamId ?? ''
    const refused = await grant(team, '1', last)
    expect(refused).toMatchObject({ __typename: 'InvalidInput', path: ['scope'] })
    expect(refused.message).toContain('give one of theirs, or grant again when one is used up')
    const source = newKey()
    expect(await grant(team, '1', { ...first, source })).toMatchObject({ __typename: 'CreditGrant' })
    expect(await grant(team, '1', { ...first, source })).toMatchObject({ __typename: 'CreditGrant' })
    expect(await grant(team, '1')).toMatchObject({ __typename: 'CreditGrant' })

    const held = await hold(member, { usage: [flux(2)] })
    expect(await grant(team, '1', last)).toMatchObject({ path: ['scope'] })
    expect(await settle(member, held.id)).toMatchObject({ amount: '2' })
    expect(await grant(team, '1', last)).toMatchObject({ __typename: 'CreditGrant' })
  })

  it('is told for a rate, by its code or its id', async () => {
    const member = await memberWith(['20'], ['50', images])
    const { rateCard } = await gateway.ask(member, '{ rateCard { categories { code rates { id code } } } }')
    const rates = rateCard.categories.flatMap((one: Data) => one.rates)
    const id = rates.find((one: Data) => one.code === 'flux').id
    const fields = `flux: spendable(rate: "flux") byId: spendable(rate: "${id}") auto: spendable(rate: "any-image") kling: spendable(rate: "kling") none: spendable(rate: "none")`
    expect(await balanceOf(member, fields)).toEqual({ flux: '70', byId: '70', auto: '70', kling: '20', none: null })
  })

  it('goes back to its grant, and is of the past as it was', async () => {
    const member = await memberWith(['20'], ['50', images])
    const paid = await charge(member, flux(60))
    const text = `mutation ($input: RefundChargeInput!) { refundCharge(input: $input) { ... on Refund { ${shown} } } }`
    const input = { chargeId: paid.id, reason: 'spoilt', teamId: member.teamId, idempotencyKey: newKey() }
    expect((await gateway.ask(operator, text, { input })).refundCharge.balance).toMatchObject({
      available: '20',
      scoped: [{ available: '50' }],
    })
    const { activity } = (
      await gateway.ask(member, '{ team { activity(first: 9) { nodes { type amount balanceAfter } } } }')
    ).team
    expect(activity.nodes).toEqual([
      { type: 'REFUND', amount: '60', balanceAfter: '20' },
      { type: 'CHARGE', amount: '-60', balanceAfter: '10' },
      { type: 'GRANT', amount: '50', balanceAfter: '20' },
      { type: 'GRANT', amount: '20', balanceAfter: '20' },
    ])
  })

  it('counts in an estimate and in what fits', async () => {
    const member = await memberWith(['20'], ['50', images])
    const text = `query ($usage: [UsageInput!]!, $fit: FitInput) { estimate(usage: $usage, fit: $fit) {
      ... on Estimate { fitted available balanceAfter sufficient blockers { code } burn { amount } } } }`
    const { estimate } = await gateway.ask(member, text, { usage: [flux(60)] })
    expect(estimate).toEqual({
      fitted: null,
      available: '70',
      balanceAfter: '10',
      sufficient: true,
      blockers: [],
      burn: [{ amount: '50' }, { amount: '10' }],
    })
    const fit = { atLeast: '1', atMost: '1000' }
    expect((await gateway.ask(member, text, { usage: [{ rate: 'flux' }], fit })).estimate.fitted).toBe('70')
    expect((await gateway.ask(member, text, { usage: [flux(10), { rate: 'kling' }], fit })).estimate.fitted).toBe('20')
    expect(await hold(member, { usage: [flux(10), { rate: 'seed' }], fit })).toMatchObject({ fitted: '30' })
  })
})

describe('a hold on scoped credits', () => {
  it('reserves by line, and settles for what it held without anything else', async () => {
    const member = await memberWith(['20'], ['10', images])
    const held = await hold(member, { usage: [kling(15), flux(12)] })
    expect(held).toMatchObject({ amount: '27', balance: { available: '3', held: '27', scoped: [] } })
    expect(await charge(member, kling(3))).toMatchObject({ amount: '3' })
    const capture = 'mutation ($input: CaptureHoldInput!) { captureHold(input: $input) { ... on Charge { amount } } }'
    const input = { holdId: held.id, usage: [flux(5)], idempotencyKey: newKey() }
    expect((await gateway.ask(member, capture, { input })).captureHold).toEqual({ amount: '5' })
    expect(await settle(member, held.id, [kling(15), flux(7)])).toMatchObject({
      amount: '22',
      balance: { available: '0' },
    })
  })

  it('settles an automatic rate for any of its choices', async () => {
    const member = await memberWith(['20', images])
    const held = await hold(member, { usage: [{ rate: 'any-image', count: 10 }] })
    expect(held).toMatchObject({ amount: '20' })
    expect(await settle(member, held.id, [flux(10)])).toMatchObject({
      amount: '10',
      balance: { scoped: [{ available: '10' }] },
    })
  })

  it('reserves other credits for an automatic rate that may choose what the scope does not pay for', async () => {
    const member = await memberWith(['20', { scope: { categories: ['image'], rates: ['still'] } }])
    expect(await balanceOf(member, 'spendable(rate: "any-still")')).toEqual({ spendable: '0' })
    expect(await hold(member, { usage: [{ rate: 'any-still' }] })).toMatchObject({ required: '1', available: '0' })
    expect(await charge(member, { rate: 'still' })).toMatchObject({ amount: '1' })
  })

  it('gives back to the grants that it came from', async () => {
    const member = await memberWith(['20'], ['10', images])
    const held = await hold(member, { usage: [kling(15), flux(12)] })
    const release = `mutation ($input: ReleaseHoldInput!) { releaseHold(input: $input) { ... on Hold { ${shown} } } }`
    const input = { holdId: held.id, idempotencyKey: newKey() }
    expect((await gateway.ask(member, release, { input })).releaseHold.balance).toMatchObject({
      available: '20',
      held: '0',
      scoped: [{ available: '10' }],
    })
  })

  it('lacks credits for other work than it was placed for', async () => {
    const member = await memberWith(['5'], ['10', images])
    const held = await hold(member, { usage: [flux(10)] })
    expect(await settle(member, held.id, [kling(8)])).toMatchObject({
      __typename: 'InsufficientCredits',
      required: '8',
      available: '5',
      shortfall: '3',
    })
  })
})

describe('a scope', () => {
  it.each([
    [{}, 'scope'],
    [{ categories: [] }, 'scope'],
    [{ rates: Array.from({ length: 51 }, (_, index) => `rate-${index}`) }, 'scope'],
    [{ rates: [''] }, 'scope.rates'],
    [{ categories: ['music'] }, 'scope.categories'],
    [{ rates: ['sora'] }, 'scope.rates'],
    [{ rates: ['any-image'] }, 'scope.rates'],
  ])('is refused as %j', async (scope, path) => {
    const member = await memberWith()
    const refused = await grant(member.teamId ?? '', '1', { scope })
    expect(refused).toMatchObject({ __typename: 'InvalidInput', code: 'INVALID_INPUT', path: path.split('.') })
  })

  it('is a part of the input of a key and of a source', async () => {
    const member = await memberWith()
    const [team, source, idempotencyKey] = [member.teamId ?? '', newKey(), newKey()]
    const rates = { scope: { rates: ['seed', 'flux', 'seed'] } }
    const first = await grant(team, '5', { ...rates, source, idempotencyKey })
    expect(first.scope).toEqual({ categories: [], rates: ['flux', 'seed'] })
    expect(await grant(team, '5', { scope: { rates: ['flux', 'seed'] }, source, idempotencyKey })).toMatchObject({
      id: first.id,
      scope: first.scope,
    })
    expect(await grant(team, '5', { source, idempotencyKey })).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' })
    expect(await grant(team, '5', { ...rates, source })).toMatchObject({ id: first.id })
    expect(await grant(team, '5', { source })).toMatchObject({ code: 'INVALID_INPUT', path: ['source'] })
  })

  it('leaves the state of the balance and the search of teams to other credits', async () => {
    const member = await memberWith(['50', images])
    const text = `{ teams(filter: { search: "${member.teamId}", state: EXHAUSTED, availableBelow: "1" }) { nodes { id } } }`
    expect((await gateway.ask(operator, text)).teams.nodes).toHaveLength(1)
  })

  it.each(['{}', 'null', '{"categories": [], "rates": []}', '{"categories": [1], "rates": []}'])(
    'is never stored as %s',
    async (scope) => {
      const member = await memberWith(['1', images])
      const text = 'update credit_grant set scope = $1 where team_id = $2'
      await expect(gateway.database.pool.query(text, [scope, member.teamId])).rejects.toThrow(
        'credit_grant_scope_check',
      )
    },
  )

  it('is in the audit log', async () => {
    const member = await memberWith(['50', images])
    const { auditLog } = (
      await gateway.ask(operator, `{ team(id: "${member.teamId}") { auditLog(first: 1) { nodes { after } } } }`)
    ).team
    expect(JSON.parse(auditLog.nodes[0].after)).toMatchObject({ scope: 'image' })
  })
})
