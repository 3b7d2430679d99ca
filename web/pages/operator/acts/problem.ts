import { html, nothing } from 'lit'
import type { CreditsClientError } from '../../../client/index.ts'
import { adviceFor, type Failure } from './failures.ts'

/** Why an act was not done, or may not have been, and what to do. */
export function problemOf(failure: Failure | null, error: CreditsClientError | null): unknown {
  if (failure !== null) {
    const { text, link } = adviceFor(failure)
    return html`
      <div class="refused" role="alert">
        <strong>${failure.message}</strong>
        <span>${text}</span>
        ${link ? html`<a href=${link.href} target="_blank" rel="noreferrer">${link.text}</a>` : nothing}
      </div>
    `
  }
  if (error === null) return nothing
  return html`<div class="refused" role="alert"><strong>${error.message}</strong><span>${thenOf(error)}</span></div>`
}

/** Codes of requests that were not served. */
const unserved = new Set(['UNAUTHENTICATED', 'FORBIDDEN', 'RATE_LIMITED', 'OVERLOADED', 'BAD_USER_INPUT'])

const thenOf = ({ code }: CreditsClientError): string =>
  unserved.has(code)
    ? 'Nothing was done.'
    : 'Nobody knows whether it was done. Send again: the same values have their effect once.'
