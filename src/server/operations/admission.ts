import type { IncomingHttpHeaders } from 'node:http'
import { GraphQLError } from 'graphql'
import type { Access } from '../../access/open-access.ts'
import { InvalidToken } from '../../access/tokens.ts'
import type { Viewer } from '../../access/viewer.ts'

/**
 * The sender of a request; null: it has no token. Or the error that refuses its token. It is known before the body is
 * read.
 */
export type Admission = { readonly viewer: Viewer | null } | { readonly refusal: unknown }

export async function admit(
  access: Pick<Access, 'read'>,
  { authorization, origin }: IncomingHttpHeaders,
  address: () => string | null,
): Promise<Admission> {
  try {
    return { viewer: await access.read(authorization, origin, address) }
  } catch (error) {
    return { refusal: error instanceof InvalidToken ? unauthenticated(error) : error }
  }
}

function unauthenticated({ message }: InvalidToken): GraphQLError {
  const http = { status: 401, headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' } }
  return new GraphQLError(message, { extensions: { code: 'UNAUTHENTICATED', http } })
}
