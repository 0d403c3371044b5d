/** Attack on step 6: a page on another site points its own name at 127.0.0.1, and reads what your service says. */
import { against, ask, withService } from '../kit.ts'
import { startOriginal } from '../original/app.ts'

const rebound = { headers: { host: 'evil.example' } } // what a browser sends once evil.example means 127.0.0.1

against('the original')
const original = await startOriginal()
const fooled = await ask(original.address, 'GET /', rebound)
console.log('Host: evil.example →', fooled.status, fooled.body)
original.close()

against('ours')
await withService(async (address) => {
  const refused = await ask(address, 'GET /', rebound)
  console.log('Host: evil.example →', refused.status)
  console.log(JSON.parse(refused.body))
})
