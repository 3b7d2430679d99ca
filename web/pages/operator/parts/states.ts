import { html, nothing, type TemplateResult } from 'lit'
import type { CreditsClientError } from '../../../client/index.ts'
import { type IconName, icon } from './icon.ts'
import type { Reading } from './reading.ts'

const widths = [88, 64, 76, 58, 82, 70, 52, 74]

export const skeleton = (lines: number): TemplateResult => html`
  <div class="skeleton" role="status" aria-label="Loading">
    ${widths.slice(0, lines).map((width) => html`<span style="inline-size: ${width}%"></span>`)}
  </div>
`

export const empty = (name: IconName, title: string, hint: string, action: unknown = nothing): TemplateResult => html`
  <div class="state">${icon(name)}<strong>${title}</strong><span class="quiet">${hint}</span>${action}</div>
`

const refusedFor: Readonly<Record<string, string>> = {
  UNAUTHENTICATED: 'Your token has ended or was revoked',
  FORBIDDEN: 'Your token may not read this',
  NOT_FOUND: 'There is no such thing',
  RATE_LIMITED: 'You asked too often',
  OVERLOADED: 'The gateway is overloaded',
  LEDGER_UNAVAILABLE: 'The database is out of reach',
  CONNECTION_LOST: 'The gateway does not answer',
}

export const titleOf = ({ code }: CreditsClientError): string => refusedFor[code] ?? 'This could not be loaded'

/** Shown for a reading without a value: it loads, or says why it failed and what to do. */
export function missing(reading: Reading<unknown>, lines = 6): TemplateResult {
  const { error } = reading
  if (error === null) return skeleton(lines)
  const again = html`<button class="button" @click=${() => reading.load()}>Try again</button>`
  const signIn = html`<button class="button main" @click=${signInAgain}>Sign in again</button>`
  const act = { UNAUTHENTICATED: signIn, FORBIDDEN: signIn, NOT_FOUND: nothing }[error.code] ?? again
  const shown = error.code === 'FORBIDDEN' || error.code === 'UNAUTHENTICATED' ? 'lock' : 'warning'
  return html`<div role="alert">${empty(shown, titleOf(error), hintOf(error), act)}</div>`
}

const hintOf = ({ code, message }: CreditsClientError) =>
  code === 'CONNECTION_LOST' ? 'Look at your connection, and whether the gateway runs.' : message

/** Shown beside a value that could not be read again. */
export const outdated = (reading: Reading<unknown>): unknown =>
  reading.error === null || reading.value === null
    ? nothing
    : html`<p class="foot fault" role="alert">
        <span>${titleOf(reading.error)}: what is shown may be out of date.</span>
        <button class="button small" @click=${() => reading.load()}>Try again</button>
      </p>`

function signInAgain(event: Event): void {
  event.target?.dispatchEvent(new CustomEvent('sign-out', { bubbles: true, composed: true }))
}
