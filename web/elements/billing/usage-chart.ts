import './known-language.ts'
import { css, html, LitElement, type PropertyValues, unsafeCSS } from 'lit'
import uPlot from 'uplot'
import uPlotStyles from 'uplot/dist/uPlot.min.css?inline'
import type { UsageReading } from '../controllers/usage.ts'
import { forecastDays } from '../controllers/usage-forecast.ts'
import type { BillingMessages } from '../locales/billing.ts'
import { tipLines } from './chart-tip.ts'
import type { Formats } from './formats.ts'
import { colorOf } from './usage-colors.ts'

const height = 232

/** `<credits-usage-chart>`: bars by day and group, and the days that the forecast expects. It is drawn; a table says the same in text. */
export class CreditsUsageChart extends LitElement {
  static override properties = {
    reading: { attribute: false },
    formats: { attribute: false },
    text: { attribute: false },
    label: {},
  }
  static override styles = [
    unsafeCSS(uPlotStyles),
    css`
      :host { display: block; position: relative; min-block-size: ${height}px; overflow: clip }
      .u-over { cursor: default }
      .tip {
        position: absolute; z-index: 2; top: 0; left: 0; min-inline-size: 9rem; padding: 0.5rem 0.65rem; pointer-events: none;
        border-radius: 0.5rem; border: 1px solid var(--wa-color-surface-border); background: var(--wa-color-surface-raised);
        box-shadow: 0 6px 20px rgb(0 0 0 / 0.14); font: 400 0.75rem/1.5 inherit; font-family: inherit; white-space: nowrap; font-variant-numeric: tabular-nums;
      }
      .tip[hidden] { display: none }
      .tip strong { display: block; font-weight: 600 }
      .tip div { display: flex; align-items: center; gap: 0.4rem }
      .tip i { inline-size: 0.5rem; block-size: 0.5rem; border-radius: 2px }
      .tip b { margin-inline-start: auto; padding-inline-start: 1rem; font-weight: 500 }
    `,
  ]
  declare reading: UsageReading | null
  declare formats: Formats | null
  declare text: BillingMessages | null
  declare label: string
  #plot: uPlot | null = null
  #theme: MutationObserver | null = null
  #size: ResizeObserver | null = null

  constructor() {
    super()
    this.reading = null
    this.formats = null
    this.text = null
    this.label = ''
  }

  override connectedCallback(): void {
    super.connectedCallback()
    const redraw = () => this.#draw()
    this.#theme = new MutationObserver(redraw)
    this.#theme.observe(document.documentElement, { attributes: true, attributeFilter: ['class'] })
    this.#size = new ResizeObserver(() => {
      const width = this.clientWidth
      if (this.#plot !== null && width > 0 && this.#plot.width !== width) this.#plot.setSize({ width, height })
    })
    this.#size.observe(this)
    if (this.hasUpdated) this.#draw()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#theme?.disconnect()
    this.#size?.disconnect()
    this.#plot?.destroy()
    this.#plot = null
  }

  override render() {
    return html`<div role="img" aria-label=${this.label} id="plot"></div><div class="tip" hidden></div>`
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('reading') || changed.has('formats') || changed.has('text')) this.#draw()
  }

  #draw(): void {
    const target = this.renderRoot.querySelector<HTMLElement>('#plot')
    const { reading, formats } = this
    this.#plot?.destroy()
    this.#plot = null
    if (target === null || reading === null || formats === null) return
    const ahead = forecastDays(reading)
    const days = [...reading.days, ...ahead.days]
    const options = this.#options(reading, formats, days)
    if (ahead.endsInChart)
      options.hooks = { ...options.hooks, draw: [(plot) => this.#markEnd(plot, days.length - 0.5)] }
    const stacked = stack(reading, days.length)
    const expected = days.map((_, index) => (index < reading.days.length ? null : Number(reading.perDay)))
    const data: uPlot.AlignedData = [days.map((_, index) => index), expected, ...stacked]
    this.#plot = new uPlot(options, data, target)
  }

  #options(reading: UsageReading, formats: Formats, days: readonly number[]): uPlot.Options {
    const style = getComputedStyle(this)
    const quiet = style.getPropertyValue('--wa-color-text-quiet').trim()
    const border = style.getPropertyValue('--wa-color-surface-border').trim()
    const font = `500 11px ${style.fontFamily}`
    const bars = uPlot.paths.bars?.({ size: [0.72, 30], radius: 0.12 })
    const series = reading.groups
      .map((_, index) => ({
        fill: colorOf(index),
        stroke: colorOf(index),
        width: 0,
        paths: bars,
        points: { show: false },
      }))
      .reverse()
    const every = Math.max(1, Math.ceil(days.length / Math.max(3, Math.floor(this.clientWidth / 90))))
    return {
      width: this.clientWidth || 600,
      height,
      padding: [12, 20, 0, 0],
      legend: { show: false },
      cursor: { drag: { x: false, y: false }, y: false, points: { show: false }, x: false },
      scales: {
        x: { time: false, range: [-0.6, days.length - 0.4] },
        y: { range: (_, __, max) => [0, max > 0 ? max * 1.08 : 1] },
      },
      axes: [
        {
          stroke: quiet,
          font,
          gap: 6,
          size: 28,
          grid: { show: false },
          ticks: { show: false },
          splits: days.map((_, index) => index).filter((index) => (days.length - 1 - index) % every === 0),
          values: (_, splits) => splits.map((index) => formats.calendarDay(days[index] ?? 0)),
        },
        {
          stroke: quiet,
          font,
          gap: 6,
          ticks: { show: false },
          grid: { stroke: border, width: 1 },
          size: (_, values) => 12 + 7 * Math.max(2, ...(values ?? []).map((value) => value.length)),
          values: (_, splits) => splits.map((value) => formats.number(value)),
          space: 44,
        },
      ],
      series: [{}, { fill: border, stroke: quiet, width: 0, paths: bars, points: { show: false } }, ...series],
      hooks: { setCursor: [(plot) => this.#tip(plot, reading, formats, days)] },
    }
  }

  /** The point at which the balance runs out. */
  #markEnd({ ctx, bbox, valToPos }: uPlot, at: number): void {
    const style = getComputedStyle(this)
    const x = Math.round(valToPos(at, 'x', true))
    const scale = devicePixelRatio
    ctx.save()
    ctx.strokeStyle = ctx.fillStyle = style.getPropertyValue('--wa-color-danger-on-quiet').trim() || '#c0392b'
    ctx.lineWidth = scale
    ctx.setLineDash([4 * scale, 4 * scale])
    ctx.beginPath()
    ctx.moveTo(x, bbox.top)
    ctx.lineTo(x, bbox.top + bbox.height)
    ctx.stroke()
    ctx.font = `500 ${11 * scale}px ${style.fontFamily}`
    ctx.textAlign = 'right'
    ctx.fillText(this.text?.['usage.runsOutMark'] ?? '', x - 6 * scale, bbox.top + 11 * scale)
    ctx.restore()
  }

  #tip(plot: uPlot, reading: UsageReading, formats: Formats, days: readonly number[]): void {
    const tip = this.renderRoot.querySelector<HTMLElement>('.tip')
    const { idx, left = -1 } = plot.cursor
    if (tip === null || this.text === null) return
    tip.hidden = idx === null || idx === undefined || left < 0
    if (tip.hidden || typeof idx !== 'number') return
    tip.replaceChildren(...tipLines(idx, reading, { formats, text: this.text, all: days }))
    const at = plot.valToPos(idx, 'x') + plot.over.offsetLeft
    const start = at + 14 + tip.offsetWidth > this.clientWidth ? at - 14 - tip.offsetWidth : at + 14
    tip.style.transform = `translate(${Math.max(0, start)}px, 8px)`
  }
}

/** Sums from below, the topmost first, so that lower bars are drawn over higher ones. */
function stack({ groups }: UsageReading, length: number): (number | null)[][] {
  const sums = Array.from({ length }, () => 0)
  const layers = groups.map(({ perDay }) =>
    sums.map((_, index) => {
      const value = perDay[index]
      if (value === undefined) return null
      sums[index] = (sums[index] ?? 0) + Math.max(0, value)
      return value > 0 ? (sums[index] ?? 0) : null
    }),
  )
  return layers.reverse()
}

customElements.define('credits-usage-chart', CreditsUsageChart)
