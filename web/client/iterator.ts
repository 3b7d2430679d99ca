type Sink<Value> = { next(value: Value): void; error(error: unknown): void; complete(): void }

/** The values of a subscription, which begins at once and ends when the loop over it does. Values that are not read yet wait. */
export function iteratorOf<Value>(subscribe: (sink: Sink<Value>) => () => void): AsyncGenerator<Value, void> {
  const waiting: Value[] = []
  let over: { readonly error?: unknown } | null = null
  let arrived = () => {}
  const finish = (ending: { readonly error?: unknown }) => {
    over = ending
    arrived()
  }
  const end = subscribe({
    next(value) {
      waiting.push(value)
      arrived()
    },
    error: (error) => finish({ error }),
    complete: () => finish({}),
  })
  const read = async function* (): AsyncGenerator<Value, void> {
    for (;;) {
      for (let value = waiting.shift(); value !== undefined; value = waiting.shift()) yield value
      if (over !== null) {
        if ('error' in over) throw over.error
        return
      }
      await new Promise<void>((resolve) => {
        arrived = resolve
      })
    }
  }
  const values = read()
  const stop = () => {
    end()
    finish({})
  }
  return Object.assign(values, {
    return: async () => {
      stop()
      return { done: true as const, value: undefined }
    },
    throw: async (error: unknown) => {
      stop()
      throw error
    },
  })
}
