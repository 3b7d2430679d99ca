export type Labels = Readonly<Record<string, string>>
export type Sample = { readonly name: string; readonly labels: Labels; readonly value: number }

/** Prometheus' text format, as far as the gateway writes it. Source: prometheus.io, exposition formats, version 0.0.4. */
export function parseMetrics(text: string): readonly Sample[] {
  return text.split('\n').flatMap((line) => {
    const found = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line)
    if (found === null) return []
    const [, name = '', labels = '', value = ''] = found
    return [{ name, labels: labelsIn(labels), value: value === '+Inf' ? Infinity : Number(value) }]
  })
}

const labelsIn = (text: string): Labels =>
  Object.fromEntries([...text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, name, value]) => [name, value]))

/** The numbers of one moment. */
export class Metrics {
  readonly #samples: readonly Sample[]

  constructor(text: string) {
    this.#samples = parseMetrics(text)
  }

  /** Null where the gateway shows none of this name. */
  value(name: string): number | null {
    return this.#samples.find((sample) => sample.name === name)?.value ?? null
  }

  all(name: string): readonly Sample[] {
    return this.#samples.filter((sample) => sample.name === name)
  }

  /** The upper bound in seconds of the bucket that has the share of the observations; null: nothing was observed. */
  quantile(name: string, share: number): number | null {
    const buckets = this.all(`${name}_bucket`).toSorted((one, other) => bound(one) - bound(other))
    const total = buckets.at(-1)?.value ?? 0
    if (total === 0) return null
    const found = buckets.find(({ value }) => value >= total * share)
    return found === undefined ? null : bound(found)
  }
}

const bound = ({ labels: { le } }: Sample) => (le === '+Inf' ? Infinity : Number(le))
