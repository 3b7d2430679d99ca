import { describe, expect, it } from 'vitest'
import { CatalogError, type CatalogFault } from '../../src/catalog/faults.ts'
import { parseCatalog } from '../../src/catalog/load.ts'
import { smallWith } from './catalogs/small.ts'

/** The faults of the catalog with one place changed, which must be there; « marks where the first one stands. */
function faultsWith(from: string, to: string): { faults: readonly CatalogFault[]; place: Partial<CatalogFault> } {
  const marked = smallWith(from, to)
  const before = marked.slice(0, marked.indexOf('«')).split('\n')
  const place = { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
  try {
    parseCatalog(marked.replace('«', ''), 'product.yaml')
  } catch (error) {
    if (error instanceof CatalogError) return { faults: error.faults, place }
    throw error
  }
  return { faults: [], place }
}

/** Two rates of the small catalog: a picture, and the automatic one that chooses it. */
const pictures = (picture: string, automatic: string) =>
  `      - { id: picture, name: Picture,${picture} money: 1, unit: IMAGE }
      - { id: sketch, name: Sketch, free: true, unit: IMAGE }
      - { id: some-picture, name: Some picture,${automatic} auto: [picture, sketch], unit: IMAGE }
`.replace(/,(?=[a-z]+:)/g, ', ')

it('what fits has no fault', () => {
  expect(faultsWith('name: Product', 'name: Product').faults).toEqual([])
})

it('another version of YAML is refused where it is declared', () => {
  const text = smallWith('name: Product', 'name: Product')
  expect(() => parseCatalog(`%YAML 1.1\n---\n${text}`, 'product.yaml')).toThrow(
    'product.yaml:1:1: the file declares YAML 1.1, in which yes, 010 and 1:30 are other values',
  )
  expect(() => parseCatalog(`%YAML 1.2\n---\n${text}`, 'product.yaml')).not.toThrow()
})

describe('one fault, at its place', () => {
  it.each([
    [
      'a trial of more days than a year has',
      'addOn: { credits: 10, price: 1 }',
      'trial: { credits: 5, days: «367 }',
      'plans[0].trial.days',
      'for how many days of 24 hours: a whole number from 1 to 366',
    ],
    [
      'a trial without credits',
      'addOn: { credits: 10, price: 1 }',
      'trial: { credits: «0, days: 7 }',
      'plans[0].trial.credits',
      'what the trial gives, once: credits above 0, with at most 12 integer and 6 fraction digits, such as 13.05',
    ],
    [
      'a weekday for months',
      'anchor: 15',
      'anchor: «monday',
      'plans[0].allowances[1].anchor',
      'calendar, a day from 1 to 31 or subscription, because it deposits every MONTH',
    ],
    [
      'a day of the month for weeks',
      'anchor: friday',
      'anchor: «15',
      'plans[0].allowances[0].anchor',
      'calendar, a weekday or subscription, because it deposits every WEEK',
    ],
    [
      'a day of the month for years',
      'anchor: subscription',
      'anchor: «1',
      'plans[0].allowances[2].anchor',
      'calendar or subscription, because it deposits every YEAR',
    ],
    [
      'two allowances of one id in a plan',
      '- { id: month',
      '- { id: «week',
      'plans[0].allowances[1].id',
      'an id that no other of the allowances has',
    ],
    [
      'a purchase of which nothing can be spent at once',
      'defaultPlan: small',
      'defaultPlan: small\nfraud: { newTeamCredits: { percentAtOnce: «0, restAfterHours: 24 } }',
      'fraud.newTeamCredits.percentAtOnce',
      'the percentage of its credits that can be spent at once: a whole number from 1 to 99',
    ],
    [
      'a purchase of which everything can be spent at once',
      'defaultPlan: small',
      'defaultPlan: small\nfraud: { newTeamCredits: { percentAtOnce: «100, restAfterHours: 24 } }',
      'fraud.newTeamCredits.percentAtOnce',
      'the percentage of its credits that can be spent at once: a whole number from 1 to 99',
    ],
    [
      'a lock of more than a month',
      'defaultPlan: small',
      'defaultPlan: small\nfraud: { newTeamCredits: { percentAtOnce: 25, restAfterHours: «721 } }',
      'fraud.newTeamCredits.restAfterHours',
      'the hours after which the rest can be spent, too: a whole number from 1 to 720',
    ],
    [
      'one allowance with two cadences in two plans',
      'credits: 50, every: WEEK',
      'credits: 50, every: «MONTH',
      'plans[1].allowances[0].every',
      "WEEK, as 'week' of the plan 'small' deposits, or an id of its own",
    ],
    [
      'a year upfront for who pays by the month',
      'anchor: subscription, interval: YEAR',
      'anchor: subscription, interval: «MONTH',
      'plans[0].allowances[2].interval',
      'YEAR, because who pays by the month cannot have a year of credits upfront',
    ],
    [
      'a default plan that is not there',
      'defaultPlan: small',
      'defaultPlan: «medium',
      'defaultPlan',
      'a plan of this catalog: small, large',
    ],
    [
      'an add-on that is too cheap to be paid',
      'addOn: { credits: 10, price: 1 }',
      'addOn: { credits: 10, price: «0.001 }',
      'plans[0].addOn.price',
      'a price that can be paid in USD: 0.5 to 999999.99, in steps of 0.01',
    ],
    [
      'a package that is too cheap to be paid',
      'packages: []',
      'packages: [{ id: gift, name: Gift, credits: 1, price: «0.005 }]',
      'packages[0].price',
      'a price that can be paid in USD: 0.5 to 999999.99, in steps of 0.01',
    ],
    [
      'an add-on without a cycle',
      'allowances:\n      - { id: week, credits: 50, every: WEEK }',
      'addOn: «{ credits: 1, price: 1 }',
      'plans[1].addOn',
      'an add-on only on a plan with an allowance, whose periods are its cycle',
    ],
    [
      'a typical message of a rate that is not there',
      'rate: words',
      'rate: «wrods',
      'typicalMessage[0].rate',
      'a rate of this catalog that has its own price and is paid in credits',
    ],
    [
      'a typical message of a metered rate',
      'rate: words',
      'rate: «metered',
      'typicalMessage[0].rate',
      'a rate of this catalog that has its own price and is paid in credits',
    ],
    [
      'a typical message of a free rate',
      'rate: words',
      'rate: «sketch',
      'typicalMessage[0].rate',
      'a rate of this catalog that has its own price and is paid in credits',
    ],
    [
      'a typical message of an automatic rate',
      'rate: words',
      'rate: «some-picture',
      'typicalMessage[0].rate',
      'a rate of this catalog that has its own price and is paid in credits',
    ],
    [
      'a typical message that names a rate twice',
      'quantity: 500 }',
      'quantity: 500 }, { rate: «words, quantity: 1 }',
      'typicalMessage[1].rate',
      'each rate once, with all that the message uses of it',
    ],
    [
      'a typical message with half a picture',
      'rate: words, quantity: 500',
      'rate: picture, quantity: «0.5',
      'typicalMessage[0].quantity',
      'a whole number, because the rate counts IMAGE',
    ],
    [
      'a choice that only admins may spend on',
      'money: 1, unit: IMAGE }\n',
      'money: 1, unit: IMAGE, role: ADMIN }\n',
      'categories[0].rates[3].auto[0]',
      'a rate that every MEMBER may spend on, because this one is for them (or give this one role: ADMIN)',
    ],
    [
      'a choice that is charged at another time',
      'money: 1, unit: IMAGE }\n',
      'money: 1, unit: IMAGE, charge: at-start }\n',
      'categories[0].rates[3].auto[0]',
      'a rate that is charged at-success, because this one is',
    ],
    [
      'a metered rate that is priced in credits',
      'money: 1, unit: USE',
      'credits: «1, unit: USE',
      'categories[0].rates[4].credits',
      'a price in money, because the rate is metered',
    ],
    [
      'a price in money that has no price in credits',
      'creditsPerCurrencyUnit: 100\n',
      '',
      'categories[0].rates[1].money',
      'a price in credits, because the catalog has no creditsPerCurrencyUnit',
    ],
    [
      'plans of a rate that requires none',
      'unit: TOKEN',
      'unit: TOKEN, plans: «[small]',
      'categories[0].rates[0].plans',
      'the plans that satisfy PLAN, if and only if the rate requires PLAN',
    ],
    [
      'a rate that requires a plan and names none',
      'unit: TOKEN',
      'unit: TOKEN, requires: [PLAN], plans: «[]',
      'categories[0].rates[0].plans',
      'the plans that satisfy PLAN, if and only if the rate requires PLAN',
    ],
    [
      'a choice that is settled otherwise',
      'money: 1, unit: IMAGE }',
      'money: 1, unit: IMAGE, settlement: METERED }',
      'categories[0].rates[3].auto[0]',
      'a rate with settlement CREDITS, because this one has it',
    ],
    [
      'a choice that requires more',
      'money: 1, unit: IMAGE }',
      'money: 1, unit: IMAGE, requires: [TOP_UPS_ENABLED] }',
      'categories[0].rates[3].auto[0]',
      'a rate that requires no more than this one (TOP_UPS_ENABLED is missing here)',
    ],
    [
      'a choice that fewer plans may use',
      pictures('', ''),
      pictures('requires: [PLAN], plans: [small],', 'requires: [PLAN], plans: [large, small],'),
      'categories[0].rates[3].auto[0]',
      'a rate that all plans of this one may use (small)',
    ],
    [
      'a choice that takes fewer at once',
      pictures('', ''),
      pictures('maxCount: 2,', 'maxCount: 3,'),
      'categories[0].rates[3].auto[0]',
      'a rate that takes as many at once as this one (give this one maxCount: 2)',
    ],
    [
      'a notice with names where it has no facts',
      'exhaustedNoGrant: b',
      'exhaustedNoGrant: «"{x} {date}"',
      'notices.exhaustedNoGrant',
      'nothing in braces',
    ],
  ])('%s', (_what, from, to, path, expected) => {
    const { faults, place } = faultsWith(from, to)
    expect(faults).toMatchObject([to.includes('«') ? { ...place, path, expected } : { path, expected }])
  })

  it('an automatic rate for admins may choose one for admins', () => {
    const { faults } = faultsWith(
      'money: 1, unit: IMAGE }\n      - { id: sketch, name: Sketch, free: true, unit: IMAGE }\n      - { id: some-picture, name: Some picture,',
      'money: 1, unit: IMAGE, role: ADMIN }\n      - { id: sketch, name: Sketch, free: true, unit: IMAGE }\n      - { id: some-picture, role: ADMIN, name: Some picture,',
    )
    expect(faults).toEqual([])
  })
})

it.each([
  ['a choice that more plans may use', 'requires: [PLAN], plans: [large, small],', 'requires: [PLAN], plans: [small],'],
  ['a choice that requires less', '', 'requires: [TOP_UPS_ENABLED],'],
  ['a choice that takes as many at once', 'maxCount: 2,', 'maxCount: 2,'],
  ['a choice that takes any number at once', '', 'maxCount: 2,'],
])('%s fits', (_what, picture, automatic) => {
  const sketchToo = pictures(picture, automatic).replace('Sketch,', `Sketch, ${picture}`)
  expect(faultsWith(pictures('', ''), sketchToo).faults).toEqual([])
})

it('a typical message with whole pictures, or with half a thing that is not counted in whole ones, fits', () => {
  expect(faultsWith('rate: words, quantity: 500', 'rate: picture, quantity: 2').faults).toEqual([])
  expect(faultsWith('unit: TOKEN', 'unit: MINUTE').faults).toEqual([])
  const minutes = 'rate: words, quantity: 0.5 }]'
  expect(
    parseCatalog(smallWith('unit: TOKEN', 'unit: MINUTE').replace('rate: words, quantity: 500 }]', minutes), '').name,
  ).toBe('Product')
})

it.each([
  ['free: true, unit: IMAGE', 'unit: IMAGE', 'has no price'],
  ['free: true, unit: IMAGE', 'free: true, money: 1, unit: IMAGE', 'has 2 prices (money, free)'],
  ['low: c', 'low: "{day} {hour}"', 'names {day}, {hour}'],
])('%s → %s: the fault tells that it %s', (from, to, problem) => {
  expect(faultsWith(from, to).faults).toMatchObject([{ problem }])
})

describe('a value that may be written in several ways', () => {
  it.each([
    [
      'no anchor',
      'anchor: friday',
      'anchor: «someday',
      'plans[0].allowances[0].anchor',
      'when periods begin: calendar',
    ],
    ['a day no month has', 'anchor: 15', 'anchor: «32', 'plans[0].allowances[1].anchor', 'a day from 1 to 31'],
    [
      'no rollover',
      'rollover: { upTo: 10 }',
      'rollover: «some',
      'plans[0].allowances[1].rollover',
      'none, full (all of it)',
    ],
    [
      'a rollover of nothing',
      'upTo: 10',
      'upTo: «0',
      'plans[0].allowances[1].rollover.upTo',
      'the most that is carried over: credits above 0',
    ],
    [
      'a rollover with a wrong key',
      'upTo: 10',
      '«most: 10, upTo: 10',
      'plans[0].allowances[1].rollover.most',
      'one of upTo',
    ],
    [
      'more than all of the usage',
      'percentOfMonthlyUsage: 25',
      'percentOfMonthlyUsage: «101',
      'lowThreshold.percentOfMonthlyUsage',
      'above 0 and at most 100',
    ],
    [
      'a threshold that is none',
      '{ percentOfMonthlyUsage: 25 }',
      '«often',
      'lowThreshold',
      'below what a balance is low',
    ],
    ['a threshold in two keys', '25 }', '25, «credits: 5 }', 'lowThreshold.credits', 'one of percentOfMonthlyUsage'],
    ['no quantity', 'quantity: 500', 'quantity: «much', 'typicalMessage[0].quantity', 'a quantity above 0'],
    ['an empty message', '[{ rate: words, quantity: 500 }]', '«[]', 'typicalMessage', 'a list of rate and quantity'],
    [
      'a message that is none',
      '[{ rate: words, quantity: 500 }]',
      '«short',
      'typicalMessage',
      'or the credits it costs',
    ],
  ])('%s is told where it stands', (_what, from, to, path, expected) => {
    const { faults, place } = faultsWith(from, to)
    expect(faults).toMatchObject([{ ...place, path, expected: expect.stringContaining(expected) }])
  })

  it('a missing part of it is told at the part', () => {
    const { faults } = faultsWith(', quantity: 500', '')
    expect(faults).toMatchObject([{ path: 'typicalMessage[0].quantity', problem: 'is missing' }])
  })
})
