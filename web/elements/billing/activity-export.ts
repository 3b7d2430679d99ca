import '@awesome.me/webawesome/dist/components/button/button.js'
import { html, LitElement, nothing } from 'lit'
import type { ActivityController } from '../controllers/activity.ts'
import { activityCsv } from '../controllers/activity-csv.ts'
import type { BillingMessages } from '../locales/billing.ts'
import type { Formats } from './formats.ts'
import { icon } from './icons.ts'
import { shared } from './styles.ts'

/** More rows would take minutes, and no spreadsheet is pleasant with them. */
const maxRows = 10_000

/** Downloads the activity that the filters let pass as CSV. */
export class CreditsActivityExport extends LitElement {
  static override properties = {
    controller: { attribute: false },
    formats: { attribute: false },
    text: { attribute: false },
    progress: { state: true },
    message: { state: true },
  }
  static override styles = shared
  declare controller: ActivityController | null
  declare formats: Formats | null
  declare text: BillingMessages | null
  declare progress: number | null
  declare message: string

  constructor() {
    super()
    this.controller = null
    this.formats = null
    this.text = null
    this.progress = null
    this.message = ''
  }

  async #export(): Promise<void> {
    if (this.controller === null || this.progress !== null) return
    this.progress = 0
    this.message = ''
    try {
      const rows = await this.controller.readAll(maxRows, (count) => {
        this.progress = count
      })
      save(activityCsv(rows), `credits-activity-${new Date().toISOString().slice(0, 10)}.csv`)
      if (rows.length >= maxRows)
        this.message = this.text?.['activity.exportLimit']({ n: this.formats?.number(maxRows) ?? maxRows }) ?? ''
    } catch (error) {
      this.message = error instanceof Error ? error.message : String(error)
    } finally {
      this.progress = null
    }
  }

  override render() {
    const { progress, formats, text } = this
    if (formats === null || text === null) return nothing
    const counting = progress !== null && progress > 0
    return html`
      <wa-button size="s" appearance="outlined" ?disabled=${progress !== null} @click=${this.#export}>
        ${icon('download', 'start')}
        ${counting ? text['activity.exporting'](progress, { n: formats.number(progress) }) : text['activity.export']}
      </wa-button>
      ${this.message === '' ? nothing : html`<p class="small quiet" role="status"><bdi>${this.message}</bdi></p>`}
    `
  }
}

function save(csv: string, name: string): void {
  // The mark tells spreadsheets that the file is in UTF-8.
  const url = URL.createObjectURL(new Blob(['\uFEFF', csv], { type: 'text/csv;charset=utf-8' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 1_000)
}

customElements.define('credits-activity-export', CreditsActivityExport)
