import { type Heard, Hub, type HubOptions } from './hub.ts'

/** Someone on this page who shares the connection. */
export type Member = {
  hear(message: Heard): void
  token(): Promise<string>
}

type RoomOptions = Pick<HubOptions, 'name' | 'url' | 'teamId' | 'staleAfterMs'>

/** The rooms that this page takes part in, by name. */
const rooms = new Map<string, Room>()

/** All members of this page that share one connection. */
export class Room {
  readonly hub: Hub
  readonly #name: string
  readonly #members = new Set<Member>()
  readonly #last = new Map<Heard['type'], Heard>()

  private constructor(options: RoomOptions) {
    this.#name = options.name
    this.hub = new Hub({ ...options, token: () => this.#token(), hear: (message) => this.#hear(message) })
  }

  /** The member hears at once what is known. */
  static enter(options: RoomOptions, member: Member): Room {
    const room = rooms.get(options.name) ?? new Room(options)
    rooms.set(options.name, room)
    room.#members.add(member)
    for (const message of room.#last.values()) member.hear(message)
    return room
  }

  leave(member: Member): void {
    this.#members.delete(member)
    if (this.#members.size > 0) return
    rooms.delete(this.#name)
    this.hub.close()
  }

  #hear(message: Heard): void {
    if (message.type !== 'event') this.#last.set(message.type, message)
    for (const member of [...this.#members]) member.hear(message)
  }

  async #token(): Promise<string> {
    const [member] = this.#members
    if (member === undefined) throw new Error('Nobody on this page needs a token any more')
    return member.token()
  }
}
