/** A page as a browser shows it that runs no scripts. */
export class Page {
  readonly url: string
  readonly status: number
  readonly html: string

  private constructor(url: string, status: number, html: string) {
    this.url = url
    this.status = status
    this.html = html
  }

  static async open(url: string, form?: URLSearchParams): Promise<Page> {
    const answer = await fetch(url, form === undefined ? {} : { method: 'POST', body: form })
    return new Page(answer.url, answer.status, await answer.text())
  }

  get title(): string {
    return unescaped(/<h1>([\s\S]*?)<\/h1>/.exec(this.html)?.[1] ?? '')
  }

  /** The target of each link, by its words. */
  get links(): Readonly<Record<string, string>> {
    const found = this.html.matchAll(/<a href="([^"]*)">([^<]*)<\/a>/g)
    return Object.fromEntries([...found].map(([, to = '', words = '']) => [words, this.#addressOf(to)]))
  }

  follow(words: string): Promise<Page> {
    const address = this.links[words]
    if (address === undefined) throw new Error(`No link '${words}' at ${this.url}: ${this.html}`)
    return Page.open(address)
  }

  /** Fills in the form that has this button, and presses it; what is not given stays as the page has it. */
  async press(button: string, given: Readonly<Record<string, string>> = {}): Promise<Page> {
    for (const [, attributes = '', form = ''] of this.html.matchAll(/<form([^>]*)>([\s\S]*?)<\/form>/g)) {
      const pressed = [...form.matchAll(/<button([^>]*)>([^<]*)<\/button>/g)].find(([, , words]) => words === button)
      if (pressed === undefined) continue
      const fields = new URLSearchParams()
      for (const [input] of form.matchAll(/<input[^>]*>/g)) setTo(fields, input)
      for (const [select] of form.matchAll(/<select[^>]*>/g)) setTo(fields, select)
      setTo(fields, pressed[1] ?? '')
      for (const [name, value] of Object.entries(given)) fields.set(name, value)
      return Page.open(this.#addressOf(attributeOf(attributes, 'action') ?? this.url), fields)
    }
    throw new Error(`No button '${button}' at ${this.url}: ${this.html}`)
  }

  #addressOf(written: string): string {
    return new URL(unescaped(written), this.url).href
  }
}

function setTo(fields: URLSearchParams, element: string): void {
  const name = attributeOf(element, 'name')
  const isLeftOut = / type="checkbox"/.test(element) && !/ checked/.test(element)
  if (name !== undefined && !isLeftOut) fields.set(name, unescaped(attributeOf(element, 'value') ?? ''))
}

const attributeOf = (element: string, name: string) => new RegExp(` ${name}="([^"]*)"`).exec(element)?.[1]

const unescaped = (text: string) => text.replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
