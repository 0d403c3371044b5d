/** Step 6: a service that says hello. */
import { ask, withService } from '../kit.ts'

await withService(async (address) => {
  const { status, headers, body } = await ask(address, 'GET /')
  console.log('GET /')
  console.log(status, headers['content-type'])
  console.log(body)
})
