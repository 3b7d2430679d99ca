/**
 * The idempotency keys of one opened dialog. The same values have the same key, so that a second click, or another try after an
 * answer was lost, has no second effect. Other values are another intent.
 */
export class Intent {
  readonly #keys = new Map<string, string>()

  keyFor(values: Readonly<Record<string, string>>): string {
    const text = JSON.stringify(Object.entries(values).toSorted(([one], [other]) => (one < other ? -1 : 1)))
    const key = this.#keys.get(text) ?? `operator:${crypto.randomUUID()}`
    this.#keys.set(text, key)
    return key
  }
}
