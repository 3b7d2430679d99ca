import type { HintBus, HintBusOptions } from './hint-bus.ts'
import { openPostgresHintBus } from './hint-bus-postgres.ts'

/**
 * The hint bus on Redis or Valkey at `redisUrl`, if there is one, else on PostgreSQL at `url`. Resolves after the first
 * attempt to connect.
 */
export async function openHintBus(
  options: HintBusOptions & { readonly url: string; readonly redisUrl: string | undefined },
): Promise<HintBus> {
  const { redisUrl } = options
  if (redisUrl === undefined) return openPostgresHintBus(options)
  const { openRedisHintBus } = await import('./hint-bus-redis.ts')
  return openRedisHintBus({ ...options, redisUrl })
}
