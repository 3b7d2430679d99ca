import { html, nothing, type TemplateResult } from 'lit'
import type { AuditQuery } from '../contract.ts'
import { instant } from '../parts/formats.ts'
import { fieldChanges } from './changes.ts'

export type AuditEntry = NonNullable<AuditQuery['auditLog']>['nodes'][number]

/** The origin of an act, and its changes. */
export function auditDetail({
  at,
  mutation,
  reference,
  credential,
  address,
  traceId,
  before,
  after,
}: AuditEntry): TemplateResult {
  const changes = fieldChanges(before, after)
  const fact = (name: string, value: string | null) =>
    value === null ? nothing : html`<dt>${name}</dt><dd class="mono">${value}</dd>`
  const cell = (text: string | null) => (text === null ? html`<td class="quiet">–</td>` : html`<td>${text}</td>`)
  return html`
    <dl class="facts">
      <dt>At</dt><dd>${instant(at)} <span class="quiet mono">${at}</span></dd>
      ${fact('Mutation', mutation)} ${fact('About', reference)} ${fact('Credential', credential)} ${fact('Address', address)} ${fact('Trace', traceId)}
    </dl>
    ${
      changes.length === 0
        ? html`<p class="quiet">It changed no setting.</p>`
        : html`<table class="changes">
            <thead><tr><th scope="col">Field</th><th scope="col">Before</th><th scope="col">After</th></tr></thead>
            <tbody>${changes.map((change) => html`<tr><td>${change.field || 'value'}</td>${cell(change.before)}${cell(change.after)}</tr>`)}</tbody>
          </table>`
    }
  `
}
