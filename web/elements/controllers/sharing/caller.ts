import { ReadCallerDocument } from '../../../client/contract.ts'
import { request } from '../../../client/request.ts'
import { Token } from '../../../client/token.ts'

/** Whom a token is for that does not say so itself, such as a pill token: the gateway knows. */
export async function readCaller(url: string, token: string): Promise<unknown> {
  const { viewer } = (await request(url, fetch, new Token(token), String(ReadCallerDocument), {})) as {
    viewer: unknown
  }
  return viewer
}
