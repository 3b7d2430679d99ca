import { Histogram, Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { Metrics } from '../../../web/pages/operator/health/metrics.ts'

test('numbers are found by name, and by labels', () => {
  const metrics = new Metrics(
    '# HELP a Things.\n# TYPE a gauge\na 3\nb{kind="x",outcome="DONE"} 4\nb{kind="y \\" }"} 5e-3\n',
  )
  expect(metrics.value('a')).toBe(3)
  expect(metrics.value('nothing')).toBe(null)
  expect(metrics.all('b')).toEqual([
    { name: 'b', labels: { kind: 'x', outcome: 'DONE' }, value: 4 },
    { name: 'b', labels: { kind: 'y \\" }' }, value: 0.005 },
  ])
})

test('a quantile of a histogram is the bound of its bucket', async () => {
  const registry = new Registry()
  const seconds = new Histogram({ name: 's', help: 'Seconds.', buckets: [0.1, 1, 5], registers: [registry] })
  expect(new Metrics(await registry.metrics()).quantile('s', 0.95)).toBe(null)
  for (let index = 0; index < 19; index += 1) seconds.observe(0.05)
  seconds.observe(3)
  const metrics = new Metrics(await registry.metrics())
  expect([metrics.quantile('s', 0.95), metrics.quantile('s', 0.99)]).toEqual([0.1, 5])
  for (let index = 0; index < 20; index += 1) seconds.observe(60)
  expect(new Metrics(await registry.metrics()).quantile('s', 0.99)).toBe(Infinity)
})
