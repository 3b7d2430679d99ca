import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseCatalog } from '../../../../src/catalog/load.ts'
import { operator } from '../gateway.ts'
import { catalogText } from './catalog.ts'
import { openScene, type Scene } from './scene.ts'
import { placesOf, rows, shownTo } from './shown.ts'

let scene: Scene
beforeAll(async () => {
  scene = await openScene(
    parseCatalog(catalogText.replace('name: Matrix', 'name: Matrix\npublic: true'), 'matrix.yaml'),
  )
})
afterAll(() => scene?.close())

const shown = {
  AddOn: 'credits illustrative price',
  PlanTrial: 'credits days',
  Allowance: 'credits every illustrative interval perSeat rollover rolloverUpTo',
  CreditPackage: 'approxMessages code credits id illustrative name price pricePer1000 prices purchasable',
  CustomTopUp: 'illustrative least most purchasable step tiers',
  Money: 'amount currency',
  Plan: 'addOn allowances code contact creditLine id name topUp trial',
  Rate: 'charge code credits free id illustrative money name per requires role roundsUp settlement unit',
  RateCard: 'categories effectiveFrom roundedTo roundingMode version',
  RateCategory: 'code id name rates',
  TopUpTier: 'from perCredit',
}

describe(`${rows.length} ways to fields, where the catalog is public`, () => {
  it('tell nobody its plans, packages, any amount and rate card, and nothing else', async () => {
    expect(await shownTo(scene, null)).toEqual(placesOf(shown).sort())
  })

  it('tell a pill token its plans, rate card, and what scoped credits pay for, too', async () => {
    const text = 'mutation { createPillToken(teamId: "acme", memberId: "ada") { token } }'
    const { token } = (await scene.gateway.ask(operator, text)).createPillToken
    const told = await shownTo(scene, await scene.gateway.services.access.read(`Bearer ${token}`))
    const names = { Balance: 'spendable', ScopedCredits: 'scope', GrantScope: 'categories rates' }
    expect(told).toEqual(expect.arrayContaining([...placesOf(shown), ...placesOf(names)]))
  })
})
