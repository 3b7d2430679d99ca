/** Runs `run` one at a time for each name. Calls during a run share the next run, which begins after all of them. */
export function coalesce<Name extends string, Result>(
  run: (name: Name) => Promise<Result>,
): (name: Name) => Promise<Result> {
  const underWay = new Map<Name, Promise<unknown>>()
  const waiting = new Map<Name, Promise<Result>>()

  function begin(name: Name): Promise<Result> {
    waiting.delete(name)
    const mine = run(name)
    const done = mine
      .catch(() => undefined)
      .then(() => {
        if (underWay.get(name) === done) underWay.delete(name)
      })
    underWay.set(name, done)
    return mine
  }

  return (name) => {
    const before = underWay.get(name)
    if (before === undefined) return begin(name)
    const next = waiting.get(name) ?? before.then(() => begin(name))
    waiting.set(name, next)
    return next
  }
}
