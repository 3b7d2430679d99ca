import type { HintBus, HintBusOptions } from './hint-bus.ts'
import { openPostgresHintBus } from './hint-bus-postgres.ts'

/** By `redisUrl`, a Redis or Valkey, if there is one, else by PostgreSQL at `url`. Resolves after the first attempt to connect. */
export async function openHintBus(
  options: HintBusOptions & { readonly url: string; readonly redisUrl: string | undefined },
): Promise<HintBus> {
  const { redisUrl } = options
  if (redisUrl === undefined) return openPostgresHintBus(options)
  const { openRedisHintBus } = await import('./hint-bus-redis.ts')
  return openRedisHintBus({ ...options, redisUrl })
}
