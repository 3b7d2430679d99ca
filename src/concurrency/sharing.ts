/** Runs work under a name, and shares it: whoever asks for the name during a run gets its result. The next one runs anew. */
export function sharing<Name extends string, Result>(): (name: Name, run: () => Promise<Result>) => Promise<Result> {
  const underWay = new Map<Name, Promise<Result>>()
  return (name, run) => {
    const shared = underWay.get(name)
    if (shared !== undefined) return shared
    const mine = run().finally(() => underWay.delete(name))
    underWay.set(name, mine)
    return mine
  }
}
