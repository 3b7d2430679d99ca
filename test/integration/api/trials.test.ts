import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeFolder } from '../../setup/folders.ts'
import { ask, type Gateway, startGateway } from '../../setup/gateway.ts'
import { mutate, resultOf } from '../../setup/operator.ts'
import { plainText } from '../ledger/scene.ts'

let gateway: Gateway
let folder: string
beforeAll(async () => {
  folder = await makeFolder('trials-')
  const path = join(folder, 'trials.yaml')
  const week = '[{ id: week, credits: 300, every: WEEK }]'
  const tried = `  - { id: tried, name: Tried, topUp: true, allowances: ${week}, trial: { credits: 40, days: 10 } }\n`
  await writeFile(path, plainText('UTC').replace('plans:\n', `defaultPlan: weekly\nplans:\n${tried}`))
  gateway = await startGateway({ env: { CATALOG: path } })
})
afterAll(async () => {
  await gateway?.close()
  await rm(folder, { recursive: true, force: true })
})

type Trial = { endsAt: string; endedAt: string | null; endReason: string | null }
type Team = { plan: { code: string }; trial: Trial | null; balance: { available: string } }

const teamOf = async (id: string): Promise<Team> =>
  resultOf(
    await ask(
      gateway.url,
      `query ($id: ID!) { result: team(id: $id) {
        plan { code } trial { plan { code } credits endsAt endedAt endReason } balance { available } } }`,
      { id },
    ),
  )

test('a team has a trial once, sees it before, and is on the default plan when it is used up', async () => {
  const { url } = gateway
  const plans = resultOf<{ code: string; trial: unknown }[]>(
    await ask(url, '{ result: plans { code trial { credits days } } }'),
  )
  expect(plans.filter(({ trial }) => trial !== null)).toEqual([{ code: 'tried', trial: { credits: '40', days: 10 } }])

  await mutate(url, 'assignPlan', { teamId: 'acme', planId: 'none' })
  expect((await teamOf('acme')).trial).toBe(null)
  const preview = await ask(
    url,
    '{ result: planChangePreview(planId: "tried", teamId: "acme") { ... on PlanChangePreview { deposited plan { code } } } }',
  )
  expect(resultOf(preview)).toEqual({ deposited: '40', plan: { code: 'tried' } })

  await mutate(url, 'assignPlan', { teamId: 'acme', planId: 'tried' })
  const before = await teamOf('acme')
  expect(before).toMatchObject({
    plan: { code: 'tried' },
    trial: { plan: { code: 'tried' }, credits: '40', endedAt: null, endReason: null },
    balance: { available: '40' },
  })
  const spent = { teamId: 'acme', usage: [{ rate: 'credit', quantity: '40' }] }
  expect((await mutate(url, 'chargeUsage', spent)).__typename).toBe('Charge')
  const after = await teamOf('acme')
  expect(after).toMatchObject({
    plan: { code: 'weekly' },
    trial: { endsAt: before.trial?.endsAt, endReason: 'USED_UP' },
    balance: { available: '100' },
  })

  await mutate(url, 'assignPlan', { teamId: 'acme', planId: 'tried' })
  expect(await teamOf('acme')).toMatchObject({ trial: after.trial, plan: { code: 'tried' } })
})

test('the operator may begin the plan itself, and nobody grants by the source of a trial', async () => {
  const { url } = gateway
  await mutate(url, 'assignPlan', { teamId: 'globex', planId: 'tried', trial: false })
  expect(await teamOf('globex')).toMatchObject({ trial: null, balance: { available: '300' } })
  const grant = { teamId: 'globex', amount: '5', kind: 'PROMOTION', source: 'plan:tried:trial' }
  expect((await mutate(url, 'grantCredits', grant)).__typename).toBe('InvalidInput')
})
