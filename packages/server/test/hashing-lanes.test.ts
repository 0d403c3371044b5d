/** The lanes in front of the hashing process: who waits, who goes first, and who has to make room. */
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import type { Lane } from '../src/crypto/hasher.ts'
import { LaneQueue } from '../src/crypto/hashing-lanes.ts'
import { HashingPool } from '../src/crypto/hashing-pool.ts'
import type { PoolOptions } from '../src/crypto/hashing-pool.ts'

const CHEAP = { name: 'bcrypt', cost: 4 } as const
const STRANGERS = ['login', 'reset', 'registration'] as const
const LANES = ['known', ...STRANGERS] as const
const BUSY = { code: 'passwords.busy', retryAfterSeconds: 5 }

const pools: HashingPool[] = []

/** A pool that does one job at a time, and whose process does what the password says. At first it counts a hash as a quarter of a second. */
function pool(options: Partial<PoolOptions> = {}): HashingPool {
  const program = new URL('./support/odd-hasher.ts', import.meta.url)
  const made = new HashingPool({ threads: 1, queueSeconds: 5, hashingLanes: true, program, ...options })
  pools.push(made)
  return made
}

/** So many jobs, each of a source of its own unless one is named. */
function jobs(count: number, name: Lane['name'], source?: string | null): readonly Lane[] {
  return Array.from({ length: count }, (_, at) => ({ name, source: source === undefined ? `${name}-${at}` : source }))
}

/** Asks for all of this at once. Resolves to what was answered, in the order of the answers, and what was refused. */
async function answers(made: HashingPool, lanes: readonly (Lane | undefined)[]) {
  const answered: string[] = []
  const refused: { readonly lane: string; readonly error: unknown }[] = []
  const asked = lanes.map(async (lane) => {
    try {
      await made.verify('fine', 'hash', lane)
      answered.push(lane?.name ?? 'none')
    } catch (error) {
      refused.push({ lane: lane?.source ?? lane?.name ?? 'none', error })
    }
  })
  await Promise.all(asked)
  return { answered, refused }
}

afterEach(async () => {
  await Promise.all(pools.splice(0).map(async (made) => made.close()))
})

describe('with lanes,', () => {
  test('known devices have every other turn while 200 strangers wait [ASVS 15.2.2]', async () => {
    const { answered } = await answers(pool({ queueSeconds: 100 }), [...jobs(200, 'login'), ...jobs(5, 'known')])
    expect(answered).toHaveLength(205)
    expect(answered.lastIndexOf('known')).toBeLessThanOrEqual(10)
    expect(answered.slice(2, 9)).toContain('login')
  })

  test('known devices have room of their own, which no flood of strangers fills [ASVS 15.2.2]', async () => {
    const flood = STRANGERS.flatMap((name) => jobs(200, name))
    const { answered, refused } = await answers(pool(), [...flood, ...jobs(10, 'known')])
    expect(answered.filter((name) => name === 'known')).toHaveLength(10)
    expect(answered).toHaveLength(21) // one at work, ten strangers, ten known
    for (const { error } of refused) expect(error).toMatchObject(BUSY)
  })

  test('strangers still have their turns in a flood of known devices', async () => {
    const { answered } = await answers(pool({ queueSeconds: 100 }), [...jobs(200, 'known'), ...jobs(5, 'login')])
    expect(answered.lastIndexOf('login')).toBeLessThanOrEqual(11)
  })

  test('a flood of registrations takes a fifth of the turns from logins, not more, and none of their room', async () => {
    const waiting = await answers(pool({ queueSeconds: 100 }), [...jobs(100, 'registration'), ...jobs(20, 'login')])
    expect(waiting.answered.lastIndexOf('login')).toBeLessThanOrEqual(26)
    const { answered } = await answers(pool(), [...jobs(50, 'registration'), ...jobs(5, 'login'), ...jobs(2, 'reset')])
    expect(answered.filter((name) => name === 'login')).toHaveLength(5)
    expect(answered.filter((name) => name === 'reset')).toHaveLength(2)
    expect(answered.filter((name) => name === 'registration')).toHaveLength(4) // one at work, three of what room is left
  })

  test('a lane that is full of one source takes another one, and refuses the newest of the first, with a time to come back', async () => {
    const lanes = [...jobs(11, 'login', 'flood'), { name: 'login', source: 'person' } as const]
    const { answered, refused } = await answers(pool(), lanes)
    expect(answered).toHaveLength(11)
    expect(refused).toEqual([{ lane: 'flood', error: expect.objectContaining(BUSY) }])
  })

  test('sources take turns, however much one of them asks for', async () => {
    const order: string[] = []
    const made = pool({ queueSeconds: 100 })
    const sources = [...Array.from({ length: 50 }, () => 'flood'), 'person', 'other', 'person']
    await Promise.all(
      sources.map(async (source) => {
        await made.verify('fine', 'hash', { name: 'login', source })
        order.push(source)
      }),
    )
    expect(order.slice(0, 7)).toEqual(['flood', 'flood', 'person', 'other', 'flood', 'person', 'flood'])
  })

  test('a full lane refuses before any work, after a pause; the others do not, and nor does it when a source is new there', async () => {
    const made = pool()
    const flood = answers(made, jobs(11, 'login', 'flood'))
    await made.refuseWhenFull({ name: 'login', source: 'person' })
    await made.refuseWhenFull({ name: 'known' })
    await made.refuseWhenFull({ name: 'reset', source: 'flood' })
    await made.refuseWhenFull({ name: 'registration', source: 'flood' })
    const askedAt = performance.now()
    await expect(made.refuseWhenFull({ name: 'login', source: 'flood' })).rejects.toMatchObject(BUSY)
    expect(performance.now() - askedAt).toBeGreaterThan(190)
    await flood
    await made.refuseWhenFull({ name: 'login', source: 'flood' })
  })

  test('a job without a lane is a login of nobody in particular, and has no part in what is kept for known devices', async () => {
    const { answered, refused } = await answers(pool(), Array.from({ length: 50 }))
    expect([answered.length, refused.length]).toEqual([11, 39])
    const beside = await answers(pool(), [...Array.from({ length: 50 }, () => undefined), ...jobs(10, 'known')])
    expect(beside.answered.filter((name) => name === 'known')).toHaveLength(10)
  })

  test('hashes are right in every lane', async () => {
    const made = new HashingPool({ threads: 2, queueSeconds: 5, hashingLanes: true })
    pools.push(made)
    for (const name of LANES) {
      const hash = await made.hash('b4l0u', CHEAP, { name, source: '192.0.2.1' })
      expect(await made.verify('b4l0u', hash, { name })).toBe(true)
      expect(await made.verify('t4rt1fl3tt3', hash, { name })).toBe(false)
    }
  })
})

describe('without lanes,', () => {
  test('there is one plain queue: first come, first served, and full for everyone at once', async () => {
    const made = pool({ hashingLanes: false })
    const asked = answers(made, [...jobs(21, 'login', 'flood'), ...jobs(3, 'known')])
    const asking = await Promise.allSettled([made.refuseWhenFull({ name: 'known' }), made.refuseWhenFull()])
    for (const outcome of asking) expect(outcome).toMatchObject({ status: 'rejected', reason: BUSY })
    const { answered, refused } = await asked
    expect(answered).toEqual(Array.from({ length: 21 }, () => 'login'))
    expect(refused.map(({ lane }) => lane)).toEqual(['known-0', 'known-1', 'known-2'])
    await made.refuseWhenFull({ name: 'known' })
    const inOrder = await answers(made, [...jobs(5, 'login'), ...jobs(3, 'known')])
    expect(inOrder.answered.slice(5)).toEqual(['known', 'known', 'known'])
  })
})

test.each([true, false])(
  'nobody waits longer than twice the time allowed, even for a hung process (lanes: %s)',
  async (lanes) => {
    const made = pool({ queueSeconds: 0.1, jobSeconds: 20, hashingLanes: lanes })
    const hanging = made.verify('hang', 'hash').catch(() => 'ended')
    await expect(made.verify('fine', 'hash')).rejects.toMatchObject({ code: 'passwords.busy' })
    await made.close()
    expect(await hanging).toBe('ended')
  },
)

interface Job {
  readonly lane: Lane
  readonly number: number
}

const lane = fc.record({
  name: fc.constantFrom(...LANES),
  source: fc.constantFrom('a', 'b', 'c', 'd', null),
})
/** A lane to come into, or how many turns to give. */
const deeds = fc.array(fc.oneof({ weight: 2, arbitrary: lane }, fc.integer({ min: 1, max: 4 })), { maxLength: 300 })
const rooms = fc.integer({ min: 1, max: 40 })

/** Plays a story on a queue. `told` hears of every job that comes, is refused or displaced, or has its turn. */
function play(
  queue: LaneQueue<Job>,
  story: readonly (Lane | number)[],
  room: number,
  told: (what: 'comes' | 'goes' | 'turn', job: Job) => void,
): void {
  for (const [number, deed] of story.entries()) {
    if (typeof deed === 'number') {
      for (let times = 0; times < deed; times++) {
        const job = queue.take()
        if (job !== null) told('turn', job)
      }
    } else {
      const job = { lane: deed, number }
      const roomFirst = queue.hasRoom(deed, room)
      told('comes', job)
      const gone = queue.add(job, deed, room)
      if (gone !== null) told('goes', gone)
      expect(roomFirst).toBe(gone !== job)
    }
  }
}

describe('whatever comes,', () => {
  test('no job is lost or served twice, and the queue stays within its room', () => {
    fc.assert(
      fc.property(deeds, rooms, (story, room) => {
        const queue = new LaneQueue<Job>()
        const waiting = new Set<Job>()
        play(queue, story, room, (what, job) => {
          if (what === 'comes') waiting.add(job)
          else expect(waiting.delete(job)).toBe(true)
          const [half, rest] = [Math.ceil(room / 2), Math.max(3, Math.floor(room / 2))]
          if (what !== 'comes') expect(queue.length).toBe(waiting.size)
          const known = [...waiting].filter((one) => one.lane.name === 'known').length
          expect(known).toBeLessThanOrEqual(half + Number(what === 'comes'))
          expect(waiting.size - known).toBeLessThanOrEqual(rest + Number(what === 'comes'))
        })
        expect(queue.length).toBe(waiting.size)
        for (const job of [...waiting].reverse()) {
          if (job.number % 2 === 0)
            expect([queue.remove(job, job.lane), queue.remove(job, job.lane)]).toEqual([true, false])
          if (job.number % 2 === 0) waiting.delete(job)
        }
        for (let job = queue.take(); job !== null; job = queue.take()) expect(waiting.delete(job)).toBe(true)
        expect([waiting.size, queue.length]).toEqual([0, 0])
      }),
    )
  })

  test('every lane that waits has a turn among the next two for known devices, and the next twenty for strangers', () => {
    fc.assert(
      fc.property(deeds, rooms, (story, room) => {
        const queue = new LaneQueue<Job>()
        const waiting = new Map<string, number>()
        const passedOver = new Map<string, number>()
        play(queue, story, room, (what, { lane: { name } }) => {
          waiting.set(name, (waiting.get(name) ?? 0) + (what === 'comes' ? 1 : -1))
          if (what === 'turn') for (const one of LANES) passedOver.set(one, (passedOver.get(one) ?? 0) + 1)
          if (what === 'turn') passedOver.set(name, 0)
          for (const one of LANES) {
            if ((waiting.get(one) ?? 0) === 0) passedOver.set(one, 0)
            expect(passedOver.get(one) ?? 0).toBeLessThan(one === 'known' ? 2 : 20)
          }
        })
      }),
    )
  })

  test('no source has two turns in a lane while another one waits there', () => {
    fc.assert(
      fc.property(deeds, rooms, (story, room) => {
        const queue = new LaneQueue<Job>()
        const waiting = new Set<Job>()
        const since = new Map<string, Set<string | null>>() // for each that waits: who has had a turn since it last had one
        const keyOf = ({ name, source = null }: Lane) => `${name} ${String(source)}`
        play(queue, story, room, (what, job) => {
          if (what === 'comes') waiting.add(job)
          else waiting.delete(job)
          const key = keyOf(job.lane)
          if (what === 'comes') since.set(key, since.get(key) ?? new Set())
          if (![...waiting].some((other) => keyOf(other.lane) === key)) since.delete(key)
          if (what !== 'turn') return
          for (const [other, seen] of since) {
            if (other === key || !other.startsWith(`${job.lane.name} `)) continue
            expect(seen.has(job.lane.source ?? null)).toBe(false)
            seen.add(job.lane.source ?? null)
          }
          if (since.has(key)) since.set(key, new Set())
        })
      }),
    )
  })

  test('nobody is refused in a lane that has not filled its own room, nor while another source holds two more', () => {
    fc.assert(
      fc.property(deeds, rooms, (story, room) => {
        const queue = new LaneQueue<Job>()
        const waiting = new Set<Job>()
        let newest: Job | null = null
        play(queue, story, room, (what, job) => {
          if (what === 'comes') newest = job
          if (what === 'comes') waiting.add(job)
          else waiting.delete(job)
          if (what !== 'goes' || job !== newest) return
          const { name, source } = job.lane
          const inLane = [...waiting].filter((one) => one.lane.name === name)
          const strangers = Math.max(3, Math.floor(room / 2))
          const share = {
            known: Math.ceil(room / 2),
            login: strangers / 1.75,
            reset: strangers / 3.5,
            registration: strangers / 7,
          }
          expect(inLane.length).toBeGreaterThanOrEqual(Math.max(1, Math.floor(share[name] + 1e-9)))
          const own = inLane.filter((one) => one.lane.source === source).length
          for (const other of ['a', 'b', 'c', 'd', null]) {
            expect(inLane.filter((one) => one.lane.source === other).length).toBeLessThan(own + 2)
          }
        })
      }),
    )
  })

  test('of fourteen turns the known have seven, logins four, resets two and registrations one, and nobody saves up turns', () => {
    const queue = new LaneQueue<Job>()
    const come = (name: Lane['name'], count: number) => {
      for (const one of jobs(count, name)) expect(queue.add({ lane: one, number: 0 }, one, 1000)).toBeNull()
    }
    const turns = (count: number) => Array.from({ length: count }, () => queue.take()?.lane.name)
    const shares = () => {
      const taken = turns(140)
      return LANES.map((name) => taken.filter((one) => one === name).length)
    }
    for (const name of LANES) come(name, 100)
    expect(shares()).toEqual([70, 40, 20, 10])
    for (const name of LANES) {
      while (queue.length > 0) queue.take()
      come(name, 100)
      turns(90) // while this one has all turns, the others get no claim to later ones
      for (const one of LANES) come(one, 100)
      for (const [at, share] of shares().entries()) expect(Math.abs(share - [70, 40, 20, 10][at]!)).toBeLessThan(2)
    }
  })

  describe('who has to go', () => {
    /** Lets jobs of these sources come into a lane, with room for ten strangers; returns what the last one displaced. */
    function come(queue: LaneQueue<Job>, name: Lane['name'], ...sources: readonly (string | null)[]): Lane | undefined {
      const gone = sources.map((source) => queue.add({ lane: { name, source }, number: 0 }, { name, source }, 20))
      return gone.at(-1)?.lane
    }

    test('is the source that holds most, and of several alike the one whose turn comes last', () => {
      const queue = new LaneQueue<Job>()
      come(queue, 'login', 'a', 'b', 'c', 'c', 'a', 'a', 'c', 'b', 'c', 'a')
      expect(come(queue, 'login', 'd')).toMatchObject({ source: 'c' })
      expect(come(queue, 'login', 'd')).toMatchObject({ source: 'a' })
      queue.take()
      expect(come(queue, 'login', 'e', 'f')).toMatchObject({ source: 'c' })
    })

    test('is its newest job: those before it have waited longer', () => {
      const queue = new LaneQueue<Job>()
      const lane = { name: 'known', source: 'a' } as const
      for (const number of [1, 2, 3]) expect(queue.add({ lane, number }, lane, 6)).toBeNull()
      const other = { name: 'known', source: 'b' } as const
      expect(queue.add({ lane: other, number: 4 }, other, 6)).toEqual({ lane, number: 3 })
      expect([queue.take(), queue.take(), queue.take()].map((job) => job?.number)).toEqual([1, 4, 2])
    })

    test('is nobody while a source would hold as much as it takes away', () => {
      const queue = new LaneQueue<Job>()
      come(queue, 'login', 'a', 'a', 'a', 'a', 'b', 'b', 'b', 'c', 'c', 'c')
      expect(come(queue, 'login', 'b')).toMatchObject({ source: 'b' })
      expect(come(queue, 'login', 'a')).toMatchObject({ source: 'a' })
    })

    test('is the unknown source last', () => {
      const queue = new LaneQueue<Job>()
      come(queue, 'login', null, null, null, null, null, null, null, 'a', 'a', 'a')
      expect(come(queue, 'login', 'b')).toMatchObject({ source: 'a' })
      expect(come(queue, 'login', 'c')).toMatchObject({ source: 'a' })
      expect(come(queue, 'login', 'd')).toMatchObject({ source: null })
      expect(come(queue, 'login', null)).toMatchObject({ source: null })
    })

    test('is, in a lane that has borrowed, whoever holds several, or else the last', () => {
      const queue = new LaneQueue<Job>()
      come(queue, 'registration', 'a', null, null, 'b', 'c', 'd', 'e', 'f', 'g', 'h')
      expect(come(queue, 'login', 'x')).toEqual({ name: 'registration', source: null })
      expect(come(queue, 'login', 'x')).toEqual({ name: 'registration', source: 'h' })
      expect(come(queue, 'reset', 'y')).toEqual({ name: 'registration', source: 'g' })
      expect(come(queue, 'known', 'z')).toBeUndefined()
    })
  })
})
