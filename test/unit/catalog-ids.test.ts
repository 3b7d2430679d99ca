import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadCatalog, parseCatalog } from '../../src/catalog/load.ts'
import { catalogId, categoryId, codeOf, packageId, planId, rateId } from '../../src/resolvers/request/catalog-ids.ts'

const file = 'catalogs/wevion.yaml'
const wevion = loadCatalog(file)
const changed = (from: string, to: string) => {
  const text = readFileSync(file, 'utf8')
  expect(text).toContain(from)
  return parseCatalog(text.replace(from, to), file)
}
const idsOf = ({ plans, packages, rateCard: card }: typeof wevion) => ({
  plans: plans.map(planId),
  packages: packages.map(packageId),
  categories: card.categories.map((category) => categoryId({ category, card })),
  rates: card.categories.flatMap(({ rates }) => rates.map((rate) => rateId({ rate, card }))),
})
const differences = (other: typeof wevion) =>
  Object.values(idsOf(wevion))
    .flat()
    .filter((id) => !Object.values(idsOf(other)).flat().includes(id)).length

describe('the id of what a catalog has', () => {
  it('is unique over all types, and opaque', () => {
    const ids = Object.values(idsOf(wevion)).flat()
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of ids) expect(id).toMatch(/^[\w-]+$/)
    const [plan, pack] = [wevion.plans, wevion.packages].map((all: readonly { id: string }[]) =>
      all.find(({ id }) => id === 'pro'),
    )
    expect([plan?.id, pack?.id]).toEqual(['pro', 'pro'])
  })

  it('is the same while its content is, in whichever catalog', () => {
    expect(idsOf(changed('timeZone: UTC', 'timeZone: Europe/Rome'))).toEqual(idsOf(wevion))
  })

  it('changes with its content alone: a rate takes its category along, because the category shows it', () => {
    expect(differences(changed('name: Flux 2 Pro, money: 0.03', 'name: Flux 2 Pro, money: 0.06'))).toBe(2)
    expect(
      differences(changed('name: Starter, credits: 5000, price: 5 ', 'name: Starter, credits: 5000, price: 6 ')),
    ).toBe(1)
  })

  it('changes where only the credits for its money do', () => {
    const { rateCard: card } = wevion
    const rate = card.rates.get('image.flux-2-pro')
    if (rate === undefined) throw new Error('The rate is in the catalog')
    const other = { ...card, creditsPerMoney: { currency: 'USD', credits: 7n } }
    expect(rateId({ rate: { ...rate }, card: other })).not.toBe(rateId({ rate, card }))
  })
})

describe('the code of an id', () => {
  it('is what every version of the id names, and the text itself where it is no id of the type', () => {
    for (const { id } of wevion.packages) {
      expect(codeOf('CreditPackage', id)).toBe(id)
      for (const version of ['000000000000', 'abcdef012345']) {
        expect(codeOf('CreditPackage', catalogId('CreditPackage', id, version))).toBe(id)
        const plan = catalogId('Plan', id, version)
        expect(codeOf('CreditPackage', plan)).toBe(plan)
      }
    }
  })

  it('is read from the very text that was handed out', () => {
    const text = 'Plan:000000000000:pro'
    const encoded = (plain: string) => Buffer.from(plain).toString('base64url')
    expect(codeOf('Plan', encoded(text))).toBe('pro')
    for (const other of [
      ...[`${encoded(text)}=`, ` ${encoded(text)}`, encoded(`${text}\n`), encoded('Plan:00000000000g:pro')],
      ...[encoded('Plan:000000000000:'), encoded('Plan:000000000000:PRO'), encoded(`${text}${'x'.repeat(200)}`)],
    ]) {
      expect(codeOf('Plan', other)).toBe(other)
    }
  })

  it('is total: any text has one', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (text) => {
        for (const id of [text, Buffer.from(text).toString('base64url')]) expect(codeOf('Rate', id)).toBe(id)
      }),
    )
  })
})
