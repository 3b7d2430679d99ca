import { html, type TemplateResult } from 'lit'
import { badge } from '../parts/badges.ts'
import { credits, words } from '../parts/formats.ts'
import type { Metrics } from './metrics.ts'

/** The outcomes of the ledger's commands. */
export function commands(metrics: Metrics): TemplateResult {
  const samples = metrics.all('credits_commands_total').toSorted((one, other) => other.value - one.value)
  return html`
    <section class="card" aria-labelledby="commands">
      <div class="head"><h2 id="commands">Commands since the start</h2></div>
      ${
        samples.length === 0
          ? html`<p class="body quiet">None yet.</p>`
          : html`<table>
              <thead><tr><th scope="col">Command</th><th scope="col">Outcome</th><th scope="col" class="number">Count</th></tr></thead>
              <tbody>${samples.map(
                ({ labels: { kind = '', outcome = '' }, value }) => html`
                  <tr><td>${words(kind.replaceAll('-', '_'))}</td><td>${outcomeOf(outcome)}</td><td class="number">${credits(`${value}`)}</td></tr>
                `,
              )}</tbody>
            </table>`
      }
    </section>
  `
}

/** An effect is lower case; refusals have codes in capitals. */
function outcomeOf(outcome: string): TemplateResult {
  const text = words(outcome.replaceAll('-', '_'))
  if (outcome === 'failed') return badge(text, 'bad')
  return outcome === outcome.toUpperCase() ? badge(text, 'warn') : html`<span class="quiet">${text}</span>`
}
