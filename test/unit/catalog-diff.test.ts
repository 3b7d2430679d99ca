import { expect, it } from 'vitest'
import { customerChanges } from '../../src/catalog/diff.ts'
import { loadCatalog, parseCatalog } from '../../src/catalog/load.ts'
import { small, smallWith } from './catalogs/small.ts'

const changesOf = (old: string, next: string) =>
  customerChanges(parseCatalog(old, 'old.yaml'), parseCatalog(next, 'new.yaml'))

const trying = (trial: string) => `addOn: { credits: 10, price: 1 }\n    trial: ${trial}`

it.each([
  // Trials
  [
    'addOn: { credits: 10, price: 1 }',
    trying('{ credits: 50, days: 1 }'),
    ['Plan Small, trial of a new team: none → 50 credits for 1 day'],
  ],
  // Rates
  ['money: 1, unit: IMAGE', 'money: 1.25, unit: IMAGE', ['Picture: $1 → $1.25 an image (25% dearer)']],
  ['money: 1, unit: IMAGE', 'money: 0.999, unit: IMAGE', ['Picture: $1 → $0.999 an image (less than 1% cheaper)']],
  [
    'credits: 1, per: 100',
    'credits: 1, per: 200',
    [
      'Words: 1 credit per 100 tokens → 1 credit per 200 tokens (50% cheaper)',
      'A typical message costs 5 credits → 2.5 credits',
    ],
  ],
  [
    'per: 100, unit: TOKEN',
    'per: 100, unit: TOKEN, roundsUp: true',
    ['Words: 1 credit per 100 tokens → 1 credit per started 100 tokens'],
  ],
  ['free: true', 'credits: 2', ['Sketch: free → 2 credits an image']],
  ['money: 1, unit: IMAGE', 'free: true, unit: IMAGE', ['Picture: $1 an image → free']],
  ['money: 1, unit: USE', 'money: 2, unit: USE', ['Metered: $1 → $2 a use (100% dearer)']],
  [
    'unit: TOKEN',
    'unit: CHARACTER',
    ['Words: 1 credit per 100 tokens → 1 credit per 100 characters', 'Words is counted in tokens → characters'],
  ],
  ['auto: [picture, sketch]', 'auto: [sketch]', ['Some picture: as Picture or Sketch → as Sketch']],
  ['auto: [picture, sketch]', 'auto: [sketch, picture]', []],
  [
    '      - { id: metered',
    '      - { id: sound, name: Sound, credits: 3, unit: SECOND }\n      - { id: metered',
    ['New rate Sound in All: 3 credits a second'],
  ],
  [
    '      - { id: metered, name: Metered, money: 1, unit: USE, settlement: METERED }\n',
    '',
    ['Metered is no longer offered'],
  ],
  [', settlement: METERED', '', ['Metered is metered and billed in money → paid in credits']],
  ['name: Words', 'name: Text', ['Rate Words → Text']],
  [
    'unit: TOKEN',
    'unit: TOKEN, requires: [PLAN, TOP_UPS_ENABLED], plans: [large, small]',
    ['Words needs nothing → the plan Small or Large, and top-ups enabled'],
  ],
  ['unit: TOKEN', 'unit: TOKEN, maxCount: 4', ['Words, in one request: as many as wanted → at most 4']],
  [
    'unit: TOKEN',
    'unit: TOKEN, charge: at-start',
    ['Words is charged when it succeeds → at the start, back if it fails'],
  ],
  ['unit: TOKEN', 'unit: TOKEN, role: ADMIN', ['Words is for every member → admins only']],
  ['unit: TOKEN', 'unit: TOKEN, illustrative: true', ['Words is now marked as illustrative']],
  ['name: All\n', 'name: Everything\n', ['Category All → Everything']],
  [
    '      - { id: metered',
    '  - id: rest\n    name: Rest\n    rates:\n      - { id: metered',
    ['Metered moves from All to Rest'],
  ],
  // Plans
  [
    'credits: 50, every: WEEK',
    'credits: 60, every: WEEK',
    ['Plan Large deposits 50 → 60 credits a week from its next deposit'],
  ],
  [
    'credits: 50, every: WEEK',
    'credits: 50, perSeat: true, every: WEEK',
    ['Plan Large deposits 50 credits a week → 50 credits per seat a week from its next deposit'],
  ],
  ['anchor: friday', 'anchor: sunday', ['Plan Small, 5 credits a week: from Fridays → from Sundays']],
  [
    'anchor: 15',
    'anchor: calendar',
    ['Plan Small, 20 credits a month: from day 15 of the month → from the first of the month'],
  ],
  ['interval: YEAR', '', ['Plan Small, 240 credits a year: for who pays by the year → for every subscription']],
  [
    'rollover: { upTo: 10 }',
    'rollover: full',
    [
      'Plan Small, 20 credits a month: what is left at the end of a period is carried over up to 10 credits → carried over',
    ],
  ],
  [
    'credits: 50, every: WEEK',
    'credits: 50, every: WEEK, illustrative: true',
    ['The deposit of plan Large, 50 credits a week, is now marked as illustrative'],
  ],
  [
    '      - { id: week, credits: 50, every: WEEK }\n',
    '      - { id: week, credits: 50, every: WEEK }\n      - { id: month, credits: 9, every: MONTH, interval: YEAR }\n',
    [
      'Plan Large also deposits 9 credits a month for who pays by the year, from the first of the month (what is left at the end of a period is lost)',
    ],
  ],
  [
    '    allowances:\n      - { id: week, credits: 50, every: WEEK }\n',
    '',
    ['Plan Large no longer deposits 50 credits a week'],
  ],
  [
    'addOn: { credits: 10, price: 1 }',
    'addOn: { credits: 20, price: 1.5 }',
    ['Plan Small, add-on units: 10 credits for $1 a cycle → 20 credits for $1.50 a cycle'],
  ],
  ['    addOn: { credits: 10, price: 1 }\n', '', ['Plan Small, add-on units: 10 credits for $1 a cycle → not sold']],
  [
    'addOn: { credits: 10, price: 1 }',
    'addOn: { credits: 10, price: 1, illustrative: true }',
    ['The add-on unit of plan Small is now marked as illustrative'],
  ],
  [
    'name: Large\n    topUp: true',
    'name: Large\n    topUp: false\n    contact: sales',
    ['Plan Large, more credits: packages can be bought → contact sales for more credits'],
  ],
  ['name: Large', 'name: Huge', ['Plan Large → Huge']],
  [
    'packages: []',
    '  - { id: own, name: Own, topUp: false, contact: sales }\npackages: []',
    ['New plan Own: contact sales for more credits'],
  ],
  [
    '  - id: large\n    name: Large\n    topUp: true\n    allowances:\n      - { id: week, credits: 50, every: WEEK }\n',
    '',
    ['Plan Large is no longer offered'],
  ],
  ['defaultPlan: small', 'defaultPlan: large', ['A new team begins on the plan Small → on the plan Large']],
  ['defaultPlan: small\n', '', ['A new team begins on the plan Small → without a plan']],
  // Packages
  [
    'packages: []',
    'packages: [{ id: mini, name: Mini, credits: 2000, price: 19.5 }]',
    ['New package Mini: 2,000 credits for $19.50'],
  ],
  // Policies and notices
  ['name: Product', 'name: Thing', ['The product is called Product → Thing']],
  ['timeZone: UTC', 'timeZone: Europe/Rome', ['Calendar periods begin in the time zone UTC → Europe/Rome']],
  [
    'creditsPerCurrencyUnit: 100',
    'creditsPerCurrencyUnit: 120',
    ['Work that is priced in money is paid from the balance at 100 credits for $1 → 120 credits for $1 (20% dearer)'],
  ],
  ['quantity: 500', 'quantity: 600', ['A typical message costs 5 credits → 6 credits']],
  ['{ percentOfMonthlyUsage: 25 }', '100', ['A balance is low below 25% of the last 30 days’ usage → 100 credits']],
  [
    'mode: half-up',
    'mode: up',
    ['Each line of a charge is rounded half-up to 0.000001 credits → up to 0.000001 credits'],
  ],
  [
    'storageAtZero: stop',
    'storageAtZero: stop\npublic: true',
    ['Plans, packages and rates are shown with a token → to anyone'],
  ],
  ['ADD_ON: 10', 'ADD_ON: 20', ['New ADD_ON credits burn at priority (lower first) 10 → 20']],
  ['ADD_ON: cycle', 'ADD_ON: never', ['New ADD_ON credits end with the running cycle → never expire']],
  [
    'planChanges: next-deposit',
    'planChanges: at-once',
    ['Another plan or number of seats counts from the next deposit → at once, in proportion'],
  ],
  ['storageAtZero: stop', 'storageAtZero: owe', ['Storage that the balance does not cover is not charged → owed']],
  [
    'storageAtZero: stop',
    'storageAtZero: stop\npromotionCodes: true',
    ['Promotion codes are not taken → taken at Checkout'],
  ],
  ['low: c', 'low: "Low: {balance}"', ['The notice low says “c” → “Low: {balance}”']],
])('%s → %s', (from, to, changes) => {
  expect(changesOf(small, smallWith(from, to))).toEqual(changes)
})

it('a package that changes, and one that goes', () => {
  const selling = (packages: string) => smallWith('packages: []', `packages: [${packages}]`)
  const mini = '{ id: mini, name: Mini, credits: 2000, price: 20 }'
  expect(changesOf(selling(mini), small)).toEqual(['Package Mini is no longer sold'])
  expect(
    changesOf(selling(mini), selling('{ id: mini, name: Tiny, credits: 2500, price: 20, illustrative: true }')),
  ).toEqual([
    'Package Mini → Tiny',
    'Package Tiny: 2,000 credits for $20 → 2,500 credits for $20 (20% cheaper a credit)',
    'Package Tiny is now marked as illustrative',
  ])
})

it('a requirement that names its plans in another order, or a plan that is called otherwise, changes no rate', () => {
  const needing = (plans: string) => smallWith('unit: TOKEN', `unit: TOKEN, requires: [PLAN], plans: [${plans}]`)
  expect(changesOf(needing('small, large'), needing('large, small'))).toEqual([])
  expect(changesOf(needing('large'), needing('large').replace('name: Large', 'name: Huge'))).toEqual([
    'Plan Large → Huge',
  ])
  expect(changesOf(needing('large'), needing('small'))).toEqual(['Words needs the plan Large → the plan Small'])
})

it('another currency is told, and not compared', () => {
  const changes = changesOf(small, smallWith('currency: USD', 'currency: EUR'))
  expect(changes).toContain('Prices are in USD → EUR')
  expect(changes).toContain('Picture: $1 → €1 an image')
  expect(changes).toContain('Metered: $1 → €1 a use')
})

it('comments, layout, order and what is said twice change nothing', () => {
  const wevion = loadCatalog('catalogs/wevion.yaml')
  const again = wevion.source
    .replaceAll(/^ *#.*$/gm, '')
    .replace('money: 0.10,', 'money: "0.1",')
    .replace('name: Wevion\ncurrency: USD', 'currency: USD\nname: Wevion\nplanChanges: next-deposit')
    .replace(/( {2}- \{ id: starter, .*\n)( {2}- \{ id: standard, .*\n)/, '$2$1')
    .replace('[tts.elevenlabs, tts.openai]', '[tts.openai, tts.elevenlabs]')
  const other = parseCatalog(again, 'again.yaml')
  expect(other.packages[0]?.id).toBe('standard')
  expect(customerChanges(wevion, other)).toEqual([])
})
