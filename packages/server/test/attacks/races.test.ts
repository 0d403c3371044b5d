/** All doors at once about one account: whatever meets whatever, one password works in the end, and nothing fails by a fault of ours. */
import { expect, test } from 'vitest'
import { databases } from '../support/databases.ts'
import { freshSource, GUESS, startGuarded } from '../support/guarded.ts'
import { OTHER_PHRASE, PHRASE } from '../support/hardened.ts'

const ROUNDS = 3

test.each(databases)('all doors at once about one account, on $name', { timeout: 60_000 }, async ({ fresh }) => {
  const service = await startGuarded(fresh())
  const email = 'raced@example.com'
  await service.settle(email)
  const failed: string[] = []
  let password = PHRASE
  for (let round = 0; round < ROUNDS; round++) {
    const next = password === PHRASE ? OTHER_PHRASE : PHRASE
    const source = freshSource()
    const device = await service.makeKnown(email, password)
    const sessions = await Promise.all([1, 2, 3].map(async () => service.logIn(email, password)))
    const [first = '', , last = ''] = sessions
    await service.auth.background.send()
    const letters = service.smtp.to(email).length
    await service.ask('POST /reset_password', { email }, { source: freshSource() })
    const token = await service.tokenFor(email, letters + 1)
    const reset = { email, reset_token: token, new_password: next }
    const answers = await Promise.all([
      ...[1, 2, 3, 4].map(async () => service.tryLogin(email, password, { source })),
      ...[1, 2, 3, 4].map(async () => service.tryLogin(email, GUESS, { source, device })),
      ...[1, 2].map(async () => service.tryLogin(email, password, { source, device })),
      ...[1, 2].map(async () => service.ask('PUT /reset_password', reset, { source })),
      ...[1, 2].map(async () => service.ask('POST /reset_password', { email }, { source })),
      ...[1, 2].map(async () => service.ask('POST /users', { email, password }, { source })),
      service.ask('POST /email_verification', { email }, { source }),
      service.send('PUT', '/email', { form: { email: `moved${round}@example.com` }, session: first }),
      ...sessions.map(async (session) => service.send('DELETE', '/sessions?others=yes', { session })),
      ...sessions.map(async (session) =>
        service.send('PUT', '/password', { form: { password, new_password: next }, session }),
      ),
      service.send('DELETE', '/sessions', { session: last }),
      service.send('GET', '/export', { session: first }),
    ])
    failed.push(...answers.flatMap(({ status, text }) => (status >= 500 ? [`${status} ${text}`] : [])))
    await service.auth.background.send()
    service.clock.advance({ days: 1 })
    await service.auth.background.tidy()
    const tried = await Promise.all([password, next].map(async (one) => service.tryLogin(email, one)))
    const statuses = tried.map(({ status }) => status)
    expect(statuses.toSorted((a, b) => a - b)).toEqual([200, 401])
    if (statuses[1] === 200) password = next
  }
  await service.close()
  expect(failed).toEqual([])
})
