import { expect, test } from 'vitest'
import { faultIn } from '../../src/domain/billing-details.ts'

test.each([
  [{ country: 'Germany' }, ['country']],
  [{ country: 'de' }, ['country']],
  [{ email: 'ana' }, ['email']],
  [{ name: 'x'.repeat(201) }, ['name']],
  [{ purchaseOrder: 'x'.repeat(141) }, ['purchaseOrder']],
  [{ taxIds: Array.from({ length: 6 }, () => ({ type: 'eu_vat', value: 'DE1' })) }, ['taxIds']],
  [{ taxIds: [{ type: 'eu_vat', value: '' }] }, ['taxIds', '0']],
  [{ taxIds: [{ type: 'EU VAT', value: 'DE1' }] }, ['taxIds', '0']],
])('%j has a fault', (details, path) => {
  expect(faultIn(details)).toMatchObject({ code: 'INVALID_INPUT', path })
})

test('what is absent, null or empty is no fault', () => {
  expect(faultIn({})).toBeNull()
  expect(faultIn({ country: null, email: '', taxIds: [] })).toBeNull()
  expect(faultIn({ country: 'DE', email: 'a@b.example', taxIds: [{ type: 'eu_vat', value: 'DE1' }] })).toBeNull()
})
