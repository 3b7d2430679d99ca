/** Stops what was begun; again is harmless. */
export type Unsubscribe = () => void

/** Tells a listener; what it throws is shown on the console and hurts nobody else. */
export function tell<Told extends unknown[]>(listener: (...told: Told) => unknown, ...told: Told): void {
  try {
    const answer = listener(...told)
    if (answer instanceof Promise) answer.catch(show)
  } catch (error) {
    show(error)
  }
}

const show = (error: unknown) => console.error('A listener of the credits client failed:', error)
