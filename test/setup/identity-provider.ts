import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'

/** A key pair of an identity provider. `jwk` is what its key set publishes of it. */
export async function keyPair(kid: string, alg = 'ES256') {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true })
  const jwk = { ...(await exportJWK(publicKey)), kid, alg }
  return { kid, alg, privateKey, publicKey, jwk }
}

export type KeyPair = Awaited<ReturnType<typeof keyPair>>

export type Answering = (response: ServerResponse) => void

export const publishing =
  (...keys: readonly object[]): Answering =>
  (response) =>
    response.end(JSON.stringify({ keys }))

/** An identity provider on this machine. `answers` says how it answers; `requests` counts. */
export async function openIdentityProvider() {
  const { privateKey, ...first } = await keyPair('one')
  const issuer = 'https://id.example.com'
  const provider = { answers: publishing(first.jwk), requests: 0 }
  const server = createServer((_, response) => {
    provider.requests += 1
    provider.answers(response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`
  return Object.assign(provider, {
    url,
    issuer,
    audience: 'credits',
    first: { ...first, privateKey },
    /** A token of the first key, with other claims, header and key where they are given. */
    token(claims: object = {}, header: object = {}, key: CryptoKey = privateKey): Promise<string> {
      const now = Math.floor(Date.now() / 1000)
      const usual = { sub: 'ana', role: 'admin', team: 'acme', iat: now, exp: now + 60, iss: issuer, aud: 'credits' }
      return new SignJWT({ ...usual, ...claims }).setProtectedHeader({ alg: 'ES256', kid: 'one', ...header }).sign(key)
    },
    async close() {
      server.close()
      server.closeAllConnections()
    },
  })
}

export type IdentityProvider = Awaited<ReturnType<typeof openIdentityProvider>>
