/** A small catalog in which everything fits. */
export const small = `name: Product
currency: USD
timeZone: UTC
creditsPerCurrencyUnit: 100
typicalMessage: [{ rate: words, quantity: 500 }]
burnPriority: { INCLUDED: 0, ADD_ON: 10 }
expiry: { ADD_ON: cycle }
planChanges: next-deposit
storageAtZero: stop
lowThreshold: { percentOfMonthlyUsage: 25 }
rounding: { to: 0.000001, mode: half-up }
notices: { exhausted: a, exhaustedNoGrant: b, low: c, insufficient: d, creditsAdded: e }
defaultPlan: small
plans:
  - id: small
    name: Small
    topUp: true
    allowances:
      - { id: week, credits: 5, every: WEEK, anchor: friday }
      - { id: month, credits: 20, every: MONTH, anchor: 15, interval: MONTH, rollover: { upTo: 10 } }
      - { id: year, credits: 240, every: YEAR, anchor: subscription, interval: YEAR }
    addOn: { credits: 10, price: 1 }
  - id: large
    name: Large
    topUp: true
    allowances:
      - { id: week, credits: 50, every: WEEK }
packages: []
categories:
  - id: all
    name: All
    rates:
      - { id: words, name: Words, credits: 1, per: 100, unit: TOKEN }
      - { id: picture, name: Picture, money: 1, unit: IMAGE }
      - { id: sketch, name: Sketch, free: true, unit: IMAGE }
      - { id: some-picture, name: Some picture, auto: [picture, sketch], unit: IMAGE }
      - { id: metered, name: Metered, money: 1, unit: USE, settlement: METERED }
`

/** The small catalog with one place changed, which must be there. */
export function smallWith(from: string, to: string): string {
  if (!small.includes(from)) throw new Error(`The small catalog no longer says ${JSON.stringify(from)}.`)
  return small.replace(from, () => to)
}
