import { svg } from 'lit'

const icon = (
  size: number,
  drawing: unknown,
) => svg`<svg width=${size} height=${size} viewBox="0 0 16 16" fill="none" stroke="currentColor"
  stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${drawing}</svg>`

export const icons = {
  close: icon(16, svg`<path d="m4 4 8 8m0-8-8 8" />`),
  check: icon(26, svg`<path d="m3.5 8.5 3 3 6-7" />`),
  person: icon(24, svg`<circle cx="8" cy="5.5" r="2.5" /><path d="M3 13.5c.5-2.7 2.5-4 5-4s4.5 1.3 5 4" />`),
  mail: icon(24, svg`<rect x="2" y="3.5" width="12" height="9" rx="1.5" /><path d="m2.5 4.5 5.5 4.5 5.5-4.5" />`),
  bank: icon(
    24,
    svg`<path d="M8 1.8 13 4v3.8c0 3-2 5.3-5 6.4-3-1.1-5-3.4-5-6.4V4z" /><path d="m5.9 8 1.5 1.5 2.8-3" />`,
  ),
  cycle: icon(16, svg`<path d="M13.5 8a5.5 5.5 0 0 1-10 3.1M2.5 8a5.5 5.5 0 0 1 10-3.1M12.8 2v3h-3M3.2 14v-3h3" />`),
  forward: icon(14, svg`<path d="m6 3.5 4.5 4.5L6 12.5" />`),
  back: icon(16, svg`<path d="M10 3.5 5.5 8l4.5 4.5" />`),
  out: icon(14, svg`<path d="M6.5 3.5h-3v9h9v-3M9.5 3.5h3v3M12 4 7.5 8.5" />`),
}
