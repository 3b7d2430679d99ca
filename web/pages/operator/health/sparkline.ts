import { html, nothing, svg } from 'lit'

const width = 120
const height = 24

/** The course of a number that moved, from the oldest to the newest. A decoration: the number stands beside it. */
export function sparkline(values: readonly number[]): unknown {
  if (new Set(values).size < 2) return nothing
  const most = Math.max(1, ...values)
  const step = width / (values.length - 1)
  const points = values.map(
    (value, index) => `${(index * step).toFixed(1)},${(height - 1 - (value / most) * (height - 2)).toFixed(1)}`,
  )
  return html`
    <svg viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" aria-hidden="true">
      ${svg`<polyline points=${points.join(' ')} fill="none" stroke="var(--wa-color-brand-50)" stroke-width="1.5" vector-effect="non-scaling-stroke"></polyline>`}
    </svg>
  `
}
