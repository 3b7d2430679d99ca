import { setTimeout as delay } from 'node:timers/promises'

/** A gauge or counter, as a monitor reads it; 0 where it has never been counted. */
export async function metric(url: string, name: string, labels: Record<string, string> = {}): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const shown = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
  const start = shown.length === 0 ? `${name} ` : `${name}{${shown.join(',')}} `
  const line = text.split('\n').find((one) => one.startsWith(start))
  return line === undefined ? 0 : Number(line.slice(start.length))
}

/** Resolves when it shows the value. The gateway needs the processor between two looks. */
export async function untilMetric(url: string, name: string, value: number): Promise<void> {
  while ((await metric(url, name)) !== value) await delay(5)
}
