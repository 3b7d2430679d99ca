import { parseCatalog } from '../../../../src/catalog/load.ts'

/** A catalog in which every field of the schema has a value somewhere. */
export const catalogText = `
name: Matrix
currency: USD
timeZone: UTC
creditsPerCurrencyUnit: 1000
typicalMessage: [{ rate: video, quantity: 2 }]
lowThreshold: 10
rounding: { to: 0.000001, mode: half-up }
notices:
  exhausted: Exhausted until {date}
  exhaustedNoGrant: Exhausted
  low: Low
  insufficient: Insufficient
  creditsAdded: Credits added
defaultPlan: pro
plans:
  - id: pro
    name: Pro
    topUp: true
    contact: sales@credits.example
    allowances:
      - { id: week, credits: 500, every: WEEK, anchor: calendar, rollover: { upTo: 100 }, illustrative: true }
      - { id: month, credits: 100, every: MONTH, anchor: subscription, interval: MONTH, perSeat: true }
    addOn: { credits: 60, price: 10, illustrative: true }
    creditLine: 10
  - { id: tried, name: Tried, topUp: true, allowances: [], trial: { credits: 0.000001, days: 366 } }
  - { id: closed, name: Closed, topUp: false, contact: sales@credits.example, allowances: [] }
creditLine: { perCredit: 0.01 }
fraud: { newTeamCredits: { percentAtOnce: 25, restAfterHours: 720 } }
packages:
  - { id: starter, name: Starter, credits: 5000, price: 5, illustrative: true }
customTopUp:
  { least: 500, most: 50000, step: 500, tiers: [{ from: 500, perCredit: 0.001 }], illustrative: true }
categories:
  - id: all
    name: All
    rates:
      - { id: image, name: Image, money: 0.03, unit: IMAGE, illustrative: true }
      - { id: video, name: Video, credits: 10, unit: SECOND }
      - { id: free, name: Free, free: true, unit: USE }
      - { id: start, name: Start, credits: 5, per: 30, unit: SECOND, roundsUp: true, charge: at-start }
      - { id: metered, name: Metered, money: 0.04, unit: USE, settlement: METERED }
      - { id: storage, name: Storage, credits: 1, unit: GB_DAY }
      - { id: closed, name: Closed, credits: 1, unit: USE, requires: [PLAN], plans: [closed] }
  - { id: music, name: Music, rates: [{ id: song, name: Song, credits: 2, unit: USE }] }
`
export const catalog = parseCatalog(catalogText, 'matrix.yaml')
