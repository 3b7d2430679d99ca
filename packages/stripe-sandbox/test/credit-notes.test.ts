import { expect, test } from 'vitest'
import { billingScene } from './billing-scene.ts'
import { refusalOf } from './scene.ts'

async function invoiced() {
  const scene = await billingScene()
  const { stripe, customer } = scene
  const draft = await stripe.invoices.create({ customer, currency: 'usd' })
  await stripe.invoiceItems.create({ customer, invoice: draft.id, amount: 3000, currency: 'usd' })
  return { ...scene, invoice: (await stripe.invoices.finalizeInvoice(draft.id)).id }
}

test('A credit note lowers an open invoice, which is then paid in part', async () => {
  const { stripe, invoice } = await invoiced()
  const note = await stripe.creditNotes.create({ invoice, amount: 1000, reason: 'order_change' })
  expect(note).toMatchObject({ type: 'pre_payment', status: 'issued', number: expect.stringMatching(/-CN-01$/) })
  expect(await stripe.invoices.pay(invoice)).toMatchObject({
    status: 'paid',
    amount_paid: 2000,
    pre_payment_credit_notes_amount: 1000,
  })
})

test('A credit note of an open invoice can be voided, and one of a paid invoice can not', async () => {
  const { stripe, invoice } = await invoiced()
  const { id } = await stripe.creditNotes.create({ invoice, amount: 1000 })
  expect(await stripe.creditNotes.voidCreditNote(id)).toMatchObject({ status: 'void' })
  expect((await refusalOf(stripe.creditNotes.voidCreditNote(id))).statusCode).toBe(400)
  expect(await stripe.invoices.pay(invoice)).toMatchObject({ amount_paid: 3000, pre_payment_credit_notes_amount: 0 })
  const paid = await stripe.creditNotes.create({ invoice, amount: 1000, out_of_band_amount: 1000 })
  expect((await refusalOf(stripe.creditNotes.voidCreditNote(paid.id))).statusCode).toBe(400)
})

test('A credit note gives back a paid invoice by refund and credit, up to its total', async () => {
  const { stripe, customer, invoice } = await invoiced()
  await stripe.invoices.pay(invoice)
  const uneven = stripe.creditNotes.create({ invoice, amount: 1000, refund_amount: 500 })
  expect(await refusalOf(uneven)).toMatchObject({ statusCode: 400 })
  const note = await stripe.creditNotes.create({ invoice, amount: 1000, refund_amount: 700, credit_amount: 300 })
  expect(note).toMatchObject({ type: 'post_payment', refunds: [{ amount_refunded: 700 }] })
  expect((await stripe.charges.list({ customer })).data).toMatchObject([{ amount_refunded: 700 }])
  expect(await stripe.customers.retrieve(customer)).toMatchObject({ balance: -300 })
  expect(await stripe.invoices.retrieve(invoice)).toMatchObject({ post_payment_credit_notes_amount: 1000 })
  const tooMuch = stripe.creditNotes.create({ invoice, amount: 2001, refund_amount: 2001 })
  expect(await refusalOf(tooMuch)).toMatchObject({ param: 'amount' })
  expect((await stripe.creditNotes.list({ invoice })).data.map(({ id }) => id)).toEqual([note.id])
})
