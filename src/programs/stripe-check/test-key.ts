/** The key is none that the check may use; the message says which one it needs. */
export class NoTestKey extends Error {
  override readonly name = 'NoTestKey'
}

/**
 * A key of test mode. The check makes customers, charges and subscriptions.
 *
 * @throws {NoTestKey}
 */
export function testKey(key: string | undefined): string {
  if (!key)
    throw new NoTestKey('STRIPE_SECRET_KEY is missing: set it to a secret key of test mode (sk_test_… or rk_test_…)')
  if (/^(sk|rk)_test_/.test(key)) return key
  throw new NoTestKey(
    'STRIPE_SECRET_KEY is no key of test mode: the check charges cards, so set one that begins with sk_test_ or rk_test_',
  )
}
