import { generateKeyPairSync, verify } from 'node:crypto'
import { expect, it } from 'vitest'
import { startSigningThread } from '../../src/signing-thread.ts'

it('the thread that signs gives each text the signature of its key, however many come at once', async () => {
  const thread = startSigningThread()
  const keys = Array.from({ length: 3 }, () => generateKeyPairSync('ed25519'))
  const texts = Array.from({ length: 100 }, (_, index) => ({ text: `event ${index} ü`, key: keys[index % 3] }))
  const signatures = await Promise.all(
    texts.map(({ text, key }) => {
      const pkcs8 = key?.privateKey.export({ format: 'der', type: 'pkcs8' })
      return thread.sign(`${pkcs8?.subarray(-32).toString('base64')}`, text)
    }),
  )
  const verified = texts.map(
    ({ text, key }, index) =>
      key !== undefined &&
      verify(null, Buffer.from(text), key.publicKey, Buffer.from(`${signatures[index]}`, 'base64')),
  )
  expect(verified).toEqual(texts.map(() => true))
  await thread.stop()
})
