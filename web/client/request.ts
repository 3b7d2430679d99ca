import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core'
import type { Connection } from './connection.ts'
import { type AnswerError, CreditsClientError, errorOf, messageOf } from './errors.ts'
import type { Answer } from './session.ts'

/**
 * GraphQL's text, with the types of its answer and variables where code generation knows them (`documentMode: 'string'`). A parsed
 * document is given as `print(document)`: a printer here would make the client a quarter larger for everybody.
 */
export type Document<Result, Variables> = string | TypedText<Result, Variables>
type TypedText<Result, Variables> = DocumentTypeDecoration<Result, Variables> & Pick<string, 'toString' | 'trim'>
export type RequestOptions = { signal?: AbortSignal }

/** Without variables that must be given, none need be. */
export type VariablesOf<Variables> =
  Record<string, never> extends Variables
    ? [variables?: Variables, options?: RequestOptions]
    : [variables: Variables, options?: RequestOptions]

/** The parts of a connection that a request over HTTP uses. */
export type HttpLine = Pick<Connection, 'http' | 'fetchFn' | 'token'>

/**
 * One query or mutation over HTTP. A refused token is replaced once and the request sent again, which is safe: it was not served.
 *
 * @throws {CreditsClientError} with the code of the answer's first error, or CONNECTION_LOST: nobody knows whether it was
 * served, and a mutation sent again with the same idempotency key tells.
 */
export async function request(
  { http, fetchFn, token }: HttpLine,
  document: string,
  variables: unknown,
  { signal }: RequestOptions = {},
): Promise<unknown> {
  const once = async (authorization: string): Promise<Answer> => {
    try {
      const response = await fetchFn(http, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify({ query: document, variables }),
        signal,
      })
      return await answerIn(response)
    } catch (error) {
      if (signal?.aborted) throw error
      const message = `The gateway did not answer: try again, a mutation with the same key (${messageOf(error)})`
      throw new CreditsClientError('CONNECTION_LOST', message, {}, error)
    }
  }
  let { data, errors } = await once(await token.present())
  if (token.renewable && errors?.[0]?.extensions?.code === 'UNAUTHENTICATED') {
    ;({ data, errors } = await once(await token.fresh()))
  }
  if (errors !== undefined && errors.length > 0) throw errorOf(errors)
  return data
}

async function answerIn(response: Response): Promise<Answer> {
  const text = await response.text()
  try {
    const { data, errors } = JSON.parse(text) as { data?: unknown; errors?: readonly AnswerError[] }
    if (data !== undefined || errors !== undefined) return { data, errors }
  } catch {
    // Not the gateway's: a proxy's page.
  }
  throw new Error(`${response.status} ${response.statusText} without an answer in GraphQL: look at \`url\``)
}
