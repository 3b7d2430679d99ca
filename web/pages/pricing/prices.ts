import { request } from '../../client/request.ts'
import { Token } from '../../client/token.ts'
import { keptToken } from '../shell/session.ts'
import { PricesDocument, type PricesQuery } from './contract.ts'

export type Prices = PricesQuery

/** All prices: without a token if the catalog is public, else with the token of this tab. Null: neither works. */
export async function readPrices(): Promise<Prices | null> {
  const text = String(PricesDocument)
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ query: text.replaceAll(/\s+/g, ' ') }),
  })
  const { data } = (await response.json()) as { data?: Prices | null }
  if (data?.plans) return data
  const token = keptToken()
  return token === null
    ? null
    : ((await request({ http: '/graphql', fetchFn: fetch, token: new Token(token) }, text, {})) as Prices)
}
