import { randomUUID } from 'node:crypto'
import { unlessLate } from '../../concurrency/pauses.ts'
import { type TeamId, teamId } from '../../domain/identity.ts'
import type { HintBus, HintBusOptions } from './hint-bus.ts'
import { type Outgoing, openHintOutbox } from './hint-outbox.ts'
import { installationIdOf } from './installation-id.ts'
import { keepConnected } from './keep-connected.ts'
import { openRedisConnection, type RedisConnection } from './redis-connection.ts'
import { subscribeWatched } from './team-channels.ts'

/** Hints of this window leave in one pipeline. */
const windowMs = 5
const lastWordsMs = 1_000

/**
 * A hint bus on Redis or Valkey, with a channel for each team, so that a process receives only the hints of teams that
 * are watched in it. The channels begin with the database's own identity: installations that share a Redis don't
 * receive each other's hints.
 */
export async function openRedisHintBus(options: HintBusOptions & { readonly redisUrl: string }): Promise<HintBus> {
  const { pool, redisUrl, hints, revoked, log, proofMs, lingerMs } = options
  const self = randomUUID()
  const installation = `credits:${await installationIdOf(pool)}`
  const everything = `${installation}:everything`
  const revocations = `${installation}:revocations`
  const ofTeams = `${installation}:team:`
  const channelOf = (team: TeamId) => ofTeams + team

  const ofOthers = (heard: (channel: string) => void) => (message: string, channel: string) => {
    if (!message.startsWith(self)) heard(channel)
  }
  const heardTeam = ofOthers((channel) => hints.publish(teamId(channel.slice(ofTeams.length))))
  const heardEverything = ofOthers(() => hints.publishToAll())
  const heardRevocations = ofOthers(() => revoked())

  async function open(): Promise<RedisConnection> {
    const connection = await openRedisConnection(redisUrl, proofMs)
    const { client } = connection
    try {
      await connection.inTime(
        Promise.all([client.subscribe(everything, heardEverything), client.subscribe(revocations, heardRevocations)]),
      )
      return connection
    } catch (error) {
      await connection.close()
      throw error
    }
  }

  function opened({ client, over, close }: RedisConnection, missed: boolean): void {
    const end = subscribeWatched({
      hints,
      lingerMs,
      subscribe: (teams) => client.subscribe(teams.map(channelOf), heardTeam),
      unsubscribe: (teams) => client.unsubscribe(teams.map(channelOf), heardTeam),
      failed(error) {
        log.warn({ err: error }, 'Redis does not let this gateway listen')
        close()
      },
    })
    over.then(end)
    if (!missed) return
    outbox.poke()
    revoked()
  }

  async function send(outgoing: Outgoing): Promise<void> {
    const client = kept.current?.client
    if (client === undefined) throw new Error('There is no connection to Redis')
    const told: Promise<unknown>[] =
      outgoing.teams === 'all'
        ? [client.publish(everything, self)]
        : Array.from(outgoing.teams, ([team, revision]) => client.publish(channelOf(team), `${self} ${revision}`))
    if (outgoing.revoked) told.push(client.publish(revocations, self))
    await Promise.all(told)
  }

  const outbox = openHintOutbox({ send, windowMs, log })
  const kept = await keepConnected({
    open,
    opened,
    check: 'Check that the server of REDIS_URL runs and can be reached, and the user and password in it',
    log,
    proofMs,
  })
  return {
    announce: outbox.announce,
    announceRevocations: outbox.announceRevocations,
    get connected() {
      return kept.current !== null
    },
    async close() {
      await unlessLate(outbox.close(), lastWordsMs, () => undefined).catch(() => undefined)
      await kept.close()
    },
  }
}
