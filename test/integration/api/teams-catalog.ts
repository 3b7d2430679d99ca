/** A catalog with a plan that deposits each week, and one that deposits nothing. */
export const teamsCatalog = `
name: Teams
currency: USD
timeZone: UTC
creditsPerCurrencyUnit: 1000
lowThreshold: 10
rounding: { to: 0.000001, mode: half-up }
notices: { exhausted: Out, exhaustedNoGrant: Out, low: Low, insufficient: Out, creditsAdded: Added }
plans:
  - { id: weekly, name: Weekly, topUp: true, allowances: [{ id: week, credits: 50, every: WEEK, anchor: calendar }] }
  - { id: none, name: None, topUp: true, allowances: [] }
packages: [{ id: starter, name: Starter, credits: 5000, price: 5 }]
categories: [{ id: all, name: All, rates: [{ id: image, name: Image, credits: 1, unit: IMAGE }] }]
`
