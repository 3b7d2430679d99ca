import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseCatalog } from '../../../src/catalog/load.ts'
import { caller, type Data, type Gateway, makeTeam, newKey, openGateway, operator } from './gateway.ts'

// No rate of the catalog is for admins alone.
const text = readFileSync('catalogs/wevion.yaml', 'utf8')
const catalog = parseCatalog(text.replace('{ id: image.background-removal,', '$& role: ADMIN,'), 'roles.yaml')

let gateway: Gateway
beforeAll(async () => {
  gateway = await openGateway({}, { catalog })
  for (const team of ['acme', 'globex', 'initech']) await makeTeam(gateway, team, '10000')
})
afterAll(() => gateway.close())

const set = `mutation ($input: SpendingLimitInput!) { setSpendingLimit(input: $input) {
  __typename ... on Error { code message } ... on Team { id spendingLimits { ...limit } } } }
fragment limit on SpendingLimit { member { memberId name } callerId per credits used remaining resetsAt }`
const limits = `query ($id: ID) { team(id: $id) { spendingLimits { ...limit } } }
fragment limit on SpendingLimit { member { memberId name } callerId per credits used remaining resetsAt }`
const reached = `... on Error { code message } ... on SpendingLimitReached { per limit used required resetsAt }`
const charge = `mutation ($input: ChargeUsageInput!) { chargeUsage(input: $input) { __typename ... on Charge { amount }
  ... on RequirementNotMet { blockers { code message } } ${reached} } }`
const hold = `mutation ($input: HoldCreditsInput!) { holdCredits(input: $input) { __typename ... on Hold { id } ${reached} } }`
const extend = `mutation ($input: ExtendHoldInput!) { extendHold(input: $input) { __typename ${reached} } }`
const estimate = `query ($usage: [UsageInput!]!) { estimate(usage: $usage) {
  ... on Estimate { sufficient blockers { code message } } } }`

const images = (count: number) => [{ rate: 'image.flux-2-pro', count }]
const admin = (team: string) => caller('ADMIN', team)
const ben = (team: string) => caller('MEMBER', team, 'ben')
const setLimit = async (team: string, input: object): Promise<Data> =>
  (await gateway.ask(admin(team), set, { input })).setSpendingLimit
const spend = async (viewer: ReturnType<typeof caller>, input: object): Promise<Data> =>
  (await gateway.ask(viewer, charge, { input: { idempotencyKey: newKey(), ...input } })).chargeUsage
const dayName = (at: string) =>
  new Intl.DateTimeFormat('en-US', {
    ...({ weekday: 'long', month: 'long', day: 'numeric' } as const),
    timeZone: catalog.timeZone,
  }).format(Date.parse(at))

describe('a spending limit', () => {
  it('is set by an admin, and tells what was used, what is left and when it resets', async () => {
    await spend(ben('acme'), { usage: images(2) })
    const team = await setLimit('acme', { memberId: 'ben', per: 'MONTH', credits: '500' })
    expect(team).toMatchObject({
      __typename: 'Team',
      id: 'acme',
      spendingLimits: [
        {
          member: { memberId: 'ben', name: 'Ben' },
          callerId: null,
          per: 'MONTH',
          credits: '500',
          used: '60',
          remaining: '440',
        },
      ],
    })
    const resetsAt = Date.parse(team.spendingLimits[0].resetsAt)
    const inZone = new Intl.DateTimeFormat('en-US', { day: 'numeric', hour: 'numeric', timeZone: catalog.timeZone })
    expect(inZone.format(resetsAt)).toBe('1, 12 AM')
    expect(resetsAt).toBeGreaterThan(Date.now())
  })

  it('refuses a hold, its extension and a charge with who may spend how much, and what to do', async () => {
    const held = await gateway.ask(ben('acme'), hold, { input: { usage: images(10), idempotencyKey: newKey() } })
    const refused = await spend(ben('acme'), { usage: images(5) })
    expect(refused).toEqual({
      __typename: 'SpendingLimitReached',
      code: 'SPENDING_LIMIT_REACHED',
      per: 'MONTH',
      limit: '500',
      used: '360',
      required: '150',
      resetsAt: expect.any(String),
      message:
        'Ben may spend 500 credits a month and has used 360: this needs 150. ' +
        `The limit resets on ${dayName(refused.resetsAt)}; an admin can raise it.`,
    })
    const usage = images(5)
    const again = await gateway.ask(ben('acme'), hold, { input: { usage, idempotencyKey: newKey() } })
    expect(again.holdCredits.message).toBe(refused.message)
    const input = { holdId: held.holdCredits.id, usage, idempotencyKey: newKey() }
    expect((await gateway.ask(ben('acme'), extend, { input })).extendHold.message).toBe(refused.message)
    expect(await spend(admin('acme'), { usage })).toMatchObject({ amount: '150' })
  })

  it("is named by an estimate as a blocker of the caller's own", async () => {
    const { blockers, sufficient } = (await gateway.ask(ben('acme'), estimate, { usage: images(5) })).estimate
    expect(sufficient).toBe(true)
    expect(blockers).toEqual([
      {
        code: 'SPENDING_LIMIT',
        message: expect.stringMatching(
          /^Ben may spend 500 credits a month and has used 360: this needs 150\. The limit resets on .+; an admin can raise it$/,
        ),
      },
    ])
    expect((await gateway.ask(ben('acme'), estimate, { usage: images(4) })).estimate.blockers).toEqual([])
    expect((await gateway.ask(admin('acme'), estimate, { usage: images(5) })).estimate.blockers).toEqual([])
  })

  it('of a caller counts whatever it spends, for whomever, and a repeat by another caller is told the first answer', async () => {
    const team = 'globex'
    await setLimit(team, { callerId: 'backend', per: 'DAY', credits: '100' })
    await gateway.ask(operator, set, { input: { teamId: team, memberId: 'ana', per: 'WEEK', credits: '1000' } })
    const forAna = { teamId: team, memberId: 'ana', usage: images(3), idempotencyKey: newKey() }
    expect(await spend(operator, forAna)).toMatchObject({ amount: '90' })
    const other = caller('PLATFORM', null, 'other-backend')
    expect(await spend(other, forAna)).toMatchObject({ amount: '90' })
    const refused = await spend(operator, { teamId: team, usage: images(1) })
    expect(refused.message).toMatch(
      /^The API caller Backend may spend 100 credits a day and has used 90: this needs 30\. /,
    )
    expect(await spend(other, { ...forAna, idempotencyKey: newKey() })).toMatchObject({ amount: '90' })
    const { spendingLimits } = (await gateway.ask(admin(team), limits)).team
    expect(spendingLimits).toMatchObject([
      { member: null, callerId: 'backend', per: 'DAY', used: '90', remaining: '10' },
      { member: { memberId: 'ana' }, callerId: null, per: 'WEEK', used: '180', remaining: '820' },
    ])
  })

  it('is shown to whom it limits, to admins and to the platform', async () => {
    const seen = async (viewer: ReturnType<typeof caller>, id?: string) =>
      (await gateway.ask(viewer, limits, { id })).team.spendingLimits.map(
        (limit: Data) => limit.member?.memberId ?? limit.callerId,
      )
    await setLimit('initech', { memberId: 'ben', per: 'DAY', credits: '1' })
    await setLimit('initech', { callerId: 'ben', per: 'DAY', credits: '1' })
    await setLimit('initech', { memberId: 'ana', per: 'DAY', credits: '1' })
    expect(await seen(ben('initech'))).toEqual(['ben', 'ben'])
    expect(await seen(caller('VIEWER', 'initech', 'ana'))).toEqual(['ana'])
    expect(await seen(caller('MEMBER', 'initech', 'carl'))).toEqual([])
    expect(await seen(admin('initech'))).toEqual(['ben', 'ana', 'ben'])
    expect(await seen(operator, 'initech')).toEqual(['ben', 'ana', 'ben'])
  })

  it('is lifted by null, and takes one subject and an amount that is not negative', async () => {
    const lifted = await setLimit('initech', { memberId: 'ana', per: 'DAY', credits: null })
    expect(lifted.spendingLimits).toHaveLength(2)
    for (const [input, code] of [
      [{}, 'INVALID_INPUT'],
      [{ memberId: 'ana', callerId: 'ana' }, 'INVALID_INPUT'],
      [{ memberId: 'ana', credits: '-1' }, 'INVALID_AMOUNT'],
    ] as const) {
      expect(await setLimit('initech', { per: 'DAY', credits: '1', ...input })).toMatchObject({ code })
    }
    const nowhere = { memberId: 'ana', per: 'DAY', credits: '1', teamId: 'nowhere' }
    expect((await gateway.run(operator, set, { input: nowhere })).codes).toEqual(['NOT_FOUND'])
    expect((await gateway.run(admin('acme'), set, { input: { ...nowhere, teamId: 'globex' } })).codes).toEqual([
      'NOT_FOUND',
    ])
  })
})

describe('a limit of a group', () => {
  const team = 'umbrella'
  const send = async (mutation: string, type: string, sent: object): Promise<Data> => {
    const text = `mutation ($input: ${type}!) { ${mutation}(input: $input) { __typename ... on Error { message } } }`
    return (await gateway.ask(admin(team), text, { input: sent }))[mutation]
  }
  const groupLimits = `query ($id: ID) { team(id: $id) { memberGroups { groupId name parentId members { nodes { memberId } } }
    spendingLimits { group { groupId } credits used remaining } } }`
  const seenBy = async (viewer: ReturnType<typeof caller>): Promise<Data> =>
    (await gateway.ask(viewer, groupLimits)).team

  beforeAll(async () => {
    await makeTeam(gateway, team, '10000')
    await send('setMemberGroup', 'MemberGroupInput', { groupId: 'company', name: 'Company' })
    await send('setMemberGroup', 'MemberGroupInput', { groupId: 'mkt', name: 'Marketing', parentId: 'company' })
    await send('setMemberGroup', 'MemberGroupInput', { groupId: 'dev', name: 'Development', parentId: 'company' })
    await send('moveMember', 'MoveMemberInput', { memberId: 'ben', groupId: 'mkt' })
    await send('moveMember', 'MoveMemberInput', { memberId: 'ana', groupId: 'dev' })
  })

  it('counts what the group has used since the limit was set, and what is left at each level', async () => {
    await spend(ben(team), { usage: images(3) })
    await setLimit(team, { groupId: 'mkt', per: 'MONTH', credits: '100' })
    await setLimit(team, { groupId: 'company', per: 'MONTH', credits: '150' })
    await spend(ben(team), { usage: images(2) })
    await spend(caller('MEMBER', team, 'ana'), { usage: images(1) })
    const { spendingLimits } = await seenBy(admin(team))
    expect(spendingLimits).toEqual([
      { group: { groupId: 'company' }, credits: '150', used: '90', remaining: '60' },
      { group: { groupId: 'mkt' }, credits: '100', used: '60', remaining: '40' },
    ])
  })

  it('refuses by the level that is reached, with its name, what is left and when it resets', async () => {
    const text = `mutation ($input: ChargeUsageInput!) { chargeUsage(input: $input) { __typename
      ... on SpendingLimitReached { groupId limit used remaining required message resetsAt } } }`
    const refused = async (viewer: ReturnType<typeof caller>, count: number): Promise<Data> =>
      (await gateway.ask(viewer, text, { input: { usage: images(count), idempotencyKey: newKey() } })).chargeUsage
    const bens = await refused(ben(team), 2)
    expect(bens).toMatchObject({ groupId: 'mkt', limit: '100', used: '60', remaining: '40', required: '60' })
    expect(bens.message).toBe(
      'The group Marketing may spend 100 credits a month and has used 60: this needs 60. ' +
        `The limit resets on ${dayName(bens.resetsAt)}; an admin can raise it.`,
    )
    const anas = await refused(caller('MEMBER', team, 'ana'), 3)
    expect(anas).toMatchObject({ groupId: 'company', used: '90', remaining: '60' })
  })

  it('is a blocker of estimates, and bounds a hold that fits', async () => {
    const { blockers } = (await gateway.ask(ben(team), estimate, { usage: images(2) })).estimate
    expect(blockers).toMatchObject([{ code: 'SPENDING_LIMIT', message: expect.stringMatching(/^The group Marketing/) }])
    expect((await gateway.ask(ben(team), estimate, { usage: images(1) })).estimate.blockers).toEqual([])
  })

  it('is shown to the members of the group and of those below, as a total alone', async () => {
    const { memberGroups, spendingLimits } = await seenBy(ben(team))
    expect(memberGroups).toEqual([
      { groupId: 'company', name: 'Company', parentId: null, members: null },
      { groupId: 'mkt', name: 'Marketing', parentId: 'company', members: null },
    ])
    expect(spendingLimits).toHaveLength(2)
    expect(await seenBy(caller('MEMBER', team, 'ana'))).toMatchObject({ spendingLimits: [{ used: '90' }] })
    expect(await seenBy(caller('MEMBER', team, 'mkt'))).toEqual({ memberGroups: [], spendingLimits: [] })
    const all = (await seenBy(admin(team))).memberGroups
    expect(all).toMatchObject([
      { members: { nodes: [] } },
      { members: { nodes: [{ memberId: 'ana' }] } },
      { members: { nodes: [{ memberId: 'ben' }] } },
    ])
  })

  it('goes with its group, whose members come to the group above', async () => {
    expect(await send('deleteMemberGroup', 'DeleteMemberGroupInput', { groupId: 'mkt' })).toEqual({
      __typename: 'Team',
    })
    const { memberGroups, spendingLimits } = await seenBy(admin(team))
    expect(memberGroups[0]).toMatchObject({ groupId: 'company', members: { nodes: [{ memberId: 'ben' }] } })
    expect(spendingLimits).toMatchObject([{ group: { groupId: 'company' }, used: '90' }])
    expect(await setLimit(team, { groupId: 'mkt', per: 'DAY', credits: '1' })).toMatchObject({
      code: 'NOT_FOUND',
      message: 'There is no such group. Check the id, and that it belongs to this team.',
    })
  })

  it('lists the members of its group in pages', async () => {
    const text = `query ($first: Int, $after: String) { team { spendingLimits { group { members(first: $first, after: $after) {
      edges { cursor node { memberId } } nodes { memberId } pageInfo { hasNextPage hasPreviousPage endCursor } } } } } }`
    const page = async (sent: Record<string, unknown>) =>
      (await gateway.ask(admin(team), text, sent)).team.spendingLimits[0].group.members
    await send('moveMember', 'MoveMemberInput', { memberId: 'ana', groupId: 'company' })
    await send('moveMember', 'MoveMemberInput', { memberId: 'cem', groupId: 'company' })
    const first = await page({ first: 2 })
    expect(first).toMatchObject({
      edges: [{ node: { memberId: 'ana' } }, { node: { memberId: 'ben' } }],
      pageInfo: { hasNextPage: true, hasPreviousPage: false, endCursor: first.edges[1].cursor },
    })
    await send('moveMember', 'MoveMemberInput', { memberId: 'ben', groupId: 'dev' })
    expect(await page({ first: 2, after: first.pageInfo.endCursor })).toMatchObject({
      nodes: [{ memberId: 'cem' }],
      pageInfo: { hasNextPage: false, hasPreviousPage: true },
    })
    expect((await gateway.run(admin(team), text, { first: 101 })).codes).toEqual(['BAD_USER_INPUT'])
    expect((await gateway.run(admin(team), text, { after: 'nothing' })).codes).toEqual(['BAD_USER_INPUT'])
  })

  it('takes a tree alone: no group is above itself', async () => {
    const circle = { groupId: 'company', name: 'Company', parentId: 'dev' }
    expect(await send('setMemberGroup', 'MemberGroupInput', circle)).toMatchObject({
      __typename: 'InvalidInput',
      message: expect.stringContaining(
        'groups form trees of at most 5 levels: give a parent that is not below the group',
      ),
    })
  })
})

describe('a rate that needs a role', () => {
  const usage = [{ rate: 'image.background-removal' }]
  const message = 'Background removal needs the role ADMIN: ask an admin of your team'

  it('says so on the rate card', async () => {
    const { rateCard } = await gateway.ask(ben('acme'), '{ rateCard { categories { rates { code role } } } }')
    const roles = new Map(
      rateCard.categories.flatMap(({ rates }: Data) => rates).map(({ code, role }: Data) => [code, role]),
    )
    expect(roles.get('image.background-removal')).toBe('ADMIN')
    expect(roles.get('image.flux-2-pro')).toBe('MEMBER')
  })

  it('is refused below it, as the estimate says, and served from it on', async () => {
    expect((await gateway.ask(ben('globex'), estimate, { usage })).estimate.blockers).toEqual([
      { code: 'ROLE_REQUIRED', message },
    ])
    expect(await spend(ben('globex'), { usage })).toMatchObject({ blockers: [{ code: 'ROLE_REQUIRED', message }] })
    expect((await gateway.ask(admin('globex'), estimate, { usage })).estimate.blockers).toEqual([])
    expect(await spend(admin('globex'), { usage })).toMatchObject({ amount: '20' })
  })
})
