import './publish-form.ts'
import { css, html, nothing, type TemplateResult } from 'lit'
import { CatalogsDocument, type CatalogsQuery } from '../contract.ts'
import { badge } from '../parts/badges.ts'
import { counted, time } from '../parts/formats.ts'
import { OperatorPart } from '../parts/operator-part.ts'
import { present, Reading } from '../parts/reading.ts'
import { empty, missing, outdated } from '../parts/states.ts'
import { shared } from '../parts/styles.ts'

type Publications = NonNullable<CatalogsQuery['catalogs']>
type Publication = Publications[number]

const againBeforeSwitchMs = 400

/** `<operator-catalogs>`: past, present and future catalogs, the changes of each, and publishing. */
export class OperatorCatalogs extends OperatorPart {
  static override styles = [
    shared,
    css`
      h1 { margin-block-end: 1rem }
      li.publication { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0.5rem 1rem; padding: 0.75rem 1rem; border-block-start: 1px solid var(--line) }
      li.publication:first-child { border: 0 }
      .name { display: flex; flex-wrap: wrap; align-items: center; gap: 0.25rem 0.5rem }
      .changes { grid-column: 1 / -1 }
      summary { cursor: pointer; color: var(--wa-color-text-quiet); inline-size: fit-content }
      .changes li { position: relative; padding: 0.2rem 0 0.2rem 1rem; overflow-wrap: anywhere; font-variant-numeric: tabular-nums }
      .changes li::before { content: ''; position: absolute; inset-inline-start: 0.15rem; inset-block-start: 0.72rem; inline-size: 0.3rem; block-size: 0.3rem; border-radius: 50%; background: var(--wa-color-text-quiet) }
    `,
  ]
  #switching: ReturnType<typeof setTimeout> | undefined

  readonly #reading = new Reading(this, async (signal) => {
    const { catalogs, rateCard } = await this.client.request(CatalogsDocument, {}, { signal })
    return { publications: present(catalogs), now: rateCard }
  })

  protected override read(): void {
    void this.#reading.load().then(() => this.#waitForSwitch())
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearTimeout(this.#switching)
  }

  /** A publication that is near comes into force while the page is open. */
  #waitForSwitch(): void {
    clearTimeout(this.#switching)
    const starts = (this.#reading.value?.publications ?? []).map(
      ({ effectiveFrom }) => Date.parse(effectiveFrom) - Date.now(),
    )
    const next = Math.min(...starts.filter((waitMs) => waitMs > 0 && waitMs < 3_600_000))
    if (Number.isFinite(next)) this.#switching = setTimeout(() => this.read(), next + againBeforeSwitchMs)
  }

  override render() {
    const { value } = this.#reading
    return html`
      <h1>Catalogs</h1>
      <operator-publish></operator-publish>
      <section class="card" aria-labelledby="publications" style="margin-block-start: 1rem">
        <div class="head"><h2 id="publications">Publications</h2></div>
        ${value === null ? missing(this.#reading, 4) : value.publications.length === 0 ? empty('fileCode', 'No catalog', 'Publish one to begin.') : this.#list(value.publications, value.now.effectiveFrom)}
        ${outdated(this.#reading)}
      </section>
    `
  }

  #list(publications: Publications, inForceSince: string): TemplateResult {
    return html`<ul>${publications.map((publication) => item(publication, inForceSince))}</ul>`
  }
}

function item(
  { version, origin, effectiveFrom, publishedAt, publishedBy, changes }: Publication,
  inForceSince: string,
) {
  const start = Date.parse(effectiveFrom)
  const since = Date.parse(inForceSince)
  const state = start > since ? badge('To come', 'brand') : start === since ? badge('In force', 'good') : badge('Past')
  const by = origin === 'FILE' ? 'from its file' : `by ${publishedBy}`
  return html`
    <li class="publication">
      <span class="name"><code>${version}</code>${state}</span>
      <span class="quiet">from ${time(effectiveFrom)}</span>
      <span class="quiet" style="grid-column: 1 / -1">Published ${by} at ${time(publishedAt)}${changes.length === 0 ? ', without a change for customers' : nothing}</span>
      ${
        changes.length === 0
          ? nothing
          : html`<details class="changes" ?open=${start > since}>
              <summary>${counted(changes.length, 'change')} for customers</summary>
              <ul>${changes.map((change) => html`<li>${change}</li>`)}</ul>
            </details>`
      }
    </li>
  `
}

customElements.define('operator-catalogs', OperatorCatalogs)
