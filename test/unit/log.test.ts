import { Stripe } from 'stripe'
import { expect, test } from 'vitest'
import { createLog } from '../../src/log.ts'

function lineOf(err: unknown) {
  let line = ''
  const write = (text: string) => {
    line += text
  }
  createLog({ logLevel: 'info' }, { write }).error({ err }, 'It failed')
  return { line, err: JSON.parse(line).err }
}

const refusal = new Stripe.errors.StripeCardError({
  type: 'card_error',
  code: 'card_declined',
  decline_code: 'insufficient_funds',
  message: 'Your card has insufficient funds.',
  headers: { 'request-id': 'req_1', 'idempotency-key': 'its key' },
})
const carried = { payment_intent: { client_secret: 'pi_1_secret_x', receipt_email: 'ana@team.example' } }
const card = Object.assign(refusal, carried)

test('an error of Stripe is logged with its codes, and not with the payment that it carries', () => {
  const { line, err } = lineOf(card)
  expect(err).toMatchObject({ type: 'StripeCardError', code: 'card_declined', decline_code: 'insufficient_funds' })
  for (const secret of ['pi_1_secret_x', 'ana@team.example', 'its key']) expect(line).not.toContain(secret)
})

test('an error within another is logged the same way, and so is what caused it', () => {
  const outer = Object.assign(new Error('Out of reach', { cause: card }), { detail: card })
  const { line, err } = lineOf(outer)
  expect(err.message).toBe('Out of reach: Your card has insufficient funds.')
  expect(err.detail).toMatchObject({ decline_code: 'insufficient_funds' })
  expect(line).not.toContain('pi_1_secret_x')
})

test('of several errors in one, each is logged', () => {
  const { err } = lineOf(new AggregateError([Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }), card]))
  expect(err.aggregateErrors).toMatchObject([{ code: 'ECONNREFUSED' }, { code: 'card_declined' }])
})

test('what is thrown and no error is logged as it is', () => {
  expect(lineOf('a text').err).toBe('a text')
})
