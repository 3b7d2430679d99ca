import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Viewer } from '../../../../src/access/viewer.ts'
import { operator } from '../gateway.ts'
import { answersTo } from './answers.ts'
import { type ArgumentRow, argumentRows, textOf, typeOf } from './arguments.ts'
import { columns } from './columns.ts'
import { openScene, type Scene } from './scene.ts'
import { placesOf, rows, shownTo } from './shown.ts'

/** Every field that a pill token may see. */
const told = {
  AccountEvent: 'amount at balance id message revision type',
  AddOn: 'credits illustrative price',
  Allowance: 'credits every illustrative interval perSeat rollover rolloverUpTo',
  AllowancePeriod: 'allowance remaining resetsAt startsAt used',
  AutoRecharge: 'enabled lastFailure state',
  Balance:
    'additional asOf available held id included label locked lowThreshold nextExpiry nextUnlock owed period revision runwaySeconds scoped state team',
  CustomTopUp: 'illustrative least most purchasable step tiers',
  CreditPackage: 'approxMessages code credits id illustrative name price pricePer1000 prices purchasable',
  // Of refusals.
  Error: 'code message',
  Expiry: 'amount at',
  Unlock: 'amount at',
  ScopedCredits: 'available nextExpiry',
  LowBalanceAlert: 'autoRecharge balance canPurchase message nextGrantAt state',
  Money: 'amount currency',
  NotAllowed: 'code message',
  // The plan of the scene's team has no trial.
  Plan: 'addOn allowances code contact creditLine id name topUp',
  Team: 'balance currencies currency id lastEventId name plan',
  TopUpTier: 'from perCredit',
  Viewer: 'memberId role team',
}
/** Every further field for a pill token that may buy. */
const toldToBuyers = {
  AmountNotSold: 'code least message most step',
  AutoRecharge: 'actionUrl maxPerDay monthlyCap package rechargesToday spentThisMonth threshold',
  // Empty for whoever may not buy.
  LowBalanceAlert: 'packages',
  NoPaymentMethod: 'code message setupUrl',
  PageInfo: 'endCursor hasNextPage hasPreviousPage startCursor',
  PaymentActionRequired: 'actionUrl code message',
  PaymentDeclined: 'code declineCode message',
  PaymentUnavailable: 'code message retryAfterSeconds',
  Purchase:
    'balance cause checkoutUrl confirmUrl createdAt credits discount failure id invoiceUrl isUnderWay net package paymentReference price refunded state team total',
  PurchaseConnection: 'edges nodes pageInfo totalCount',
  PurchaseEdge: 'cursor node',
  PurchasePreview: 'credits currentBalance locked net package price projectedBalance total unlocksAt',
  Team: 'autoRecharge purchases',
  UnknownPackage: 'code message',
}
/** The root fields that answer; all others are refused. */
const roots = {
  Query: {
    currencies: 'served',
    customTopUp: 'CustomTopUp',
    packages: 'CreditPackage',
    promotionCodes: 'served',
    team: 'Team',
    viewer: 'Viewer',
  },
  Subscription: { accountEvents: 'AccountEvent', balance: 'Balance', lowBalance: 'LowBalanceAlert' },
}
const rootsOfBuyers = {
  Query: { purchasePreview: 'PurchasePreview', rechargeMandate: 'served' },
  Mutation: { configureAutoRecharge: 'AutoRecharge', purchaseCredits: 'Purchase' },
}

let scene: Scene
const pills: Record<string, Viewer> = {}
beforeAll(async () => {
  scene = await openScene()
  for (const mayBuy of [false, true]) {
    const text = `mutation { createPillToken(teamId: "acme", memberId: "ada", mayBuy: ${mayBuy}) { token } }`
    const { token } = (await scene.gateway.ask(operator, text)).createPillToken
    pills[`${mayBuy}`] = (await scene.gateway.services.access.read(`Bearer ${token}`)) ?? expect.unreachable('nobody')
  }
})
afterAll(() => scene?.close())

describe(`${rows.length} ways to fields below the root`, () => {
  it('tell a pill token what it may watch, and nothing else', async () => {
    expect(await shownTo(scene, pills.false as Viewer)).toEqual(placesOf(told).sort())
  })

  it('tell one that may buy its purchases and what buying needs beside, and nothing else', async () => {
    expect(await shownTo(scene, pills.true as Viewer)).toEqual([...placesOf(told), ...placesOf(toldToBuyers)].sort())
  })
})

const admin = columns.find(({ name }) => name === 'ADMIN')

async function rootsOf(viewer: Viewer): Promise<Record<string, string>> {
  const root = (row: ArgumentRow) => /^(Query|Mutation|Subscription)\./.test(row.field.name)
  const found: Record<string, string> = {}
  for (const row of argumentRows.filter(root)) {
    if (admin === undefined) throw new Error('There is no column of an admin')
    const text = textOf(row, admin, scene.ids)
    const [answer] = await answersTo(scene.gateway, viewer, row.field.kind, [text])
    const told = answer?.codeOf() ?? typeOf(answer?.value)
    if (!/^(FORBIDDEN|NotAllowed|nothing)$/.test(told)) found[row.field.name] = told
  }
  return found
}
const flat = (fields: Readonly<Record<string, Readonly<Record<string, string>>>>) =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([type, names]) =>
      Object.entries(names).map(([name, is]) => [`${type}.${name}`, is]),
    ),
  )

describe('the fields of the root', () => {
  it('are refused to a pill token, but for those that it watches with', async () => {
    expect(await rootsOf(pills.false as Viewer)).toEqual(flat(roots))
  })

  it('are refused to one that may buy, but for those that it buys with', async () => {
    scene.payments.tell({})
    expect(await rootsOf(pills.true as Viewer)).toEqual({ ...flat(roots), ...flat(rootsOfBuyers) })
  })
})
