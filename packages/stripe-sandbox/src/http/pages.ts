import type { Work } from '../api/work.ts'
import type { FormFields } from './form.ts'

/** The answer of a hosted page: a page, or a redirect. */
export type PageAnswer = { readonly html: string; readonly status?: number } | { readonly location: string }

/** A page for the customer's browser; its effects are one transaction, like those of an API call. */
export type PageRoute = {
  readonly method: 'GET' | 'POST'
  readonly path: RegExp
  readonly run: (work: Work, form: FormFields, id: string) => PageAnswer
}

/** `:id` in the path stands for one id. */
export function page(method: 'GET' | 'POST', path: string, run: PageRoute['run']): PageRoute {
  return { method, path: new RegExp(`^${path.replaceAll(/:\w+/g, '([^/]+)')}$`), run }
}

/** Text that is HTML already. */
export class Html {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

type Part = string | number | Html | readonly Html[]

/** HTML in which every inserted text is escaped. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.map((text, index) => text + (index < parts.length ? shown(parts[index] ?? '') : '')).join(''))
}

function shown(part: Part): string {
  if (part instanceof Html) return part.text
  if (typeof part === 'object') return part.map(({ text }) => text).join('')
  return String(part).replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}

/** A whole page, without scripts and external resources. */
export function document(title: string, body: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 28rem; margin: 3rem auto; padding: 0 1rem; color: #1f2430; }
  h1 { font-size: 1.25rem; } label { display: block; margin: 1rem 0 .25rem; }
  input, select, button { font: inherit; width: 100%; box-sizing: border-box; padding: .6rem; border-radius: .4rem; border: 1px solid #b9c0cc; }
  button { margin-top: 1rem; background: #1f2430; color: #fff; cursor: pointer; }
  table { width: 100%; border-collapse: collapse; } td { padding: .3rem 0; } td:last-child { text-align: right; }
  .note { color: #59616f; font-size: .875rem; } [role=alert] { background: #fde8e8; color: #8a1c1c; padding: .75rem; border-radius: .4rem; }
</style>
</head>
<body>
<p class="note">Test payments: no money moves.</p>
<h1>${title}</h1>
${body}
</body>
</html>
`.text
}
