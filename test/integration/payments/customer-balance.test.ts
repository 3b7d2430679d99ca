import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPaying, type Paying } from './scene.ts'

let scene: Paying
beforeAll(async () => {
  scene = await openPaying()
})
afterAll(() => scene.close())

/** Finalises an invoice, which leaves its amount on the customer's balance: below zero, or too small to be charged. */
async function leave(customer: string, amount: number): Promise<void> {
  const draft = await scene.stripe.invoices.create({ customer, auto_advance: false })
  await scene.stripe.invoiceItems.create({ customer, invoice: draft.id, amount, currency: 'usd' })
  await scene.stripe.invoices.finalizeInvoice(draft.id)
  expect(await balanceOf(customer)).toBe(amount)
}

async function balanceOf(customer: string): Promise<number> {
  const found = await scene.stripe.customers.retrieve(customer)
  if (found.deleted) throw new Error(`${customer} is gone`)
  return found.balance
}

for (const [what, amount, collected] of [
  ['a little that the customer owes', 40, 'open'],
  ['a little credit', -60, 'paid'],
] as const) {
  test(`a purchase has its invoice whatever the balance: ${what}`, async () => {
    const team = await scene.team('pro')
    await scene.saveCard(team)
    const customer = await scene.customer(team)
    await leave(customer, amount)
    const { id, price } = await scene.buy(team)
    const bought = async () => {
      scene.poke()
      return (await scene.purchases(team)).find((one) => one.id === id)
    }
    await expect.poll(async () => (await bought())?.invoiceUrl).not.toBe(null)
    const invoice = await scene.stripe.invoices.retrieve((await bought())?.invoice ?? '')
    const cents = Number(price.amount / 10_000_000n)
    expect(invoice).toMatchObject({ status: collected, total: cents, auto_advance: false })
    expect(await scene.charges(team)).toHaveLength(1)
    // A credit stays a credit.
    if (amount < 0) expect(await balanceOf(customer)).toBe(amount)
  })
}
